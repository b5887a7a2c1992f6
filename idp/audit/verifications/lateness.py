"""Saying so in the log when the proof falls behind: a rule reads it, and somebody is told."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine

from idp.audit.context import AuditContext
from idp.audit.events.proving import AuditProofLate
from idp.audit.fields import Event
from idp.audit.tree.status import integrity
from idp.storage.ephemeral import EphemeralStore

SAID_AGAIN_SECONDS = 3600


@dataclass(frozen=True)
class Lateness:
    engine: Engine
    store: EphemeralStore
    clock: Callable[[], datetime]
    append: Callable[[Event, AuditContext], object]
    anchors: Sequence[str]
    head_seconds: int

    def round(self) -> int:
        """How much is late, once an hour among all workers. Raises SQLAlchemyError, Outage."""
        now = self.clock()
        late = integrity(self.engine, self.anchors).late(now, self.head_seconds)
        new = [
            (step, since)
            for step, since in late
            if self.store.add_once(f"audit-late:{step}", b"1", seconds=SAID_AGAIN_SECONDS)
        ]
        for step, since in new:
            event = AuditProofLate(step=step, seconds=int(since.total_seconds()))
            self.append(event, AuditContext(at=now, actor="worker"))
        return len(new)
