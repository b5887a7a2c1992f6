"""The worker's duty: every attack becomes one alert, whatever is stopped, killed or running twice."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from sqlalchemy import Engine as Database
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from idp.audit import log as audit
from idp.audit.context import AuditContext
from idp.audit.events.signing_in import SignInRefused
from idp.audit.following import AuditCursor
from idp.crypto.digests import digest
from idp.detection.engine import Engine
from idp.detection.models import Alert
from idp.detection.rounds import FIRST_LOOK, LEASE_SECONDS, READER, Detection
from idp.storage.ephemeral.memory import MemoryStore
from tests.fakes import FakeClock
from tests.idp.detection.conftest import ON_EACH_DATABASE, SHIPPED

pytestmark = ON_EACH_DATABASE
LIMIT = SHIPPED["credential-stuffing"].threshold


@dataclass
class Office:
    """A database with a log, and workers that follow it."""

    database: Database
    clock: FakeClock
    store: MemoryStore
    told: list[str] = field(default_factory=list)

    def worker(self, events_at_once: int = 7, tell: Callable[..., None] | None = None) -> Detection:
        return Detection(
            self.database,
            self.store,
            self.clock,
            lambda: Engine(SHIPPED.values()),
            tell or (lambda _session, alert, _now: self.told.append(alert.rule)),
            events_at_once=events_at_once,
        )

    def attack(self, count: int, *, begin: int = 0, address: str = "203.0.113.9") -> None:
        for number in range(begin, begin + count):
            self.clock.advance(1)
            event = SignInRefused("wrong", "password", tried=digest(str(number)))
            with Session(self.database) as session, session.begin():
                audit.record(session, event, context=AuditContext(self.clock(), address=address))

    def alerts(self) -> list[tuple[str, int]]:
        with Session(self.database) as session:
            rows = session.execute(select(Alert.subject, Alert.count).order_by(Alert.opened_at, Alert.id))
            return [(subject, count) for subject, count in rows]


@pytest.fixture
def office(engine: Database, clock: FakeClock) -> Office:
    return Office(engine, clock, MemoryStore(clock))


def done(worker: Detection) -> None:
    while worker.round():
        pass


def test_an_attack_becomes_one_alert(office: Office) -> None:
    worker = office.worker()
    office.attack(LIMIT - 1)
    done(worker)
    assert office.alerts() == []
    office.attack(1, begin=LIMIT)
    done(worker)
    assert office.alerts() == [("203.0.113.9", LIMIT)]
    office.attack(LIMIT, begin=100)
    done(worker)
    assert office.alerts() == [("203.0.113.9", 2 * LIMIT)]
    assert office.told == ["credential-stuffing"]


def test_a_worker_that_starts_anew_goes_on_where_the_other_stopped(office: Office) -> None:
    """Half of the attack was before, half comes after."""
    office.attack(LIMIT // 2)
    done(office.worker())
    office.clock.advance(LEASE_SECONDS + 1)
    office.attack(LIMIT - LIMIT // 2, begin=LIMIT // 2)
    done(office.worker())
    assert office.alerts() == [("203.0.113.9", LIMIT)]


def test_what_was_found_before_a_stop_is_not_found_again(office: Office) -> None:
    office.attack(LIMIT + 3)
    done(office.worker())
    office.clock.advance(LEASE_SECONDS + 1)
    office.attack(2, begin=50)
    done(office.worker())
    assert office.alerts() == [("203.0.113.9", LIMIT)]
    assert office.told == ["credential-stuffing"]


def test_what_came_while_nobody_looked_is_found_afterwards(office: Office) -> None:
    office.attack(1)
    done(office.worker())
    office.clock.advance(LEASE_SECONDS + 1)
    office.attack(LIMIT, begin=10)
    office.clock.advance(3 * 24 * 3600)
    done(office.worker())
    assert len(office.alerts()) == 1


def test_a_batch_that_fails_is_looked_at_again(office: Office) -> None:
    """Neither the place nor the alert is kept, and the engine does not remember having seen it."""
    failures = [RuntimeError("telling"), None]

    def tell(*_: object) -> None:
        if (failure := failures.pop(0)) is not None:
            raise failure

    worker = office.worker(events_at_once=100, tell=tell)
    office.attack(LIMIT)
    with pytest.raises(RuntimeError):
        worker.round()
    assert office.alerts() == []
    done(worker)
    assert office.alerts() == [("203.0.113.9", LIMIT)]


def test_of_two_workers_one_looks_and_the_other_follows_when_it_is_gone(office: Office) -> None:
    one, other = office.worker(), office.worker()
    office.attack(5)
    assert one.round()
    assert other.round() == 0
    office.clock.advance(LEASE_SECONDS + 1)
    office.attack(LIMIT - 5, begin=5)
    done(other)
    assert one.round() == 0
    assert office.alerts() == [("203.0.113.9", LIMIT)]


def test_two_that_both_believe_to_be_the_one_double_nothing(office: Office) -> None:
    one = office.worker()
    other = office.worker()
    other.store = MemoryStore(office.clock)  # a store that lost the lease
    for number in range(6):
        office.attack(LIMIT // 2, begin=100 * number, address=f"203.0.113.{number // 3}")
        for worker in (one, other) if number % 2 else (other, one):
            done(worker)
    assert dict(office.alerts()) == {"203.0.113.0": LIMIT, "203.0.113.1": LIMIT}


def test_who_begins_to_detect_looks_at_the_last_day_alone(office: Office) -> None:
    office.attack(LIMIT)
    office.clock.advance(FIRST_LOOK.total_seconds() + 60)
    office.attack(3, begin=50)
    worker = office.worker()
    assert worker.round() == 3
    assert office.alerts() == []
    with Session(office.database) as session:
        cursor = session.get_one(AuditCursor, READER)
        assert cursor.at == office.clock()


def test_a_worker_that_stops_stops_soon(office: Office) -> None:
    office.attack(20)
    worker = office.worker(events_at_once=2)
    rounds = iter([False, False, True])
    worker.stopping = lambda: next(rounds)
    assert worker.round() == 4


def test_an_alert_of_ones_own_is_no_food_for_rules(office: Office) -> None:
    office.attack(LIMIT)
    worker = office.worker()
    done(worker)
    for _ in range(5):
        done(worker)
    with Session(office.database) as session:
        assert session.scalar(select(func.count()).select_from(Alert)) == 1


def test_a_worker_keeps_its_lease_while_it_reads_days_again(office: Office) -> None:
    office.attack(12)
    done(office.worker())
    office.clock.advance(LEASE_SECONDS + 1)
    office.attack(LIMIT - 12, begin=12)
    one, other = office.worker(events_at_once=2), office.worker()
    asked: list[bool] = []

    def stopping() -> bool:
        # Reading takes long, and the other asks for the lease all the while.
        office.clock.advance(LEASE_SECONDS / 4)
        asked.append(other._is_mine())
        return False

    one.stopping = stopping
    done(one)
    assert len(asked) > 3
    assert not any(asked)
    assert office.alerts() == [("203.0.113.9", LIMIT)]


def test_a_worker_that_is_stopped_while_it_reads_again_leaves_nothing_half(office: Office) -> None:
    office.attack(12)
    done(office.worker())
    office.clock.advance(LEASE_SECONDS + 1)
    office.attack(LIMIT - 12, begin=12)
    stopped = office.worker(events_at_once=2)
    answers = iter([False, True])
    stopped.stopping = lambda: next(answers, True)
    assert stopped.round() == 0
    office.clock.advance(LEASE_SECONDS + 1)
    done(office.worker())
    assert office.alerts() == [("203.0.113.9", LIMIT)]


def test_the_longest_memory_is_read_again_after_a_start(office: Office) -> None:
    """A week old, and still known."""
    assert Engine(SHIPPED.values()).longest_window == timedelta(days=7)
