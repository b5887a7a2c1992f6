"""Giving what comes new into the log to one sink, until it has taken it: at least once, in order.

The place moves once the sink has said that the events are safe. Whoever is killed in between leaves it
where it was, and they are given again. A sink of its own thread waits for nobody, and holds up nobody.
"""

import socket
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import Engine, insert, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from idp.audit.following import Follower, Overtaken
from idp.audit.streaming.models import LONGEST_FAILURE, AuditSink
from idp.audit.streaming.sinks import Give, SinkUnavailable, TooMuch
from idp.storage.base import new_id
from idp.storage.database import changed, reading

FREE = datetime.fromisoformat("1970-01-01T00:00:00+00:00")


def reader_of(name: str) -> str:
    """Whose place in the log is the sink's."""
    return f"sink:{name}"


@dataclass
class Delivery:
    """Of one sink, in one worker."""

    engine: Engine
    clock: Callable[[], datetime]
    name: str
    give: Give
    at_most: int
    """Events at once: what is held in memory."""
    longest_wait: timedelta
    """Between two tries, once many have failed."""
    lease: timedelta
    """How long a worker that is not heard of keeps others away: longer than the sink may take to answer."""
    with_history: bool = False
    """A sink that is new here gets what there is, and not only what comes."""
    stopping: Callable[[], bool] = lambda: False
    holder: str = field(default_factory=lambda: f"{socket.gethostname()[:20]}:{new_id(FREE)[-12:]}")
    _at_once: int | None = None
    """Fewer, after the sink has said that it was too much."""

    def round(self) -> int:
        """Give all that is there, if it is ours to do and time to try; how many events.

        Raises SinkUnavailable, SQLAlchemyError.
        """
        given = 0
        while not self.stopping() and self._is_ours():
            count, is_all = self._give_some()
            given += count
            if is_all:
                break
        return given

    def _give_some(self) -> tuple[int, bool]:
        follower, size = Follower(self.engine, reader_of(self.name)), self._at_once or self.at_most
        batch = follower.next(size)
        if batch is None:
            return 0, True
        try:
            self.give(batch.events)
        except SinkUnavailable as failure:
            if isinstance(failure, TooMuch):
                self._at_once = max(1, len(batch.events) // 2)
            self._note_failure(failure)
            raise
        count = len(batch.events)
        try:
            with Session(self.engine) as session, session.begin():
                follower.advance(session, batch)
                session.execute(
                    update(AuditSink)
                    .where(AuditSink.name == self.name)
                    .values(given=AuditSink.given + count, given_at=self.clock(), failures=0)
                )
        except Overtaken:
            return 0, True  # another worker gave the same; it goes on from there
        if self._at_once is not None:
            self._at_once = None if self._at_once * 2 >= self.at_most else self._at_once * 2
        return count, count < size

    def _is_ours(self) -> bool:
        """Whether we hold the lease, and the time to try again has come."""
        now = self.clock()
        with reading(self.engine).connect() as connection:
            row = connection.execute(select(AuditSink.__table__).where(AuditSink.name == self.name)).first()
        if row is None:
            return self._is_begun(now)
        if row.failed_at is not None and now < row.failed_at + self._rest(row.failures):
            return False
        if row.holder == self.holder and row.held_until - now > self.lease / 2:
            return True
        if row.holder != self.holder and row.held_until > now:
            return False
        taken = (
            update(AuditSink)
            .where(
                AuditSink.name == self.name,
                or_(AuditSink.holder == self.holder, AuditSink.held_until <= now),
            )
            .values(holder=self.holder, held_until=now + self.lease)
        )
        with Session(self.engine) as session, session.begin():
            return bool(changed(session, taken))

    def _is_begun(self, now: datetime) -> bool:
        """The first round of all. Where only new events are wanted, the place is behind the last one."""
        follower = Follower(self.engine, reader_of(self.name))
        try:
            with Session(self.engine) as session, session.begin():
                values = {"holder": self.holder, "held_until": now + self.lease, "given": 0, "failures": 0}
                session.execute(insert(AuditSink).values(name=self.name, **values))
                if not self.with_history:
                    follower.skip(session)
        except (IntegrityError, Overtaken):
            return False  # another worker began
        return True

    def _note_failure(self, failure: SinkUnavailable) -> None:
        with Session(self.engine) as session, session.begin():
            session.execute(
                update(AuditSink)
                .where(AuditSink.name == self.name)
                .values(
                    failures=AuditSink.failures + 1,
                    failed_at=self.clock(),
                    failure=str(failure)[:LONGEST_FAILURE],
                )
            )

    def _rest(self, failures: int) -> timedelta:
        """1, 2, 4 ... seconds; none where it has worked since."""
        if not failures:
            return timedelta()
        return min(timedelta(seconds=2 ** min(failures - 1, 12)), self.longest_wait)
