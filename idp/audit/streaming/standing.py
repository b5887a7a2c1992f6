"""How sinks stand: how far each is, how late, and what went wrong last."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Engine, func, literal, select, tuple_

from idp.audit.following import AuditCursor
from idp.audit.models import AuditEvent
from idp.audit.recorded import Place
from idp.audit.streaming.delivering import reader_of
from idp.audit.streaming.models import AuditSink
from idp.storage.database import reading

COUNTED_AT_MOST = 10_000


@dataclass(frozen=True, slots=True)
class Standing:
    name: str
    place: Place | None
    """Of the last event that it has taken."""
    behind: int
    """Events that it has not; `COUNTED_AT_MOST` and one stand for more."""
    lag: timedelta
    """How old the first of these is."""
    given: int
    given_at: datetime | None
    failures: int
    """One after another, up to now: 0 while it works."""
    failed_at: datetime | None
    failure: str | None


def standing(engine: Engine, names: Sequence[str], now: datetime) -> list[Standing]:
    """Raises SQLAlchemyError."""
    return [_of(engine, name, now) for name in names]


def _of(engine: Engine, name: str, now: datetime) -> Standing:
    with reading(engine).connect() as connection:
        sink = connection.execute(select(AuditSink.__table__).where(AuditSink.name == name)).first()
        cursor = connection.execute(
            select(AuditCursor.xid, AuditCursor.seq).where(AuditCursor.name == reader_of(name))
        ).first()
        behind = select(AuditEvent.at).order_by(AuditEvent.xid, AuditEvent.seq).limit(COUNTED_AT_MOST + 1)
        if cursor is not None:
            place = tuple_(AuditEvent.xid, AuditEvent.seq)
            behind = behind.where(place > tuple_(literal(cursor.xid), literal(cursor.seq)))
        first = connection.scalar(behind.limit(1))
        count = connection.scalar(select(func.count()).select_from(behind.subquery())) or 0
    return Standing(
        name=name,
        place=None if cursor is None else (cursor.xid, cursor.seq),
        behind=count,
        lag=timedelta() if first is None else max(timedelta(), now - first),
        given=0 if sink is None else sink.given,
        given_at=None if sink is None else sink.given_at,
        failures=0 if sink is None else sink.failures,
        failed_at=None if sink is None else sink.failed_at,
        failure=None if sink is None else sink.failure,
    )
