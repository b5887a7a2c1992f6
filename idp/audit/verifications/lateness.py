"""Saying so in the log when the proof falls behind: a rule reads it, and somebody is told."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Engine, func, select

from idp.audit.context import AuditContext
from idp.audit.events.proving import AuditProofLate
from idp.audit.fields import Event
from idp.audit.tree.models import AuditHead
from idp.audit.tree.status import integrity
from idp.audit.verifications.models import AuditVerification as Run
from idp.storage.database import reading
from idp.storage.ephemeral import EphemeralStore

SAID_AGAIN_SECONDS = 3600
UNVERIFIED = "verification"
UNVERIFIED_AT_MOST = timedelta(days=2)
"""Where it is to be done each day."""


@dataclass(frozen=True)
class Lateness:
    engine: Engine
    store: EphemeralStore
    clock: Callable[[], datetime]
    append: Callable[[Event, AuditContext], object]
    anchors: Sequence[str]
    head_seconds: int
    is_verified_daily: bool = False

    def round(self) -> int:
        """How much is late, once an hour among all workers. Raises SQLAlchemyError, Outage."""
        now = self.clock()
        late = integrity(self.engine, self.anchors).late(now, self.head_seconds)
        late += self._unverified(now)
        new = [
            (step, since)
            for step, since in late
            if self.store.add_once(f"audit-late:{step}", b"1", seconds=SAID_AGAIN_SECONDS)
        ]
        for step, since in new:
            event = AuditProofLate(step=step, seconds=int(since.total_seconds()))
            self.append(event, AuditContext(at=now, actor="worker"))
        return len(new)

    def _unverified(self, now: datetime) -> list[tuple[str, timedelta]]:
        """A run that seems to be done by somebody, and never ends, keeps all others from beginning."""
        if not self.is_verified_daily:
            return []
        finished = select(func.max(Run.finished_at)).where(Run.finished_at <= now)
        with reading(self.engine).connect() as connection:
            since = connection.scalar(finished) or connection.scalar(select(func.min(AuditHead.at)))
        return [] if since is None or now - since <= UNVERIFIED_AT_MOST else [(UNVERIFIED, now - since)]
