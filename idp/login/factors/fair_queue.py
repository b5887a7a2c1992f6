"""Whose turn it is, when more ask than can be served: a bounded queue in which nobody starves the others.

Fair queueing (RFC 970; McKenney, "Stochastic Fairness Queueing", 1990): the browsers that wait take
turns, and so do the sessions of one of them; who holds the most places of a full queue makes room. A
session has one batch in the engine and one that waits: its page has no more than two under way. A verdict
comes after a batch at most, and needs no place: its session cannot try again.
"""

from collections import Counter, deque
from dataclasses import dataclass, field
from itertools import count


@dataclass(frozen=True, slots=True, repr=False)
class Caller:
    """Who asks: `session` and `browser` share the turns, `address` the places of a full queue."""

    session: str
    browser: str
    address: str


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Entry:
    caller: Caller
    number: int = field(default_factory=count().__next__)
    """In the order in which they came."""


NOBODY = Caller("", "", "")
"""Verdicts queue by themselves."""


class FairQueue:
    """Says who is next; who waits and how is not known here. Its caller holds a lock."""

    def __init__(self, *, at_once: int, waiting_at_most: int) -> None:
        self.at_once = at_once
        self._waiting_at_most = waiting_at_most
        self._running: list[Entry] = []
        self._batches: dict[str, list[Entry]] = {}
        """By browser: the first one is next, and goes to the end when it has had its turn."""
        self._verdicts: deque[Entry] = deque()
        self._verdict_was_last = False

    @property
    def waiting(self) -> int:
        """Batches and verdicts."""
        return len(self._verdicts) + sum(map(len, self._batches.values()))

    @property
    def running(self) -> int:
        return len(self._running)

    def add_verdict(self) -> Entry:
        entry = Entry(NOBODY)
        self._verdicts.append(entry)
        return entry

    def add_batch(self, caller: Caller) -> Entry | None:
        """None when the session waits already."""
        if any(one.caller.session == caller.session for one in self._waiting_batches()):
            return None
        entry = Entry(caller)
        self._batches.setdefault(caller.browser, []).append(entry)
        return entry

    def overflowing(self) -> Entry | None:
        """Whom to push out of a queue that is too long: the youngest of the address that holds the most.

        Call it once those whose turn it is have been called.
        """
        waiting = self._waiting_batches()
        if len(waiting) <= self._waiting_at_most:
            return None
        held = Counter(one.caller.address for one in waiting)
        return max(waiting, key=lambda one: (held[one.caller.address], one.number))

    def call_next(self) -> list[Entry]:
        """Those whose turn it is now."""
        called = []
        while len(self._running) < self.at_once and (entry := self._next()) is not None:
            self._running.append(entry)
            called.append(entry)
        return called

    def done(self, entry: Entry) -> None:
        """It has had its turn."""
        self._running.remove(entry)
        self._to_the_end(entry.caller.browser)

    def forget(self, entry: Entry) -> None:
        """It waits no longer."""
        queue = self._batches.get(entry.caller.browser, [])
        if entry in queue:
            queue.remove(entry)
        if not queue:
            self._batches.pop(entry.caller.browser, None)

    def _next(self) -> Entry | None:
        """Verdicts and batches in turn; the batch of a session that is being read waits for that."""
        busy = {one.caller.session for one in self._running}
        batch = next((one for one in self._waiting_batches() if one.caller.session not in busy), None)
        if self._verdicts and (batch is None or not self._verdict_was_last):
            self._verdict_was_last = True
            return self._verdicts.popleft()
        if batch is not None:
            self._verdict_was_last = False
            self.forget(batch)
            self._to_the_end(batch.caller.browser)
        return batch

    def _waiting_batches(self) -> list[Entry]:
        return [one for queue in self._batches.values() for one in queue]

    def _to_the_end(self, browser: str) -> None:
        queue = self._batches.pop(browser, None)
        if queue:
            self._batches[browser] = queue
