"""What a detector reads again after a start: the events before its place that its rules still remember."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from sqlalchemy import Engine as Database
from sqlalchemy import func, literal, select, tuple_
from sqlalchemy.orm import Session

from idp.audit.following import AuditCursor
from idp.audit.models import AuditEvent
from idp.audit.recorded import COLUMNS, Place, Recorded
from idp.detection.models import Alert
from idp.storage.database import reading

PAGE = 5000
ROWS_OF_A_MOMENT = 1000


def before(
    database: Database, windows: Mapping[str, timedelta], place: Place, at: datetime
) -> Iterator[Recorded]:
    """In order, up to and with the place, whose event was then; each name as far back as its window."""
    if not windows:
        return
    reads = reading(database)
    earliest = AuditEvent.at >= at - max(windows.values())
    with reads.connect() as connection:
        xid, seq = connection.execute(
            select(func.min(AuditEvent.xid), func.min(AuditEvent.seq)).where(earliest)
        ).one()
    if xid is None:
        return
    after = (xid, seq - 1)
    order = tuple_(AuditEvent.xid, AuditEvent.seq)
    while True:
        # Of time nothing is said here: a planner would take its index, and sort all of it for each page.
        page = (
            select(*COLUMNS)
            .where(order > tuple_(literal(after[0]), literal(after[1])))
            .where(order <= tuple_(literal(place[0]), literal(place[1])), AuditEvent.name.in_(windows))
            .order_by(AuditEvent.xid, AuditEvent.seq)
            .limit(PAGE)
        )
        with reads.connect() as connection:
            found = [Recorded.of(row) for row in connection.execute(page)]
        yield from (event for event in found if event.at >= at - windows[event.name])
        if len(found) < PAGE:
            return
        after = found[-1].place


def moment_of(database: Database, place: Place, latest: datetime) -> datetime | None:
    """When a place was written: the latest time of some rows up to it. One row alone may bear any time, and
    have years read again, or nothing. None: the rows are gone."""
    order = tuple_(AuditEvent.xid, AuditEvent.seq)
    rows = (
        select(AuditEvent.at)
        .where(order <= tuple_(literal(place[0]), literal(place[1])))
        .order_by(AuditEvent.xid.desc(), AuditEvent.seq.desc())
        .limit(ROWS_OF_A_MOMENT)
        .subquery()
    )
    with reading(database).connect() as connection:
        found: datetime | None = connection.scalar(select(func.max(rows.c.at)).where(rows.c.at <= latest))
    return found


def findings_since(session: Session, begin: datetime) -> set[tuple[str, str]]:
    """`(rule, event)` of the latest finding of each alert."""
    query = select(Alert.rule, Alert.event_ids).where(Alert.last_at >= begin)
    return {(rule, ids[-1]) for rule, ids in session.execute(query) if ids}


def cursor_of(database: Database, name: str) -> AuditCursor | None:
    with Session(reading(database)) as session:
        return session.get(AuditCursor, name)


def begin_late(database: Database, name: str, begin: datetime) -> None:
    """A reader that never read begins there: years of log are no news."""
    newest = (
        select(AuditEvent.xid, AuditEvent.seq, AuditEvent.at)
        .where(AuditEvent.at < begin)
        .order_by(AuditEvent.at.desc(), AuditEvent.seq.desc())
        .limit(1)
    )
    with Session(database) as session, session.begin():
        if session.get(AuditCursor, name) is None and (found := session.execute(newest).one_or_none()):
            session.add(AuditCursor(name=name, xid=found.xid, seq=found.seq, at=found.at))
