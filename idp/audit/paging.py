"""The log a page at a time, in the order of commits, as exports take it.

Each page is a statement of its own that goes on behind the last row of the one before, so that neither the
database nor the reader holds more than a page, and no transaction stays open while somebody reads.
"""

from collections.abc import Iterator

from sqlalchemy import ColumnElement, Connection, Engine, and_, func, literal, select, text, tuple_

from idp.audit.models import AuditEvent
from idp.audit.recorded import COLUMNS, Place, Recorded
from idp.audit.spans import Span
from idp.storage.database import reading

__all__ = ["SETTLED", "Span", "in_order", "is_settled"]

PAGE = 1000
"""Rows: at some 500 bytes each, half a megabyte."""
FIRST, LAST = -(2**63), 2**63 - 1
"""Before and behind every number of a row."""
SETTLED = "SELECT CAST(CAST(pg_snapshot_xmin(pg_current_snapshot()) AS TEXT) AS BIGINT)"


def is_settled(dialect: str) -> ColumnElement[bool]:
    """Whether nothing can come before a row any more. SQLite numbers no transactions: all have 0. A higher
    number, which is forged, would stand behind all that is written after it."""
    return AuditEvent.xid < text(f"({SETTLED})") if dialect == "postgresql" else AuditEvent.xid <= 0


def is_behind(place: Place, dialect: str) -> ColumnElement[bool]:
    """Of settled rows. SQLite finds a pair's place in the index by its first half alone, and would pass over
    all rows before it; settled ones have no other number than 0 there."""
    if dialect == "sqlite" and place[0] == 0:
        return and_(AuditEvent.xid == 0, AuditEvent.seq > place[1])
    return tuple_(AuditEvent.xid, AuditEvent.seq) > tuple_(literal(place[0]), literal(place[1]))


def in_order(engine: Engine, span: Span, *, page: int = PAGE) -> Iterator[Recorded]:
    """All of a span, in the order of `(xid, seq)`, up to what was settled when the reading began.

    A transaction that wrote before and commits later is not among them; whoever reads on from there finds it.
    """
    reads = reading(engine)
    with reads.connect() as connection:
        reach = _reach(connection, span)
    if reach is None:
        return
    after, last = reach
    while True:
        # Of time nothing is said here: a planner would take its index, and read the whole span for each page.
        statement = (
            select(*COLUMNS)
            .where(is_behind(after, engine.dialect.name), AuditEvent.xid <= last[0])
            .order_by(AuditEvent.xid, AuditEvent.seq)
            .limit(page)
        )
        with reads.connect() as connection:
            found = [Recorded.of(row) for row in connection.execute(statement)]
        for event in found:
            if event.place > last:
                return
            if span.holds(event.at):
                yield event
        if len(found) < page:
            return
        after = found[-1].place


def _reach(connection: Connection, span: Span) -> tuple[Place, Place] | None:
    """A place before all rows of a span, and one that none of them is behind; None where there are none.

    The order goes by another index than time: over what the span's rows reach is asked once, so that pages
    are read only there.
    """
    where = span.conditions()
    if connection.dialect.name == "postgresql":
        # Within a transaction's number it does not matter where; and of `seq` alone there is no index.
        where.append(AuditEvent.xid < connection.scalar(text(SETTLED)))
        rows = select(AuditEvent.xid).where(*where)
        if span != Span():
            # By the index of times. A planner would take the order's, and read a whole month until it meets
            # the first row of the span.
            rows = rows.offset(0)
        found = rows.subquery().c.xid
        first, last = connection.execute(select(func.min(found), func.max(found))).one()
        return None if first is None else ((first, FIRST), (last, LAST))
    first, last = connection.execute(
        select(func.min(AuditEvent.seq), func.max(AuditEvent.seq)).where(*where)
    ).one()
    return None if first is None else ((0, first - 1), (0, last))
