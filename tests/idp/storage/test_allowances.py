"""Leases of an allowance: exact to within what is in hand, cheap, and independent of one another."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from idp.crypto.digests import digest
from idp.storage.allowances import ALONE_SECONDS, KEPT_AT_MOST, ON_CREDIT, Allowances, Windows
from idp.storage.ephemeral.memory import MemoryStore
from idp.storage.ephemeral.store import StoreUnavailable
from tests.fakes import FakeClock

MINUTE = Windows("minute", 60, 20, begins=0)
NOW = 1_000_000_020.0  # a window's beginning


class CountingStore(MemoryStore):
    """Counts what it is asked, and can be switched off."""

    asked = 0
    is_there = True

    def increment(self, key: str, *, seconds: int) -> int:
        self.asked += 1
        if not self.is_there:
            raise StoreUnavailable("the store is switched off")
        return super().increment(key, seconds=seconds)


@pytest.fixture
def store() -> CountingStore:
    return CountingStore(FakeClock())


def given_to(allowances: Allowances, key: str, limit: int, tries: int, now: float = NOW) -> int:
    return sum(allowances.spend(key, limit, now).is_allowed for _ in range(tries))


@pytest.mark.parametrize("limit", [1, 2, 19, 20, 21, 99, 100, 600, 6000])
def test_one_process_gives_the_limit_exactly(store: CountingStore, limit: int) -> None:
    allowances = Allowances(store, MINUTE)
    assert given_to(allowances, "a", limit, limit + 50) == limit
    assert store.asked <= 21, "as many commands as there are leases, and one that finds nothing left"


def test_who_has_nothing_left_costs_no_command(store: CountingStore) -> None:
    allowances = Allowances(store, MINUTE)
    given_to(allowances, "a", 600, 601)
    asked = store.asked
    assert given_to(allowances, "a", 600, 1000) == 0
    assert store.asked == asked


def test_who_asks_seldom_costs_no_command(store: CountingStore) -> None:
    allowances = Allowances(store, MINUTE)
    assert given_to(allowances, "a", 600, 600 // ON_CREDIT) == 6
    assert store.asked == 0


def test_what_was_given_on_credit_is_paid_with_the_first_lease(store: CountingStore) -> None:
    allowances = Allowances(store, MINUTE)
    given_to(allowances, "a", 600, 30)
    assert store.asked == 1
    given_to(allowances, "a", 600, 1)
    assert store.asked == 2


def test_a_window_ends_and_everything_is_there_again(store: CountingStore) -> None:
    allowances = Allowances(store, MINUTE)
    assert given_to(allowances, "a", 40, 100) == 40
    refused = allowances.spend("a", 40, NOW + 59.5)
    assert (refused.is_allowed, refused.left, refused.seconds) == (False, 0, 1)
    assert given_to(allowances, "a", 40, 100, NOW + 60) == 40


def test_it_says_what_is_left_and_until_when(store: CountingStore) -> None:
    allowances = Allowances(store, MINUTE)
    assert [allowances.spend("a", 600, NOW + 1).left for _ in range(40)] == list(range(599, 559, -1))
    assert allowances.spend("a", 600, NOW + 20.2).seconds == 40


def test_a_limit_that_changes_counts_anew(store: CountingStore) -> None:
    allowances = Allowances(store, MINUTE)
    assert given_to(allowances, "a", 40, 100) == 40
    assert given_to(allowances, "a", 80, 100) == 80


def test_windows_of_different_keys_do_not_all_begin_at_once() -> None:
    spread = Windows("minute", 60, 20)
    ends = {spread.at(f"client {number}", NOW)[1] for number in range(200)}
    assert len(ends) > 30
    assert all(NOW < end <= NOW + 60 for end in ends)


@settings(max_examples=60, deadline=None)
@given(
    limit=st.integers(1, 2000),
    processes=st.integers(1, 5),
    order=st.lists(st.integers(0, 4), min_size=1, max_size=400),
)
def test_processes_together_give_the_limit_to_within_their_leases(
    limit: int, processes: int, order: list[int]
) -> None:
    store = MemoryStore(FakeClock())
    all_of_them = [Allowances(store, MINUTE) for _ in range(processes)]
    asked = [all_of_them[number % processes] for number in order] * (1 + limit // 100)
    allowed = sum(one.spend("a", limit, NOW).is_allowed for one in asked)
    lease, credit = -(-limit // 20), limit // ON_CREDIT
    assert allowed <= limit + processes * credit
    assert allowed >= min(len(asked), limit - (processes - 1) * lease)


def test_threads_of_several_processes_get_no_more_than_there_is() -> None:
    """Real threads at one store: below a hundred the limit is exact."""
    store = MemoryStore(FakeClock())
    limit, threads = 90, 8
    processes = [Allowances(store, MINUTE) for _ in range(2)]
    barrier = Barrier(threads)

    def ask(number: int) -> int:
        barrier.wait(10)
        return given_to(processes[number % 2], "a", limit, 60)

    with ThreadPoolExecutor(threads) as pool:
        assert sum(pool.map(ask, range(threads))) == limit


def test_one_noisy_client_never_slows_another() -> None:
    """While the noisy one's lease hangs in the store with its lock held, the others come and go."""
    hangs, is_hanging = Event(), Event()

    class Hanging(MemoryStore):
        def increment(self, key: str, *, seconds: int) -> int:
            if digest("noisy") in key:
                is_hanging.set()
                assert hangs.wait(10)
            return super().increment(key, seconds=seconds)

    allowances = Allowances(Hanging(FakeClock()), MINUTE)
    with ThreadPoolExecutor(6) as pool:
        noisy = [pool.submit(given_to, allowances, "noisy", 40, 50) for _ in range(4)]
        assert is_hanging.wait(10)
        quiet = [pool.submit(given_to, allowances, f"quiet {number}", 40, 20) for number in range(8)]
        assert [one.result(10) for one in quiet] == [20] * 8
        assert not any(one.done() for one in noisy)
        hangs.set()
        assert sum(one.result(10) for one in noisy) == 40


def test_without_the_store_a_process_gives_the_limit_by_itself(store: CountingStore) -> None:
    allowances = Allowances(store, MINUTE)
    store.is_there = False
    assert given_to(allowances, "a", 600, 1000) == 600
    assert store.asked == 1, "nobody waits for it at every lease"


def test_the_store_is_asked_again_after_some_seconds(store: CountingStore) -> None:
    allowances = Allowances(store, MINUTE)
    store.is_there = False
    given_to(allowances, "a", 600, 10)
    store.is_there = True
    given_to(allowances, "b", 600, 10)
    assert store.asked == 1
    given_to(allowances, "c", 600, 10, NOW + ALONE_SECONDS)
    assert store.asked == 2


def test_strangers_cannot_fill_the_memory(store: CountingStore) -> None:
    allowances = Allowances(store, MINUTE)
    for number in range(KEPT_AT_MOST + 10):
        allowances.spend(f"{number}", 600, NOW)
    assert len(allowances._hands) <= KEPT_AT_MOST


def test_what_is_left_can_be_looked_at_by_others(store: CountingStore) -> None:
    allowances = Allowances(store, MINUTE)
    given_to(allowances, "a", 600, 100)
    other = Allowances(store, MINUTE)
    assert other.look("a", 600, NOW).left == 600 - 120
    assert other.look("a", 600, NOW).left == 600 - 120
