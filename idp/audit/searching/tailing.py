"""What is new in the log since a place, of what is sought: for who watches it, without a place of their own
in the database as readers have (`idp.audit.following`).

The place moves on to the end of what is settled whether or not anything was sought there, so that each look
costs what happened since the last one. Of a flood the latest are given.
"""

from dataclasses import dataclass

from sqlalchemy import Engine, literal, select, tuple_

from idp.audit.models import AuditEvent
from idp.audit.paging import is_behind, is_settled
from idp.audit.recorded import COLUMNS, Place, Recorded
from idp.audit.searching.bounded import rows_within
from idp.audit.searching.sought import Sought
from idp.storage.database import reading

BEFORE_ALL: Place = (-(2**63), -(2**63))


@dataclass(frozen=True, slots=True)
class News:
    place: Place
    """Up to where was looked."""
    events: tuple[Recorded, ...]
    """In the order of the log."""
    is_cut: bool
    """There were more, or there was no time to look."""


def end_of_log(engine: Engine) -> Place:
    """The place of the last settled event. Raises SQLAlchemyError."""
    statement = select(AuditEvent.xid, AuditEvent.seq).where(is_settled(engine.dialect.name))
    with reading(engine).connect() as connection:
        row = connection.execute(
            statement.order_by(AuditEvent.xid.desc(), AuditEvent.seq.desc()).limit(1)
        ).one_or_none()
    return BEFORE_ALL if row is None else (row.xid, row.seq)


def news(engine: Engine, sought: Sought, after: Place, at_most: int, budget_seconds: float) -> News:
    """What came behind the place. Raises SQLAlchemyError."""
    end = end_of_log(engine)
    if end <= after:
        return News(after, (), is_cut=False)
    place = tuple_(AuditEvent.xid, AuditEvent.seq)
    between = (is_behind(after, engine.dialect.name), place <= tuple_(literal(end[0]), literal(end[1])))
    latest_first = (AuditEvent.xid.desc(), AuditEvent.seq.desc())
    statement = select(*COLUMNS).where(*between, *sought.conditions()).order_by(*latest_first)
    rows = rows_within(engine, statement.limit(at_most + 1), budget_seconds)
    if rows is None:
        return News(end, (), is_cut=True)
    events = [Recorded.of(row) for row in rows[:at_most]]
    return News(end, tuple(reversed(events)), is_cut=len(rows) > at_most)
