"""Spares a service that is down, and the people who would wait for its timeout.

After so many failures one after another the circuit is open: nobody asks. When its time has passed, one
caller tries; the others are still told no until that one has come back.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Lock


class CircuitBreaker:
    """One for each service and process; safe over threads."""

    def __init__(self, *, failures: int, open_seconds: int, clock: Callable[[], datetime]) -> None:
        self._limit = failures
        self._open_for = timedelta(seconds=open_seconds)
        self._clock = clock
        self._lock = Lock()
        self._failures = 0
        self._closed_to: datetime | None = None

    def allows(self) -> bool:
        """True when the caller may ask; it must then report `succeeded` or `failed`."""
        now = self._clock()
        with self._lock:
            if self._closed_to is None:
                return True
            if now < self._closed_to:
                return False
            # This caller is the one that tries; should it never report, another may after the same time.
            self._closed_to = now + self._open_for
            return True

    def succeeded(self) -> None:
        with self._lock:
            self._failures = 0
            self._closed_to = None

    def failed(self) -> None:
        now = self._clock()
        with self._lock:
            self._failures += 1
            if self._failures >= self._limit:
                self._closed_to = now + self._open_for
