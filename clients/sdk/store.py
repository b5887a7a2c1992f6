"""Where things are kept that all processes of a portal share: a pair of plain functions.

Two are enough for everything here, tokens that many refresh at once included, because the second one replaces
a value only as long as nobody else did:

    load(key) -> value, or None
    replace(key, before, after, seconds) -> whether it was done

`before` None: nothing may be there. `after` None: delete. After `seconds` the value may be forgotten. Both
are called from many threads. Keys and values are text without NUL; keys have 100 characters at most. **Values
hold tokens and what people let the portal know: guard the table as you guard its passwords.**
"""

import hashlib
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from .errors import StoreBroken

TRIES = 50
"""Each fails only because somebody else's succeeded."""
AT_MOST = 100_000
"""Values that one process keeps in memory; with more, the oldest go."""


@dataclass(frozen=True)
class Store:
    load: Callable[[str], str | None]
    replace: Callable[[str, str | None, str | None, int], bool]


def key_of(kind: str, name: str) -> str:
    """The key for something whose name is a secret, or of somebody else's choice: its digest."""
    return f"{kind}:{hashlib.sha256(name.encode('utf-8', 'surrogatepass')).hexdigest()}"


def put(store: Store, key: str, value: str, seconds: int) -> None:
    """Whatever is there. Raises StoreBroken."""
    for _ in range(TRIES):
        before = store.load(key)
        if before == value or store.replace(key, before, value, seconds):
            return
    raise StoreBroken("The store does not replace what it holds.")


def drop(store: Store, key: str) -> str | None:
    """What was there. Raises StoreBroken."""
    for _ in range(TRIES):
        before = store.load(key)
        if before is None or store.replace(key, before, None, 0):
            return before
    raise StoreBroken("The store does not delete what it holds.")


def in_memory(monotonic: Callable[[], float] = time.monotonic) -> Store:
    """For one process: a restart signs people out, and a second process would know nothing of the first."""
    memory = _Memory(monotonic)
    return Store(memory.load, memory.replace)


class _Memory:
    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._values: OrderedDict[str, tuple[str, float]] = OrderedDict()
        self._lock = threading.Lock()

    def load(self, key: str) -> str | None:
        with self._lock:
            return self._current(key)

    def replace(self, key: str, before: str | None, after: str | None, seconds: int) -> bool:
        with self._lock:
            if self._current(key) != before:
                return False
            self._values.pop(key, None)
            if after is not None:
                self._values[key] = (after, self._monotonic() + seconds)
                while len(self._values) > AT_MOST:
                    self._values.popitem(last=False)
            return True

    def _current(self, key: str) -> str | None:
        value, until = self._values.get(key, (None, 0.0))
        if value is not None and until <= self._monotonic():
            del self._values[key]
            return None
        return value
