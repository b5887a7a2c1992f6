"""What every ephemeral store promises; one contract suite holds all of them to it."""

from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from idp.storage.outages import Outage

Clock = Callable[[], datetime]
"""The time now, in UTC and aware."""
Entry = tuple[str, bytes, int]
"""Key, value, seconds."""


class StoreUnavailable(Outage):
    """The store did not answer. The command may or may not have run; nobody was told that it did.

    The text names the server and the cause, never a key or a value.
    """


class EphemeralStore(Protocol):
    """Keys are text such as ``code:{digest}``, values are bytes, lifetimes are whole seconds (at least 1).

    Every command is atomic over threads, processes and machines, and touches one key. An expired
    key is never returned and counts as absent. On Redis Cluster the text between ``{`` and ``}``
    chooses the slot, so keys that share it live together. All commands raise StoreUnavailable.
    """

    def put(self, key: str, value: bytes, *, seconds: int) -> None:
        """Set the value, whatever was there."""

    def put_all(self, *entries: Entry) -> None:
        """Put them in this order, in one go where the store can: whoever finds one finds those before it."""

    def get(self, key: str) -> bytes | None:
        """Read the value and leave it."""

    def take(self, key: str) -> bytes | None:
        """Read and delete in one command: of all callers exactly one gets the value."""

    def add_once(self, key: str, value: bytes, *, seconds: int) -> bool:
        """Set the value if the key is absent: of all callers exactly one is told True."""

    def replace(self, key: str, old: bytes, new: bytes, *, seconds: int) -> bool:
        """Set `new` and a new lifetime if the value is still `old`."""

    def append(self, key: str, value: bytes, *, limit: int, seconds: int) -> bytes | None:
        """Add to the end and return the whole; the lifetime is set when the key is made.

        None, and nothing written, when the whole would be longer than `limit` bytes.
        """

    def increment(self, key: str, *, seconds: int) -> int:
        """Count up from nothing to 1 and on; the lifetime is set at 1. `get` shows ASCII digits."""

    def delete(self, key: str) -> bool:
        """Delete the key; True if it was there."""

    def sweep(self) -> int:
        """Drop expired rows where the store does not do so by itself; how many were dropped."""

    def close(self) -> None:
        """Release connections. The store is not used afterwards."""


def lifetime(seconds: int) -> int:
    """The same refusal in every store: a lifetime below one second is a programming error."""
    if seconds < 1:
        raise ValueError("a lifetime is at least one second")
    return seconds
