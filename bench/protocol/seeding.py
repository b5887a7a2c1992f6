"""Many keys for an ephemeral store at once: on the SQL store, one durable commit instead of thousands."""

from datetime import timedelta

from sqlalchemy import text

from idp.storage.database import open_database
from idp.storage.ephemeral import Clock, EphemeralStore
from idp.storage.ephemeral.memory import MemoryStore
from idp.storage.ephemeral.sql import PUT

BATCH = 1000


class Collected(MemoryStore):
    """Takes what is put, and hands it on together."""

    def __init__(self, clock: Clock) -> None:
        super().__init__(clock)
        self._put: list[tuple[str, bytes, int]] = []
        self._at = clock()

    def put(self, key: str, value: bytes, *, seconds: int) -> None:
        self._put.append((key, value, seconds))

    def hand_on(self, store: EphemeralStore, url: str) -> None:
        """`url`: of the store."""
        if url.startswith("redis"):
            for key, value, seconds in self._put:
                store.put(key, value, seconds=seconds)
            return
        engine = open_database(url)
        for start in range(0, len(self._put), BATCH):
            rows = [
                {"key": key, "value": value, "expires_at": self._until(seconds)}
                for key, value, seconds in self._put[start : start + BATCH]
            ]
            with engine.begin() as connection:
                connection.execute(text(PUT), rows)
        engine.dispose()

    def _until(self, seconds: int) -> int:
        return int((self._at + timedelta(seconds=seconds)).timestamp() * 1000)
