"""Turns at the engine for the server's threads, and when to come again for those who get none."""

import math
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Lock

from idp.login.factors.fair_queue import Caller, Entry, FairQueue

FIRST_GUESS_SECONDS = 0.1
"""For a turn, before one was measured: a batch of four frames takes 20 to 60 ms."""
NEWEST_WEIGHS = 0.2
LONGEST_ANSWER_SECONDS = 5
"""The page gives a session up after 12 seconds without an answer."""


class FaceBusy(Exception):
    """There is no place. `seconds` is when to come again, by the pace of the queue."""

    def __init__(self, seconds: int) -> None:
        super().__init__("too many face checks at once")
        self.seconds = seconds


class Turns:
    """Whoever waits holds a thread of the server, so that few may, and not for long."""

    def __init__(
        self,
        queue: FairQueue,
        *,
        longest_wait_seconds: float,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._queue = queue
        self._longest_wait_seconds = longest_wait_seconds
        self._monotonic = monotonic
        self._lock = Lock()
        self._calls: dict[Entry, Event] = {}
        """Of those who wait: their turn has come, or they are pushed out."""
        self._started: dict[Entry, float] = {}
        """When their turn began."""
        self._seconds_a_turn = FIRST_GUESS_SECONDS

    @contextmanager
    def batch(self, caller: Caller) -> Iterator[None]:
        """A turn for one batch.

        Raises FaceBusy: at once without a place, after the longest wait, or when it is pushed out.
        """
        with self._lock:
            entry = self._queue.add_batch(caller)
            if entry is None:
                raise FaceBusy(self._come_again())
            call = self._wait_for_call(entry)
            pushed_out = self._queue.overflowing()
            if pushed_out is not None:
                self._queue.forget(pushed_out)
                self._calls.pop(pushed_out).set()
        call.wait(self._longest_wait_seconds)
        with self._lock:
            if entry not in self._started:
                self._queue.forget(entry)
                self._calls.pop(entry, None)
                raise FaceBusy(self._come_again())
        with self._until_done(entry):
            yield

    @contextmanager
    def verdict(self) -> Iterator[None]:
        """A turn for a verdict, however long it takes to come: refusing it would lose the person's try."""
        with self._lock:
            entry = self._queue.add_verdict()
            call = self._wait_for_call(entry)
        call.wait()
        with self._until_done(entry):
            yield

    def _wait_for_call(self, entry: Entry) -> Event:
        call = self._calls[entry] = Event()
        self._call_next()
        return call

    def _call_next(self) -> None:
        for entry in self._queue.call_next():
            self._started[entry] = self._monotonic()
            self._calls.pop(entry).set()

    @contextmanager
    def _until_done(self, entry: Entry) -> Iterator[None]:
        try:
            yield
        finally:
            with self._lock:
                took = self._monotonic() - self._started.pop(entry)
                self._seconds_a_turn += NEWEST_WEIGHS * (took - self._seconds_a_turn)
                self._queue.done(entry)
                self._call_next()

    def _come_again(self) -> int:
        """Whole seconds until all who are here have had their turn; a turn that hangs counts, too."""
        now = self._monotonic()
        pace = max([self._seconds_a_turn, *(now - started for started in self._started.values())])
        turns = self._queue.waiting + self._queue.running
        return min(max(1, math.ceil(turns * pace / self._queue.at_once)), LONGEST_ANSWER_SECONDS)
