"""Counting on: what is new in the log goes into the counts, and the place moves with it, in one transaction.

So each event counts exactly once, whatever is killed between, and of several workers one counts.
"""

from collections import Counter
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Engine, delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from idp.audit.following import Follower, Overtaken
from idp.audit.statistics.counting import (
    DAY,
    HOUR,
    Hourly,
    Key,
    Kind,
    Known,
    bounded,
    day_of,
    hour_of,
    tally,
)
from idp.audit.statistics.models import AuditCount
from idp.storage.database import NAMED_AT_ONCE, deleted

READER = "statistics"
EVENTS_AT_ONCE = 5000
BATCHES_OF_A_ROUND = 20
"""Then others of the worker have their turn."""


@dataclass(frozen=True)
class Statistics:
    engine: Engine
    clock: Callable[[], datetime]
    kept: timedelta
    stopping: Callable[[], bool] = lambda: False
    events_at_once: int = EVENTS_AT_ONCE

    def round(self) -> int:
        """Count what is new; how many events. Raises SQLAlchemyError."""
        counted = 0
        for _ in range(BATCHES_OF_A_ROUND):
            count = 0 if self.stopping() else self._count_some()
            counted += count
            if count < self.events_at_once:
                break
        return counted

    def _count_some(self) -> int:
        follower = Follower(self.engine, READER)
        batch = follower.next(self.events_at_once)
        if batch is None:
            return 0
        oldest = hour_of(self.clock() - self.kept)
        counts = tally(event for event in batch.events if hour_of(event.at) >= oldest)
        try:
            with Session(self.engine) as session, session.begin():
                # First: nobody else of this name writes counts until this commits.
                follower.advance(session, batch)
                add(session, counts)
        except Overtaken:
            return 0
        return len(batch.events)


def add(session: Session, counts: Counter[Hourly]) -> None:
    """To those that are there. Whoever calls this holds the reader's place."""
    write(session, bounded(counts, _known(session, counts)))


def write(session: Session, counts: Counter[Key]) -> None:
    rows: list[dict[str, Any]] = [
        {"kind": str(kind), "grain": grain, "hour": hour, "value": value, "count": count}
        for (kind, grain, hour, value), count in counts.items()
    ]
    if rows:
        dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
        new = dialect.insert(AuditCount)
        key = ["kind", "grain", "hour", "value"]
        session.connection().execute(
            new.on_conflict_do_update(
                index_elements=key, set_={"count": AuditCount.count + new.excluded.count}
            ),
            rows,
        )


def sweep(session: Session, now: datetime, *, kept: timedelta) -> int:
    """Delete what is old enough; how many rows. The caller commits."""
    old = (AuditCount.grain.in_((HOUR, DAY)), AuditCount.hour < hour_of(now - kept))
    # The kinds are named because the key begins with them.
    return deleted(session, delete(AuditCount).where(AuditCount.kind.in_([str(kind) for kind in Kind]), *old))


def _known(session: Session, counts: Collection[Hourly]) -> Known:
    """Which values there are in the hours and days that these are in."""
    known: Known = {}
    all_hours = {hour for _, hour, _ in counts}
    for grain, begins in ((HOUR, all_hours), (DAY, {day_of(hour) for hour in all_hours})):
        hours = sorted(begins)
        for start in range(0, len(hours), NAMED_AT_ONCE):
            there = select(AuditCount.kind, AuditCount.hour, AuditCount.value).where(
                AuditCount.kind.in_(sorted({str(kind) for kind, _, _ in counts})),
                AuditCount.grain == grain,
                AuditCount.hour.in_(hours[start : start + NAMED_AT_ONCE]),
            )
            for kind, hour, value in session.execute(there):
                known.setdefault((Kind(kind), grain, hour), set()).add(value)
    return known
