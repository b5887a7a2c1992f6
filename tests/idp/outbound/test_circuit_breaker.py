"""When nobody asks, and who asks first again."""

from datetime import UTC, datetime

import pytest

from idp.outbound.circuit_breaker import CircuitBreaker
from tests.fakes import FakeClock


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(datetime(2026, 11, 22, 8, tzinfo=UTC))


def breaker(clock: FakeClock) -> CircuitBreaker:
    return CircuitBreaker(failures=3, open_seconds=30, clock=clock)


def test_it_opens_after_so_many_failures_one_after_another(clock: FakeClock) -> None:
    circuit = breaker(clock)
    for report in (circuit.failed, circuit.failed, circuit.succeeded, circuit.failed, circuit.failed):
        assert circuit.allows()
        report()
    assert circuit.allows()
    circuit.failed()
    assert not circuit.allows()


def test_then_one_tries_and_decides_for_all(clock: FakeClock) -> None:
    circuit = breaker(clock)
    for _ in range(3):
        circuit.failed()
    clock.advance(29)
    assert not circuit.allows()
    clock.advance(1)
    assert circuit.allows()
    assert not circuit.allows()
    circuit.failed()
    clock.advance(29)
    assert not circuit.allows()
    clock.advance(1)
    assert circuit.allows()
    circuit.succeeded()
    assert circuit.allows()
    circuit.failed()
    assert circuit.allows()


def test_one_who_never_reports_does_not_keep_it_open(clock: FakeClock) -> None:
    circuit = breaker(clock)
    for _ in range(3):
        circuit.failed()
    clock.advance(30)
    assert circuit.allows()
    clock.advance(30)
    assert circuit.allows()
