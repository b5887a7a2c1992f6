"""The store of one process, for tests: the plainest reading of the contract, and the others' model."""

from datetime import datetime, timedelta
from threading import Lock

from idp.storage.ephemeral.store import Clock, Entry, lifetime


class MemoryStore:
    """A dictionary behind one lock. Production mode refuses it: a second process would not see it."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = Lock()
        self._entries: dict[str, tuple[bytes, datetime]] = {}

    def put(self, key: str, value: bytes, *, seconds: int) -> None:
        with self._lock:
            self._set(key, value, seconds)

    def put_all(self, *entries: Entry) -> None:
        for key, value, seconds in entries:
            self.put(key, value, seconds=seconds)

    def get(self, key: str) -> bytes | None:
        with self._lock:
            return self._live(key)

    def take(self, key: str) -> bytes | None:
        with self._lock:
            value = self._live(key)
            self._entries.pop(key, None)
            return value

    def add_once(self, key: str, value: bytes, *, seconds: int) -> bool:
        with self._lock:
            if self._live(key) is not None:
                return False
            self._set(key, value, seconds)
            return True

    def replace(self, key: str, old: bytes, new: bytes, *, seconds: int) -> bool:
        with self._lock:
            if self._live(key) != old:
                return False
            self._set(key, new, seconds)
            return True

    def append(self, key: str, value: bytes, *, limit: int, seconds: int) -> bytes | None:
        with self._lock:
            old = self._live(key)
            whole = (old or b"") + value
            if len(whole) > limit:
                return None
            self._set_keeping_lifetime(key, whole, seconds, made=old is None)
            return whole

    def increment(self, key: str, *, seconds: int) -> int:
        with self._lock:
            old = self._live(key)
            count = int(old or b"0") + 1
            self._set_keeping_lifetime(key, b"%d" % count, seconds, made=old is None)
            return count

    def delete(self, key: str) -> bool:
        return self.take(key) is not None

    def sweep(self) -> int:
        with self._lock:
            now = self._clock()
            expired = [key for key, (_, expires_at) in self._entries.items() if expires_at <= now]
            for key in expired:
                del self._entries[key]
            return len(expired)

    def close(self) -> None:
        self._entries.clear()

    def _live(self, key: str) -> bytes | None:
        value, expires_at = self._entries.get(key, (None, None))
        return None if expires_at is None or expires_at <= self._clock() else value

    def _set(self, key: str, value: bytes, seconds: int) -> None:
        self._entries[key] = (value, self._clock() + timedelta(seconds=lifetime(seconds)))

    def _set_keeping_lifetime(self, key: str, value: bytes, seconds: int, *, made: bool) -> None:
        if made:
            self._set(key, value, seconds)
        else:
            self._entries[key] = (value, self._entries[key][1])
