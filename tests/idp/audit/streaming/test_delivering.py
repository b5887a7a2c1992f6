"""At least once, in order, and nobody waits for who is down."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from idp.audit import AuditContext, record
from idp.audit.events.signing_in import SignInRefused
from idp.audit.following import Follower
from idp.audit.recorded import Recorded
from idp.audit.streaming import Delivery, SinkUnavailable, TooMuch
from idp.audit.streaming.delivering import reader_of
from idp.audit.streaming.standing import Standing, standing
from idp.storage.base import Base
from idp.storage.database import open_database
from tests.fakes import FakeClock

LEASE = timedelta(seconds=20)
TABLES = ("audit_events", "audit_cursors", "audit_sinks")


class Killed(BaseException):
    """Nothing of the worker comes after it."""


@dataclass
class Sink:
    """Takes events, or does what it is told instead."""

    taken: list[str] = field(default_factory=list)
    sizes: list[int] = field(default_factory=list)
    before: Callable[[], None] = lambda: None
    after: Callable[[], None] = lambda: None
    most: int = 10_000

    def __call__(self, events: Sequence[Recorded]) -> None:
        self.sizes.append(len(events))
        if len(events) > self.most:
            raise TooMuch("too much")
        self.before()
        self.taken += [event.id for event in events]
        self.after()


@dataclass
class Stream:
    engine: Engine
    clock: FakeClock = field(default_factory=FakeClock)

    def write(self, count: int) -> list[str]:
        context = AuditContext(at=self.clock())
        with Session(self.engine) as session, session.begin():
            return [
                record(session, SignInRefused("wrong-password", "pwd"), context=context) for _ in range(count)
            ]

    def delivery(self, sink: Sink, name: str = "siem", *, history: bool = True, at_most: int = 4) -> Delivery:
        return Delivery(
            self.engine,
            self.clock,
            name,
            sink,
            at_most=at_most,
            longest_wait=timedelta(seconds=60),
            lease=LEASE,
            with_history=history,
        )

    def standing(self, name: str = "siem") -> Standing:
        (found,) = standing(self.engine, [name], self.clock())
        return found


@pytest.fixture
def stream(database_url: str) -> Iterator[Stream]:
    engine = open_database(database_url)
    Base.metadata.create_all(engine, [Base.metadata.tables[name] for name in TABLES])
    yield Stream(engine)
    engine.dispose()


def kill() -> None:
    raise Killed


def fail() -> None:
    raise SinkUnavailable("https://siem.example did not answer in time")


def test_all_is_given_in_order_and_once(stream: Stream) -> None:
    sink = Sink()
    delivery, ids = stream.delivery(sink), stream.write(10)
    assert delivery.round() == 10
    assert sink.taken == ids
    assert sink.sizes == [4, 4, 2]
    assert delivery.round() == 0
    ids += stream.write(3)
    assert delivery.round() == 3
    assert sink.taken == ids
    found = stream.standing()
    assert (found.given, found.behind, found.lag, found.failures) == (13, 0, timedelta(), 0)


@pytest.mark.parametrize("moment", ["before", "after"])
def test_what_a_killed_worker_had_in_hand_is_given_again(stream: Stream, moment: str) -> None:
    sink, ids = Sink(), stream.write(10)
    setattr(sink, moment, kill)
    with pytest.raises(Killed):
        stream.delivery(sink, at_most=3).round()
    setattr(sink, moment, lambda: None)
    stream.clock.advance(LEASE.total_seconds() + 1)
    assert stream.delivery(sink, at_most=3).round() == 10
    assert set(sink.taken) == set(ids)
    doubled = 3 if moment == "after" else 0
    assert len(sink.taken) == 10 + doubled
    assert sink.taken[doubled:] == ids


def test_who_is_down_is_asked_less_and_less_often_and_loses_nothing(stream: Stream) -> None:
    sink = Sink(before=fail)
    delivery, ids = stream.delivery(sink), stream.write(5)
    tried: list[float] = []
    begun = stream.clock()
    for _ in range(300):
        try:
            delivery.round()
        except SinkUnavailable:
            tried.append((stream.clock() - begun).total_seconds())
        stream.clock.advance(1)
    assert tried == [0, 1, 3, 7, 15, 31, 63, 123, 183, 243]
    found = stream.standing()
    assert (found.behind, found.failures, found.lag) == (5, 10, timedelta(seconds=300))
    assert found.failure == "https://siem.example did not answer in time"
    sink.before = lambda: None
    stream.clock.advance(61)
    assert delivery.round() == 5
    assert sink.taken == ids
    found = stream.standing()
    assert (found.behind, found.failures) == (0, 0)
    assert found.failed_at is not None  # the last one stays to be seen


def test_the_wait_outlives_the_worker(stream: Stream) -> None:
    """One that is started again and again does not hammer at who is down."""
    sink = Sink(before=fail)
    stream.write(1)
    for _ in range(5):
        try:
            stream.delivery(sink).round()
        except SinkUnavailable:
            stream.clock.advance(LEASE.total_seconds() + 1)
    with pytest.raises(SinkUnavailable):
        stream.delivery(sink).round()
    assert stream.delivery(sink).round() == 0


def test_one_that_is_down_holds_up_no_other(stream: Stream) -> None:
    down, up = Sink(before=fail), Sink()
    ids = stream.write(6)
    with pytest.raises(SinkUnavailable):
        stream.delivery(down, "down").round()
    assert stream.delivery(up, "up").round() == 6
    assert up.taken == ids


def test_two_workers_share_the_work(stream: Stream) -> None:
    first, second, sink = stream.delivery(Sink()), stream.delivery(Sink()), Sink()
    first.give = second.give = sink
    ids = stream.write(4)
    assert (first.round(), second.round()) == (4, 0)
    ids += stream.write(4)
    assert (second.round(), first.round()) == (0, 4)
    ids += stream.write(4)
    stream.clock.advance(LEASE.total_seconds() + 1)
    assert (second.round(), first.round()) == (4, 0)
    assert sink.taken == ids


def test_two_that_both_believe_in_their_lease_lose_nothing(stream: Stream) -> None:
    """One was stopped in the middle, and wakes up when another has gone on."""
    sink = Sink()
    first, ids = stream.delivery(sink), stream.write(8)
    other = stream.delivery(Sink())

    def meanwhile() -> None:
        first.give = Sink()
        stream.clock.advance(LEASE.total_seconds() + 1)
        assert other.round() == 8

    sink.before = meanwhile
    assert first.round() == 0
    assert set(sink.taken) <= set(ids)
    assert Follower(stream.engine, reader_of("siem")).next(10) is None


def test_what_is_too_much_at_once_is_given_in_smaller_parts(stream: Stream) -> None:
    sink = Sink(most=3)
    delivery, ids = stream.delivery(sink, at_most=16), stream.write(40)
    for _ in range(40):
        try:
            delivery.round()
        except TooMuch:
            stream.clock.advance(61)
    assert sink.taken == ids
    assert max(sink.sizes) == 16
    assert min(sink.sizes) <= 3


def test_only_what_comes_where_nothing_else_is_wanted(stream: Stream) -> None:
    stream.write(7)
    sink = Sink()
    delivery = stream.delivery(sink, history=False)
    assert delivery.round() == 0
    ids = stream.write(2)
    assert delivery.round() == 2
    assert sink.taken == ids


def test_of_an_empty_log_all_that_comes(stream: Stream) -> None:
    sink = Sink()
    delivery = stream.delivery(sink, history=False)
    assert delivery.round() == 0
    ids = stream.write(2)
    assert delivery.round() == 2
    assert sink.taken == ids


def test_it_stops_between_two_batches(stream: Stream) -> None:
    sink = Sink()
    delivery = stream.delivery(sink)
    stream.write(20)
    delivery.stopping = lambda: len(sink.taken) >= 8
    assert delivery.round() == 8


def test_a_sink_that_never_began_is_behind_everything(stream: Stream) -> None:
    stream.write(3)
    found = stream.standing("new")
    assert (found.place, found.behind, found.given, found.failure) == (None, 3, 0, None)


def test_a_failure_is_kept_in_bounds(stream: Stream) -> None:
    def long() -> None:
        raise SinkUnavailable("x" * 1000)

    stream.write(1)
    with pytest.raises(SinkUnavailable):
        stream.delivery(Sink(before=long)).round()
    with stream.engine.connect() as connection:
        assert connection.scalar(text("SELECT length(failure) FROM audit_sinks")) == 200
