"""Connections of PostgreSQL's pool that wait for statements that stand by themselves, outside of the pool.

A turn of the pool costs as much as libpq does for a whole read. What a turn is for, a transaction that may
have been left open, does not arise here: none was begun.
"""

import os
import select
from contextlib import suppress
from time import monotonic
from typing import Any

from psycopg.pq import TransactionStatus
from sqlalchemy import Engine, event

READY_AT_MOST = 8
"""They count as connections of the pool, which has more, and transactions need theirs."""
RECENTLY_SECONDS = 0.01
OPTION = "yitong_ready"
PREPARED = "yitong.prepared"


class Ready:
    """A connection of the pool, and what a statement needs of it, at hand."""

    __slots__ = ("_poll", "_process", "_rested_at", "libpq", "pooled", "prepared")

    def __init__(self, engine: Engine) -> None:
        """Raises SQLAlchemyError."""
        self.pooled = engine.raw_connection()
        driver: Any = self.pooled.dbapi_connection
        self.libpq = driver.pgconn
        self.prepared: dict[object, bytes] = self.pooled.info.setdefault(PREPARED, {})
        """Statement -> its name on this connection."""
        self._process = os.getpid()
        self._rested_at = monotonic()
        self._poll = select.poll()
        self._poll.register(driver.fileno(), select.POLLIN)

    @property
    def is_ours(self) -> bool:
        """Not one of the process that this one was forked from, which goes on with it."""
        return self._process == os.getpid()

    @property
    def has_ended(self) -> bool:
        """One that has something to say while nobody asks has been hung up on. That is not looked for where
        it has just answered: a look lets other threads have the interpreter first."""
        return monotonic() - self._rested_at > RECENTLY_SECONDS and bool(self._poll.poll(0))

    @property
    def is_at_rest(self) -> bool:
        """Neither in a transaction nor broken; noted, if so."""
        self._rested_at = monotonic()
        rests: bool = self.libpq.transaction_status == TransactionStatus.IDLE
        return rests


class ReadyConnections:
    """Those of one engine, and of all that share its pool."""

    def __init__(self) -> None:
        self._waiting: list[Ready] = []

    def take(self, engine: Engine) -> Ready:
        """Raises SQLAlchemyError."""
        with suppress(IndexError):  # another thread may take the last one
            while True:
                found = self._waiting.pop()
                if not found.is_ours:
                    continue
                if not found.has_ended:
                    return found
                found.pooled.invalidate()
        return Ready(engine)

    def give_back(self, ready: Ready) -> None:
        """Whatever came of its statement. What is not at rest, or has broken, the pool knows how to treat."""
        if ready.is_at_rest and len(self._waiting) < READY_AT_MOST:
            self._waiting.append(ready)
        else:
            ready.pooled.close()

    def close(self) -> None:
        waiting, self._waiting = self._waiting, []
        for ready in waiting:
            if ready.is_ours:
                ready.pooled.invalidate()


def keep_ready(engine: Engine) -> None:
    """From now on connections wait at this engine, until it is disposed of."""
    connections = ReadyConnections()
    engine.update_execution_options(**{OPTION: connections})
    event.listen(engine, "engine_disposed", lambda _engine: connections.close())


def of(engine: Engine) -> ReadyConnections:
    """Of an engine that `keep_ready` was called for, or one that was derived from it."""
    found: ReadyConnections = engine.get_execution_options()[OPTION]
    return found
