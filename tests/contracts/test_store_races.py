"""Of many that ask a store at the same moment, one wins: threads, processes."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from tests.contracts.racing import winners
from tests.contracts.stores import Place, place

__all__ = ["place"]

THREADS, KEYS = 8, 40


def race(command: Callable[[int, int], bool]) -> list[int]:
    """Every thread runs the command on every key, in step; returns the keys won, by anyone."""
    barrier = Barrier(THREADS)

    def contend(thread: int) -> list[int]:
        won = []
        for key in range(KEYS):
            barrier.wait(60)
            if command(thread, key):
                won.append(key)
        return won

    with ThreadPoolExecutor(THREADS) as threads:
        return sorted(key for won in threads.map(contend, range(THREADS)) for key in won)


def test_of_many_threads_one_takes(place: Place) -> None:
    for key in range(KEYS):
        place.store.put(f"{key}", b"1", seconds=60)
    assert race(lambda _, key: place.store.take(f"{key}") is not None) == list(range(KEYS))


def test_of_many_threads_one_deletes(place: Place) -> None:
    for key in range(KEYS):
        place.store.put(f"{key}", b"1", seconds=60)
    assert race(lambda _, key: place.store.delete(f"{key}")) == list(range(KEYS))


def test_of_many_threads_one_adds(place: Place) -> None:
    won = race(lambda thread, key: place.store.add_once(f"{key}", b"%d" % thread, seconds=60))
    assert won == list(range(KEYS))


def test_of_many_threads_one_adds_over_an_expired_value(place: Place) -> None:
    for key in range(KEYS):
        place.store.put(f"{key}", b"old", seconds=1)
    place.advance(2)
    won = race(lambda thread, key: place.store.add_once(f"{key}", b"%d" % thread, seconds=60))
    assert won == list(range(KEYS))


def test_of_many_threads_one_replaces(place: Place) -> None:
    for key in range(KEYS):
        place.store.put(f"{key}", b"old", seconds=60)
    won = race(lambda thread, key: place.store.replace(f"{key}", b"old", b"%d" % thread, seconds=60))
    assert won == list(range(KEYS))


def test_counting_together_loses_nothing(place: Place) -> None:
    seen: list[int] = []
    race(lambda _thread, _key: seen.append(place.store.increment("n", seconds=60)) or False)
    assert sorted(seen) == list(range(1, THREADS * KEYS + 1))


def test_appending_together_loses_nothing(place: Place) -> None:
    race(lambda thread, _key: place.store.append("a", b"%d;" % thread, limit=9999, seconds=60) is None)
    whole = place.store.get("a") or b""
    assert sorted(whole.split(b";")) == sorted([b"%d" % thread for thread in range(THREADS)] * KEYS + [b""])


def test_appending_together_never_passes_the_limit(place: Place) -> None:
    won = race(lambda _thread, _key: place.store.append("a", b"12", limit=201, seconds=60) is not None)
    assert len(won) == 100
    assert place.store.get("a") == b"12" * 100


PROCESSES, PROCESS_KEYS = 4, 150


@pytest.mark.parametrize("command", ["take", "add_once", "replace", "increment", "append"])
def test_of_many_processes_one_wins(place: Place, command: str) -> None:
    if place.url == "memory://":
        pytest.skip("lives in one process")
    if command in ("take", "replace"):
        for number in range(PROCESS_KEYS):
            place.store.put(f"race:{command}:{number}", b"old", seconds=60)
    arguments = [place.url, place.clock().isoformat(), command, str(PROCESS_KEYS)]
    won = winners("tests.contracts.contender", [[*arguments, str(name)] for name in range(PROCESSES)])
    if command == "append":
        whole = place.store.get("race:append") or b""
        assert sorted(whole) == sorted(b"0123" * PROCESS_KEYS)
    else:
        assert won == list(range(PROCESS_KEYS))
