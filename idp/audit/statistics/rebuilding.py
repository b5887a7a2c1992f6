"""Making the counts anew from the log, as a whole, while others go on counting and reading.

Counts are never kept longer than the log keeps its rows, so it always has what they are made of.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from itertools import islice

from sqlalchemy import Engine, delete, select
from sqlalchemy.orm import Session

from idp.audit.following import AuditCursor
from idp.audit.models import AuditEvent
from idp.audit.paging import Span, in_order, is_settled
from idp.audit.recorded import Place, Recorded
from idp.audit.statistics.counting import Key, Kind, Known, bounded, hour_of, tally
from idp.audit.statistics.models import AuditCount
from idp.audit.statistics.rolling import EVENTS_AT_ONCE, READER, write
from idp.storage.database import reading


def rebuild(engine: Engine, now: datetime, *, kept: timedelta) -> int:
    """How many events were counted. The counts are in memory meanwhile: some hundred for each hour.

    What is written while this reads, the worker counts from the place on where this ended. Raises
    SQLAlchemyError.
    """
    end = _settled_end(engine)
    if end is None:
        return 0
    place, at = end
    begin = datetime.fromtimestamp(hour_of(now - kept) * 3600, tz=now.tzinfo)
    counts: Counter[Key] = Counter()
    known: Known = {}
    read = 0
    for events in _portions(event for event in in_order(engine, Span(begin=begin)) if event.place <= place):
        counts.update(bounded(tally(events), known))
        read += len(events)
    with Session(engine) as session, session.begin():
        # Whoever counts beside this has read another place, and keeps nothing of it.
        session.execute(delete(AuditCursor).where(AuditCursor.name == READER))
        session.add(AuditCursor(name=READER, xid=place[0], seq=place[1], at=at))
        session.flush()
        session.execute(delete(AuditCount).where(AuditCount.kind.in_([str(kind) for kind in Kind])))
        write(session, counts)
    return read


def _settled_end(engine: Engine) -> tuple[Place, datetime] | None:
    """The last row that no earlier commit can come before any more."""
    last = select(AuditEvent.xid, AuditEvent.seq, AuditEvent.at)
    with reading(engine).connect() as connection:
        last = last.where(is_settled(connection.dialect.name))
        found = connection.execute(
            last.order_by(AuditEvent.xid.desc(), AuditEvent.seq.desc()).limit(1)
        ).first()
    return None if found is None else ((found.xid, found.seq), found.at)


def _portions(events: Iterable[Recorded]) -> Iterator[list[Recorded]]:
    left = iter(events)
    while some := list(islice(left, EVENTS_AT_ONCE)):
        yield some
