"""A page of what is sought, the latest first, in a bounded time.

A search goes back from the latest in slices of time, each bounded in what it may cost: what an index leads
to is looked for in the last month and then in all the rest at once, all else in slices as long as they are
quick. One that is not at its end when its time is up says how far it looked, and goes on from there when it
is asked again.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from time import monotonic

from sqlalchemy import ColumnElement, Engine, and_, func, or_, select

from idp.audit.ids import moments_of
from idp.audit.models import AuditEvent
from idp.audit.recorded import COLUMNS, EARLIEST, LATEST, Recorded
from idp.audit.searching.bounded import rows_within
from idp.audit.searching.cursors import Cursor
from idp.audit.searching.sought import Sought
from idp.storage.database import reading

BUDGET_SECONDS = 2.0
SMALLEST_SLICE = timedelta(minutes=1)
QUICK_SECONDS, SLOW_SECONDS = 0.05, 0.3
"""A slice that took less is followed by a longer one, one that took more by a shorter one."""
LEAST_SECONDS = 0.02
"""Nothing is begun with less time than this."""
BEHIND = timedelta(microseconds=1)
NEWEST = (AuditEvent.at.desc(), AuditEvent.seq.desc())


@dataclass(frozen=True, slots=True)
class Pace:
    """How long slices are: the first one, by how much the next is longer, and the longest."""

    first: timedelta
    growth: int
    longest: timedelta


BY_TIME = Pace(timedelta(hours=6), 4, timedelta(days=31))
BY_INDEX = Pace(timedelta(days=31), 200, timedelta(days=6200))


@dataclass(frozen=True, slots=True)
class Page:
    events: tuple[Recorded, ...]
    """The latest first."""
    next: Cursor | None
    """Where to go on; None: nothing is behind this page."""
    searched_to: datetime | None
    """From this moment on everything was looked at; None: all that there is."""
    complete: bool
    """Whether the page is what it would be with any amount of time. If not, `next` goes on searching."""


def search(
    engine: Engine,
    sought: Sought,
    after: Cursor | None = None,
    at_most: int = 50,
    budget_seconds: float = BUDGET_SECONDS,
    *,
    timer: Callable[[], float] = monotonic,
) -> Page:
    """Events behind the cursor. `timer`: seconds that only grow. Raises SQLAlchemyError."""
    reach = _reach(engine, sought, after)
    if reach is None:
        return Page((), None, None, complete=True)
    return _Search(engine, sought, after, at_most, timer, timer() + budget_seconds).page(*reach)


def find(engine: Engine, event_id: str) -> Recorded | None:
    """The one event of that id."""
    moments = moments_of(event_id)
    if moments is None:
        return None
    begin, end = moments
    statement = select(*COLUMNS).where(AuditEvent.id == event_id)
    if engine.dialect.name == "postgresql":
        statement = statement.where(AuditEvent.at >= begin, AuditEvent.at < end)
    # Ids of rows are unique among what we write; of one that is there again the first is meant.
    statement = statement.order_by(AuditEvent.xid, AuditEvent.seq)
    with reading(engine).connect() as connection:
        row = connection.execute(statement.limit(1)).first()
    return None if row is None else Recorded.of(row)


@dataclass
class _Search:
    engine: Engine
    sought: Sought
    after: Cursor | None
    at_most: int
    timer: Callable[[], float]
    deadline: float
    found: list[Recorded] = field(default_factory=list)

    def page(self, begin: datetime, end: datetime) -> Page:
        """Between the two, without the second."""
        looked_to = self._in_slices(begin, end, BY_INDEX if self.sought.is_narrow else BY_TIME)
        if len(self.found) == self.at_most or looked_to <= begin:
            return self._whole()
        behind = (looked_to, 0)
        return Page(tuple(self.found), behind, looked_to, complete=False)

    def _whole(self) -> Page:
        events = tuple(self.found)
        if len(events) < self.at_most:
            return Page(events, None, self.sought.span.begin, complete=True)
        last = events[-1]
        return Page(events, (last.at, last.place[1]), last.at, complete=True)

    def _in_slices(self, begin: datetime, end: datetime, pace: Pace) -> datetime:
        """Until the page is full; how far back was looked."""
        high, step = end, pace.first
        while high > begin and len(self.found) < self.at_most and self._left() > LEAST_SECONDS:
            low, begun = max(begin, high - step), self.timer()
            rows = self._slice(low, high, self._left() * 0.6)
            if rows is None:
                if step <= SMALLEST_SLICE:
                    break
                step = max(step / 16, SMALLEST_SLICE)
                continue
            self.found += rows
            took, high = self.timer() - begun, low
            if not rows and step == pace.longest:
                # A row may bear any time, and be centuries away from the next one.
                high = max(begin, min(high, _newest_before(self.engine, high)))
            if took < QUICK_SECONDS:
                step = min(step * pace.growth, pace.longest)
            elif took > SLOW_SECONDS:
                step = max(step / 2, SMALLEST_SLICE)
        return high

    def _slice(self, begin: datetime, end: datetime, seconds: float) -> list[Recorded] | None:
        """What it has of the page; None where that was not found out in time."""
        where = [*self.sought.conditions(), AuditEvent.at >= begin, AuditEvent.at < end]
        if self.after is not None:
            where.append(_behind(self.after))
        left = self.at_most - len(self.found)
        statement = select(*COLUMNS).where(*where).order_by(*NEWEST).limit(left)
        rows = rows_within(self.engine, statement, max(seconds, LEAST_SECONDS))
        return None if rows is None else [Recorded.of(row) for row in rows]

    def _left(self) -> float:
        return self.deadline - self.timer()


def _newest_before(engine: Engine, moment: datetime) -> datetime:
    """The end, without it, of what there is before a moment."""
    with reading(engine).connect() as connection:
        newest = select(func.max(AuditEvent.at)).where(AuditEvent.at >= EARLIEST, AuditEvent.at < moment)
        found = connection.scalar(newest)
    if found is None:
        return EARLIEST
    # One that is no time at all tells nothing of what is before it.
    return moment if found < EARLIEST else found + BEHIND


def _behind(cursor: Cursor) -> ColumnElement[bool]:
    at, seq = cursor
    same = and_(AuditEvent.at == at, AuditEvent.seq < seq)
    # Said twice: the first alone an index can begin at, whatever the planner makes of the rest.
    return and_(AuditEvent.at <= at, or_(AuditEvent.at < at, same))


def _reach(engine: Engine, sought: Sought, after: Cursor | None) -> tuple[datetime, datetime] | None:
    """From which event to, and without, which moment there is something to look at; None: nothing."""
    first, last = select(func.min(AuditEvent.at)), select(func.max(AuditEvent.at))
    with reading(engine).connect() as connection:
        oldest, newest = connection.scalar(first), connection.scalar(last)
    if oldest is None or newest is None:
        return None
    begin = max(filter(None, (oldest, sought.span.begin, EARLIEST)))
    ends = (min(newest, LATEST) + BEHIND, sought.span.end, after and after[0] + BEHIND)
    end = min(moment for moment in ends if moment is not None)
    return (begin, end) if begin < end else None
