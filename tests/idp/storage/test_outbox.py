"""Nothing is lost, whatever dies; nothing is done by two workers that both live."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session, sessionmaker

from idp.storage.base import Base
from idp.storage.database import open_database
from idp.storage.outbox import (
    DEAD_KEPT,
    LEASE,
    MOST_ATTEMPTS,
    Delivery,
    Drained,
    OutboxMessage,
    Undeliverable,
    delay_after,
    drain,
    enqueue,
    sweep,
    withdraw,
)
from tests.fakes import FakeClock

Start = Callable[[str, str], "subprocess.Popen[str]"]


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    opened = open_database(database_url)
    Base.metadata.create_all(opened, [Base.metadata.tables["outbox_messages"]])
    yield opened
    opened.dispose()


@pytest.fixture
def sessions(engine: Engine) -> sessionmaker[Session]:
    return sessionmaker(engine)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


class Handler:
    """Keeps what it did, after failing as often as told."""

    def __init__(self, *failures: Exception) -> None:
        self.failures = list(failures)
        self.done: list[str] = []
        self.attempts: list[int] = []

    def __call__(self, delivery: Delivery) -> None:
        self.attempts.append(delivery.attempt)
        if self.failures:
            raise self.failures.pop(0)
        self.done.append(delivery.payload.decode())


def add(sessions: sessionmaker[Session], clock: FakeClock, *payloads: str, kind: str = "test") -> None:
    with sessions.begin() as session:
        for payload in payloads:
            enqueue(session, kind, payload.encode(), now=clock())
            clock.advance(0.001)


def left(sessions: sessionmaker[Session]) -> list[OutboxMessage]:
    with sessions() as session:
        return list(session.scalars(select(OutboxMessage)))


def test_work_is_done_in_order_and_leaves_nothing(sessions: sessionmaker[Session], clock: FakeClock) -> None:
    add(sessions, clock, *"abcdefghijklmno")
    handler = Handler()
    assert drain(sessions, {"test": handler}, clock) == Drained(delivered=15)
    assert "".join(handler.done) == "abcdefghijklmno"
    assert left(sessions) == []


def test_work_shares_the_fate_of_its_transaction(sessions: sessionmaker[Session], clock: FakeClock) -> None:
    with sessions() as session:
        enqueue(session, "test", b"lost", now=clock())
        session.rollback()
    assert drain(sessions, {"test": Handler()}, clock) == Drained()


def test_work_waits_for_its_time(sessions: sessionmaker[Session], clock: FakeClock) -> None:
    with sessions.begin() as session:
        enqueue(session, "test", b"later", now=clock(), not_before=clock() + timedelta(seconds=60))
    handler = Handler()
    assert drain(sessions, {"test": handler}, clock) == Drained()
    clock.advance(60)
    assert drain(sessions, {"test": handler}, clock) == Drained(delivered=1)


def test_work_is_taken_back_before_its_time(sessions: sessionmaker[Session], clock: FakeClock) -> None:
    later = clock() + timedelta(hours=1)
    with sessions.begin() as session:
        taken_back = enqueue(session, "test", b"one", now=clock(), not_before=later)
        enqueue(session, "test", b"other", now=clock(), not_before=later)
    with sessions.begin() as session:
        assert withdraw(session, taken_back)
        assert not withdraw(session, taken_back)
    assert [message.payload for message in left(sessions)] == [b"other"]


def test_what_is_no_longer_worth_doing_is_dropped(sessions: sessionmaker[Session], clock: FakeClock) -> None:
    with sessions.begin() as session:
        enqueue(session, "unknown", b"code", now=clock(), expires_at=clock() + timedelta(seconds=300))
    clock.advance(300)
    handler = Handler()
    assert drain(sessions, {"test": handler}, clock) == Drained(expired=1)
    assert left(sessions) == []


def test_an_unknown_kind_waits_for_who_knows_it(sessions: sessionmaker[Session], clock: FakeClock) -> None:
    add(sessions, clock, "x", kind="new")
    assert drain(sessions, {"test": Handler()}, clock) == Drained()
    assert drain(sessions, {"new": Handler()}, clock) == Drained(delivered=1)


def test_failures_are_tried_again_with_growing_delays(
    sessions: sessionmaker[Session], clock: FakeClock
) -> None:
    add(sessions, clock, "x")
    handler = Handler(*(OSError("somebody's number") for _ in range(4)))
    for delay in (5, 10, 20, 40):
        assert drain(sessions, {"test": handler}, clock) == Drained(put_off=1)
        assert [message.failure for message in left(sessions)] == ["OSError"]
        clock.advance(delay - 0.5)
        assert drain(sessions, {"test": handler}, clock) == Drained()
        clock.advance(0.5)
    assert drain(sessions, {"test": handler}, clock) == Drained(delivered=1)
    assert handler.attempts == [1, 2, 3, 4, 5]


def test_what_cannot_be_delivered_dies_and_is_kept_a_while(
    sessions: sessionmaker[Session], clock: FakeClock
) -> None:
    add(sessions, clock, "a", "b")
    assert drain(sessions, {"test": Handler(Undeliverable("refused"))}, clock) == Drained(delivered=1, died=1)
    (dead,) = left(sessions)
    assert (dead.failure, dead.dead_at) == ("refused", clock())
    clock.advance(DEAD_KEPT.total_seconds())
    with sessions.begin() as session:
        assert sweep(session, clock()) == 0
    clock.advance(1)
    with sessions.begin() as session:
        assert sweep(session, clock()) == 1


def test_what_fails_too_often_dies(sessions: sessionmaker[Session], clock: FakeClock) -> None:
    add(sessions, clock, "x")
    handler = Handler(*(OSError() for _ in range(99)))
    outcomes = []
    for attempt in range(1, MOST_ATTEMPTS + 1):
        outcomes.append(drain(sessions, {"test": handler}, clock))
        clock.advance(delay_after(attempt).total_seconds())
    assert outcomes == [Drained(put_off=1)] * (MOST_ATTEMPTS - 1) + [Drained(died=1)]
    assert drain(sessions, {"test": handler}, clock) == Drained()


def test_one_failure_does_not_hold_up_the_others(sessions: sessionmaker[Session], clock: FakeClock) -> None:
    add(sessions, clock, "a", "b", "c")
    handler = Handler(OSError())
    assert drain(sessions, {"test": handler}, clock) == Drained(delivered=2, put_off=1)


def test_a_handler_holds_no_transaction(sessions: sessionmaker[Session], clock: FakeClock) -> None:
    add(sessions, clock, "a")

    def handle(delivery: Delivery) -> None:
        add(sessions, clock, "from within", kind="other")

    assert drain(sessions, {"test": handle}, clock) == Drained(delivered=1)
    assert [message.kind for message in left(sessions)] == ["other"]


def test_a_worker_that_overran_its_lease_does_not_disturb_the_next(
    sessions: sessionmaker[Session], clock: FakeClock
) -> None:
    add(sessions, clock, "a")
    second = Handler(OSError())

    def overrun(_: Delivery) -> None:
        clock.advance(LEASE.total_seconds())
        drain(sessions, {"test": second}, clock)
        raise TimeoutError

    drain(sessions, {"test": overrun}, clock)
    (message,) = left(sessions)
    assert (message.attempts, message.failure) == (2, "OSError")


def test_a_slow_claim_is_given_back_when_its_lease_ends(
    sessions: sessionmaker[Session], clock: FakeClock
) -> None:
    add(sessions, clock, "a", "b", "c")
    done: list[bytes] = []

    def slow(delivery: Delivery) -> None:
        done.append(delivery.payload)
        clock.advance(70)

    assert drain(sessions, {"test": slow}, clock).delivered == 3
    assert sorted(done) == [b"a", b"b", b"c"]


@pytest.fixture
def start(database_url: str, clock: FakeClock) -> Iterator[Start]:
    processes: list[subprocess.Popen[str]] = []

    def run(file: str, mode: str) -> "subprocess.Popen[str]":
        arguments = [database_url, clock().isoformat(), file, mode]
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.idp.storage.outbox_worker", *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=Path(__file__).parents[3],
        )
        processes.append(process)
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        return process

    yield run
    for process in processes:
        if process.poll() is None:
            process.kill()
        process.communicate()


def go(process: "subprocess.Popen[str]") -> None:
    assert process.stdin is not None
    process.stdin.write("go\n")
    process.stdin.flush()


def test_a_worker_killed_in_the_middle_loses_nothing(
    sessions: sessionmaker[Session], clock: FakeClock, start: Start, tmp_path: Path
) -> None:
    add(sessions, clock, "a", "b")
    worker = start(str(tmp_path / "done"), "hang")
    go(worker)
    assert worker.stdout is not None
    assert worker.stdout.readline() == "in the middle\n"
    worker.kill()
    worker.wait()

    handler = Handler()
    assert drain(sessions, {"test": handler}, clock) == Drained()  # still leased
    clock.advance(LEASE.total_seconds())
    assert drain(sessions, {"test": handler}, clock) == Drained(delivered=2)
    assert sorted(handler.done) == ["a", "b"]
    assert handler.attempts == [2, 2]


def test_a_message_that_kills_its_workers_dies_in_the_end(
    sessions: sessionmaker[Session], clock: FakeClock
) -> None:
    add(sessions, clock, "a")
    for _ in range(MOST_ATTEMPTS):

        def kill(_: Delivery) -> None:
            raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            drain(sessions, {"test": kill}, clock)
        clock.advance(LEASE.total_seconds())
    assert drain(sessions, {"test": Handler()}, clock) == Drained(died=1)


def test_workers_side_by_side_share_the_work(
    sessions: sessionmaker[Session], clock: FakeClock, start: Start, tmp_path: Path
) -> None:
    names = [f"{number:03}" for number in range(200)]
    add(sessions, clock, *names)
    files = [tmp_path / f"done-{number}" for number in range(3)]
    workers = [start(str(file), "work") for file in files]
    for worker in workers:
        go(worker)
    for worker in workers:
        worker.communicate(timeout=120)
        assert worker.returncode == 0
    done = [line for file in files for line in file.read_text().split()]
    assert sorted(done) == names
    assert left(sessions) == []
