"""Guessing gets slower; people whom others guess at do not."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Barrier

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idp.storage.ephemeral import EphemeralStore, open_store
from idp.storage.ephemeral.memory import MemoryStore
from idp.storage.throttle import Subject, Throttle, _delay
from tests.fakes import FakeClock

KEY = b"k" * 32


@dataclass(frozen=True)
class Few:
    account_free_failures: int = 3
    address_free_failures: int = 8
    device_free_failures: int = 6
    overall_failures_per_minute: int = 1000
    longest_wait_seconds: int = 900


OWNER = Subject("11010519491231002X", "203.0.113.1", "owner-device")
GUESSER = Subject(OWNER.account, "198.51.100.1", "guesser-device")


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def store(clock: FakeClock) -> MemoryStore:
    return MemoryStore(clock)


@pytest.fixture
def throttle(store: MemoryStore, clock: FakeClock) -> Throttle:
    return Throttle(store, clock, Few(), key=KEY)


def fail(throttle: Throttle, subject: Subject) -> int:
    """One wrong try; the wait before the next."""
    assert throttle.wait(subject) == 0
    return throttle.failed(subject)


def guess_on(throttle: Throttle, clock: FakeClock, subject: Subject, seconds: int) -> int:
    """Guess as fast as allowed; how many guesses went through."""
    end, guesses = clock.now.timestamp() + seconds, 0
    while clock.now.timestamp() < end:
        wait = throttle.wait(subject)
        if wait:
            clock.advance(wait)
        else:
            throttle.failed(subject)
            guesses += 1
    return guesses


def test_the_first_failures_cost_nothing_then_waits_double(throttle: Throttle, clock: FakeClock) -> None:
    waits = []
    for _ in range(8):
        waits.append(fail(throttle, OWNER))
        clock.advance(waits[-1])
    assert waits == [0, 0, 0, 1, 2, 4, 8, 16]


def test_waiting_is_told_and_does_not_count(throttle: Throttle, clock: FakeClock) -> None:
    for _ in range(5):
        clock.advance(fail(throttle, OWNER))
    assert fail(throttle, OWNER) == 4
    clock.advance(1)
    assert [throttle.wait(OWNER) for _ in range(5)] == [3] * 5
    assert throttle.remaining(OWNER) == 3
    clock.advance(3)
    assert throttle.wait(OWNER) == 0


def test_a_success_clears_the_way(throttle: Throttle, clock: FakeClock) -> None:
    for _ in range(6):
        clock.advance(fail(throttle, OWNER))
    assert throttle.wait(OWNER) == 0
    throttle.succeeded(OWNER)
    assert [fail(throttle, OWNER) for _ in range(4)] == [0, 0, 0, 1]


def test_a_device_that_signed_in_before_is_not_held_up_by_others(
    throttle: Throttle, clock: FakeClock
) -> None:
    assert throttle.wait(OWNER) == 0
    throttle.succeeded(OWNER)
    guess_on(throttle, clock, GUESSER, 3600)
    guess_on(throttle, clock, replace(GUESSER, address=OWNER.address), 3600)
    assert throttle.wait(OWNER) == 0
    assert throttle.wait(replace(OWNER, address="192.0.2.77")) == 0  # wherever it is now


def test_a_known_device_is_not_known_to_other_accounts(throttle: Throttle, clock: FakeClock) -> None:
    throttle.wait(GUESSER)
    throttle.succeeded(replace(GUESSER, account="own"))
    guess_on(throttle, clock, GUESSER, 600)
    assert fail(throttle, GUESSER) > 60


def test_strangers_hold_up_an_unknown_device_for_a_minute_at_most(
    throttle: Throttle, clock: FakeClock
) -> None:
    for number in range(60):
        guess_on(throttle, clock, replace(GUESSER, address=f"198.51.100.{number}", device=None), 60)
    assert 0 <= throttle.remaining(replace(OWNER, device="a new phone")) <= 60


def test_many_addresses_do_not_make_guessing_cheap(throttle: Throttle, clock: FakeClock) -> None:
    guesses = 0
    for number in range(24 * 60):
        subject = Subject(OWNER.account, f"10.0.{number // 250}.{number % 250}")
        guesses += guess_on(throttle, clock, subject, 60)
    assert guesses < 24 * 60 + 50


def test_one_address_trying_many_accounts_gets_slow(throttle: Throttle, clock: FakeClock) -> None:
    waits = []
    for number in range(12):
        subject = Subject(f"account {number}", "198.51.100.1")
        clock.advance(throttle.remaining(subject))
        waits.append(fail(throttle, subject))
    assert waits[:8] == [0] * 8
    assert waits[8:] == [1, 2, 4, 8]
    clock.advance(3600)
    assert throttle.remaining(Subject("account", "198.51.100.1")) == 0


def test_one_device_trying_many_accounts_from_many_addresses_gets_slow(throttle: Throttle) -> None:
    waits = [fail(throttle, Subject(f"account {n}", f"198.51.100.{n}", "device")) for n in range(7)]
    assert waits == [0] * 6 + [1]


def test_neighbours_in_one_ipv6_network_are_one_address(throttle: Throttle) -> None:
    waits = [fail(throttle, Subject("account", f"2001:db8::{n}")) for n in range(4)]
    assert waits == [0, 0, 0, 1]


def test_under_attack_every_stranger_failure_waits_and_first_tries_go_on(
    store: MemoryStore, clock: FakeClock
) -> None:
    throttle = Throttle(store, clock, Few(overall_failures_per_minute=5), key=KEY)
    throttle.wait(OWNER)
    throttle.succeeded(OWNER)
    for number in range(6):
        fail(throttle, Subject(f"account {number}", f"198.51.100.{number}"))
    assert fail(throttle, Subject("citizen", "192.0.2.1")) == 1
    assert [fail(throttle, OWNER) for _ in range(3)] == [0, 0, 0]
    clock.advance(60)
    assert fail(throttle, Subject("citizen", "192.0.2.1")) == 0


def test_kinds_of_tries_do_not_touch_each_other(throttle: Throttle) -> None:
    for _ in range(3):
        fail(throttle, OWNER)
    assert fail(throttle, OWNER) == 1
    assert fail(throttle, replace(OWNER, kind="activation-code")) == 0


def test_the_store_holds_digests_alone(throttle: Throttle, store: MemoryStore) -> None:
    fail(throttle, OWNER)
    throttle.succeeded(OWNER)
    throttle.allow(f"sms:{OWNER.account}", 3, 60)
    assert store._entries
    for key in store._entries:
        for part in (OWNER.account, OWNER.address, OWNER.device or ""):
            assert part not in key


def test_a_quota_of_an_address_is_that_of_its_network(throttle: Throttle) -> None:
    def allowed(address: str) -> bool:
        return throttle.allow_from(address, "failures", 1, 60)

    assert allowed("2001:db8::1")
    assert not allowed("2001:db8::2")
    assert allowed("192.0.2.1")
    # Whoever comes over a Unix socket shares one.
    assert allowed("")
    assert not allowed("unix:")


def test_a_quota_counts_from_its_first_use(throttle: Throttle, clock: FakeClock) -> None:
    assert [throttle.allow("enrol:x", 3, 86400) for _ in range(5)] == [True] * 3 + [False] * 2
    assert throttle.allow("enrol:y", 3, 86400)
    clock.advance(86400)
    assert throttle.allow("enrol:x", 3, 86400)


@given(failures=st.integers(-5, 2000), longest=st.integers(1, 10**6))
def test_delays_grow_up_to_the_longest(failures: int, longest: int) -> None:
    assert 0 <= _delay(failures, longest) <= _delay(failures + 1, longest) <= longest


@pytest.fixture(params=["memory", "sqlite", "redis"])
def any_store(request: pytest.FixtureRequest, tmp_path: Path, clock: FakeClock) -> Iterator[EphemeralStore]:
    if request.param == "redis":
        url = request.getfixturevalue("redis_server").url
    else:
        url = {"memory": "memory://", "sqlite": f"sqlite:///{tmp_path}/ephemeral.db"}[request.param]
    opened = open_store(url, clock)
    yield opened
    opened.close()


def test_guesses_side_by_side_do_not_slip_through(any_store: EphemeralStore, clock: FakeClock) -> None:
    throttle = Throttle(any_store, clock, Few(), key=KEY)
    barrier = Barrier(16)

    def guess(_: int) -> bool:
        barrier.wait()
        return throttle.wait(OWNER) == 0

    with ThreadPoolExecutor(16) as threads:
        assert sum(threads.map(guess, range(16))) <= 4  # three are free, the fourth begins the waiting
