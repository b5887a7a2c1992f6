"""How much of something is left to somebody in a window of time, over all processes, and nearly for nothing.

A fixed window: one counter in the shared store, which every store counts up by one atomic command, and from
which everybody may read when it begins anew. (A leaky bucket such as GCRA needs a read and a compare-and-set
that many processes lose against each other; what it spares, twice the limit across the border of two windows,
is bearable for windows of a minute.)

What is counted there are *leases*, not requests: a process takes a twentieth of the limit at a time and
spends it in memory. So a request costs no command but one in so many, and who is known to have nothing left
costs none. The first hundredth of a window a process gives on credit, and pays it with its first lease: who
asks seldom costs no command at all. With `n` processes at most `limit + n * credit` is given, and at least
`limit - n * lease`; below a hundred there is no credit, and the limit is exact.

Without the store a process gives by itself, the limit at most: requests are not lost because they cannot be
counted. It asks the store again after some seconds, so that nobody waits for it at every lease.
"""

from dataclasses import dataclass
from math import ceil
from threading import Lock
from typing import NamedTuple
from zlib import crc32

from idp.crypto.digests import digest
from idp.storage.ephemeral import EphemeralStore
from idp.storage.ephemeral.store import StoreUnavailable

ON_CREDIT = 100
ALONE_SECONDS = 5
"""So long after it did not answer the store is not asked again."""
KEPT_AT_MOST = 20_000
"""Of whom a process remembers what it has in hand: strangers decide how many there are."""


@dataclass(frozen=True, slots=True)
class Windows:
    """`leases`: so many parts a limit is taken in. `begins`: the second of all windows' beginning, counted
    from 1970; None: each key has its own, so that not all of them begin anew at one moment. `on_credit`: the
    part of a limit that each process gives before it has asked; 0: nothing."""

    name: str
    seconds: int
    leases: int
    begins: int | None = None
    on_credit: int = ON_CREDIT

    def at(self, key: str, now: float) -> tuple[int, float]:
        """The number of the window, and when it ends."""
        begins = crc32(key.encode()) % self.seconds if self.begins is None else self.begins
        number = int((now - begins) // self.seconds)
        return number, (number + 1) * self.seconds + begins


class Spent(NamedTuple):
    """What came of one request. Made for each: a tuple is made in a third of the time."""

    is_allowed: bool
    limit: int
    left: int
    """As far as this process knows: what others have spent since its last lease is not in it."""
    seconds: int
    """Until the window ends, rounded up: at least 1."""


class _Hand:
    """What a process has of one key's window. Whoever changes it holds its lock: others of the same key wait
    for them, and nobody else does."""

    __slots__ = ("alone", "debt", "ends", "limit", "lock", "ready", "rest", "used_up", "window")

    def __init__(self) -> None:
        self.lock = Lock()
        self.window = -1
        self.limit = -1
        self.ends = 0.0

    def begin(self, window: int, ends: float, limit: int) -> None:
        self.window, self.ends, self.limit = window, ends, limit
        self.ready = 0
        """Leased, and not spent."""
        self.debt = 0
        """Given on credit."""
        self.rest = limit
        """That nobody has leased, as of the last lease."""
        self.alone = 0
        """Given without the store."""
        self.used_up = False


class Allowances:
    """Of one kind of windows."""

    def __init__(self, store: EphemeralStore, windows: Windows) -> None:
        self._store = store
        self._windows = windows
        self._hands: dict[str, _Hand] = {}
        self._alone_until = 0.0

    def spend(self, key: str, limit: int, now: float) -> Spent:
        """One of what `key` may have. `now`: seconds since 1970. A limit that changes begins a new count."""
        hand = self._hand(key, now)
        with hand.lock:
            self._open(hand, key, limit, now)
            is_allowed = hand.ready > 0 or self._gives(hand, key, now)
            if is_allowed and hand.ready:
                hand.ready -= 1
            return _shown(hand, now, is_allowed=is_allowed)

    def look(self, key: str, limit: int, now: float) -> Spent:
        """What is left, as the store and this process know it. Spends nothing. Raises StoreUnavailable."""
        hand = self._hand(key, now)
        with hand.lock:
            self._open(hand, key, limit, now)
            taken = int(self._store.get(self._key(hand, key)) or b"0")
            hand.rest = max(0, limit - taken * _lease(self._windows, limit))
            return _shown(hand, now, is_allowed=bool(hand.ready or hand.rest) and not hand.used_up)

    def _hand(self, key: str, now: float) -> _Hand:
        hand = self._hands.get(key)
        if hand is not None:
            return hand
        if len(self._hands) >= KEPT_AT_MOST:
            over = [name for name, one in tuple(self._hands.items()) if one.ends <= now]
            for name in over or tuple(self._hands):
                self._hands.pop(name, None)
        return self._hands.setdefault(key, _Hand())

    def _open(self, hand: _Hand, key: str, limit: int, now: float) -> None:
        # `ends` is looked at first: it is all that a request of an open window needs.
        if limit == hand.limit and hand.ends - self._windows.seconds <= now < hand.ends:
            return
        window, ends = self._windows.at(key, now)
        hand.begin(window, ends, limit)

    def _gives(self, hand: _Hand, key: str, now: float) -> bool:
        """Whether there is one more: on credit, or of a new lease, which is then in hand."""
        if hand.used_up:
            return False
        part = self._windows.on_credit
        if part and hand.rest == hand.limit and hand.debt < hand.limit // part and not hand.alone:
            hand.debt += 1
            return True
        while hand.ready <= 0:
            size = self._leased(hand, key, now)
            if size <= 0:
                hand.used_up = True
                return False
            paid = min(hand.debt, size)
            hand.debt -= paid
            hand.ready += size - paid
        return True

    def _leased(self, hand: _Hand, key: str, now: float) -> int:
        size = _lease(self._windows, hand.limit)
        if now >= self._alone_until:
            try:
                number = self._store.increment(self._key(hand, key), seconds=self._windows.seconds + 60)
            except StoreUnavailable:
                self._alone_until = now + ALONE_SECONDS
            else:
                hand.rest = max(0, hand.limit - number * size)
                return max(0, min(size, hand.limit - (number - 1) * size))
        given = min(size, hand.limit - hand.alone)
        hand.alone += given
        hand.rest = max(0, hand.rest - given)
        return given

    def _key(self, hand: _Hand, key: str) -> str:
        return f"allowance:{self._windows.name}:{digest(key)}:{hand.limit}:{hand.window}"


def _lease(windows: Windows, limit: int) -> int:
    return -(-limit // windows.leases)


def _shown(hand: _Hand, now: float, *, is_allowed: bool) -> Spent:
    left = 0 if hand.used_up else max(0, hand.rest + hand.ready - hand.debt)
    return Spent(is_allowed, hand.limit, left, max(1, ceil(hand.ends - now)))
