"""Few fetches at once, fewer for one client, and few that wait for their turn: while somebody's server drips,
threads are left for all who need nothing from it."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Condition

AT_ONCE = 3
"""In a process, of all clients together. With those that wait, fewer than a process has threads."""
OF_ONE_CLIENT = 2
WAITING_AT_MOST = 2
WAIT_SECONDS = 1.0


class Busy(Exception):
    """There is no slot, or no place to wait for one."""


class Slots:
    """Of one process; safe over threads."""

    def __init__(self) -> None:
        self._changed = Condition()
        self._taken: Counter[str] = Counter()
        self._waiting = 0

    @contextmanager
    def taken(self, client_id: str) -> Iterator[None]:
        """Raises Busy."""
        with self._changed:
            if not self._is_free(client_id):
                self._wait(client_id)
            self._taken[client_id] += 1
        try:
            yield
        finally:
            with self._changed:
                # What comes to zero goes, or it would hold every client that there ever was.
                self._taken -= Counter((client_id,))
                self._changed.notify_all()

    def _wait(self, client_id: str) -> None:
        """Raises Busy."""
        if self._waiting >= WAITING_AT_MOST:
            raise Busy
        self._waiting += 1
        try:
            if not self._changed.wait_for(lambda: self._is_free(client_id), WAIT_SECONDS):
                raise Busy
        finally:
            self._waiting -= 1

    def _is_free(self, client_id: str) -> bool:
        return self._taken.total() < AT_ONCE and self._taken[client_id] < OF_ONE_CLIENT
