"""Of many that spend one allowance at the same moment none gets too much, whatever the store."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from idp.storage.allowances import Allowances, Windows
from idp.storage.ephemeral import open_store
from tests.contracts.stores import Place, place

__all__ = ["place"]

THREADS = 8
MINUTE = Windows("minute", 60, 20)


def test_all_stores_share_an_allowance(place: Place) -> None:
    """Two processes' worth of hands, each with a store of its own, and threads that ask in step."""
    stores = [place.store]
    if place.url != "memory://":
        stores.append(open_store(place.url, place.clock))
    processes = [Allowances(stores[number % len(stores)], MINUTE) for number in range(2)]
    now = place.clock().timestamp()

    def spent(key: str, limit: int) -> int:
        barrier = Barrier(THREADS)

        def ask(number: int) -> int:
            barrier.wait(60)
            return sum(processes[number % 2].spend(key, limit, now).is_allowed for _ in range(limit // 4))

        with ThreadPoolExecutor(THREADS) as threads:
            return sum(threads.map(ask, range(THREADS)))

    assert spent("exact", 80) == 80
    assert 400 <= spent("nearly exact", 400) <= 400 + 2 * 4
    place.advance(120)
    assert processes[0].spend("exact", 80, place.clock().timestamp()).is_allowed
    for store in stores[1:]:
        store.close()
