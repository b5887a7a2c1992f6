"""The log a page at a time: for exports in the order of commits, for searches the latest first.

Each page is a statement of its own that goes on behind the last row of the one before, so that neither the
database nor the reader holds more than a page, and no transaction stays open while somebody reads.
"""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, and_, func, literal, or_, select, text, tuple_

from idp.audit.models import AuditEvent
from idp.audit.recorded import COLUMNS, Place, Recorded
from idp.audit.searching.cursors import Cursor
from idp.audit.searching.sought import Sought
from idp.audit.spans import Span
from idp.storage.database import reading

__all__ = ["SETTLED", "Cursor", "Sought", "Span", "in_order", "latest"]

PAGE = 1000
"""Rows: at some 500 bytes each, half a megabyte."""
SETTLED = "SELECT CAST(CAST(pg_snapshot_xmin(pg_current_snapshot()) AS TEXT) AS BIGINT)"


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
    place = tuple_(AuditEvent.xid, AuditEvent.seq)
    while True:
        # Of time nothing is said here: a planner would take its index, and read the whole span for each page.
        statement = (
            select(*COLUMNS)
            .where(place > tuple_(literal(after[0]), literal(after[1])), AuditEvent.xid <= last[0])
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


def latest(engine: Engine, sought: Sought, after: Cursor | None, at_most: int) -> list[Recorded]:
    """A page of what is sought, the latest first, behind the cursor."""
    statement = select(*COLUMNS).where(*sought.conditions())
    if after is not None:
        at, seq = after
        # Said twice: the first alone an index can begin at, whatever the planner makes of the rest.
        same = and_(AuditEvent.at == at, AuditEvent.seq < seq)
        statement = statement.where(AuditEvent.at <= at, or_(AuditEvent.at < at, same))
    newest = (AuditEvent.at.desc(), AuditEvent.seq.desc())
    with reading(engine).connect() as connection:
        return [Recorded.of(row) for row in connection.execute(statement.order_by(*newest).limit(at_most))]


def _reach(connection: Connection, span: Span) -> tuple[Place, Place] | None:
    """A place before all rows of a span, and one that none of them is behind; None where there are none.

    The order goes by another index than time: over what the span's rows reach is asked once, so that pages
    are read only there.
    """
    settled: list[ColumnElement[bool]] = []
    if connection.dialect.name == "postgresql":
        settled.append(AuditEvent.xid < connection.scalar(text(SETTLED)))
    ends: Any = [
        function(column) for column in (AuditEvent.xid, AuditEvent.seq) for function in (func.min, func.max)
    ]
    found = connection.execute(select(*ends).where(*span.conditions(), *settled)).one()
    first_xid, last_xid, first_seq, last_seq = found
    return None if first_xid is None else ((first_xid, first_seq - 1), (last_xid, last_seq))
