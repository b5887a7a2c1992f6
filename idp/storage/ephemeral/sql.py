"""The store in a table: SQLite in a file of its own, or PostgreSQL.

Each command is one statement in a transaction of its own, never the request's: what one process
has taken no other sees again, even when the request fails afterwards. Single use is
`DELETE ... RETURNING`, first use `INSERT ... ON CONFLICT`, and an expired row counts as absent in
the statement itself.
"""

from typing import Any

from sqlalchemy import Engine, text
from sqlalchemy.engine import Row
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from idp.storage.database import READ_ONLY
from idp.storage.ephemeral.store import Clock, Entry, StoreUnavailable, lifetime

TABLE = """
CREATE TABLE IF NOT EXISTS ephemeral (
    key TEXT PRIMARY KEY,
    value {bytes} NOT NULL,
    expires_at BIGINT NOT NULL
){options}"""  # expires_at: milliseconds since 1970
INDEX = "CREATE INDEX IF NOT EXISTS ix_ephemeral_expires_at ON ephemeral (expires_at)"

PUT = """
INSERT INTO ephemeral (key, value, expires_at) VALUES (:key, :value, :expires_at)
ON CONFLICT (key) DO UPDATE SET value = excluded.value, expires_at = excluded.expires_at"""
GET = "SELECT value FROM ephemeral WHERE key = :key AND expires_at > :now"
TAKE = "DELETE FROM ephemeral WHERE key = :key AND expires_at > :now RETURNING value"
ADD_ONCE = PUT + " WHERE ephemeral.expires_at <= :now RETURNING key"
REPLACE = """
UPDATE ephemeral SET value = :new, expires_at = :expires_at
WHERE key = :key AND value = :old AND expires_at > :now RETURNING key"""
APPEND = """
INSERT INTO ephemeral (key, value, expires_at) VALUES (:key, :value, :expires_at)
ON CONFLICT (key) DO UPDATE SET
    value = CASE WHEN ephemeral.expires_at <= :now THEN excluded.value ELSE {joined} END,
    expires_at = CASE WHEN ephemeral.expires_at <= :now THEN excluded.expires_at ELSE ephemeral.expires_at END
WHERE ephemeral.expires_at <= :now OR length(ephemeral.value) + length(excluded.value) <= :limit
RETURNING value"""
INCREMENT = """
INSERT INTO ephemeral (key, value, expires_at) VALUES (:key, :value, :expires_at)
ON CONFLICT (key) DO UPDATE SET
    value = CASE WHEN ephemeral.expires_at <= :now THEN excluded.value ELSE {counted} END,
    expires_at = CASE WHEN ephemeral.expires_at <= :now THEN excluded.expires_at ELSE ephemeral.expires_at END
RETURNING value"""
SWEEP = """
DELETE FROM ephemeral WHERE key IN
    (SELECT key FROM ephemeral WHERE expires_at <= :now LIMIT :batch{skip_locked})
    AND expires_at <= :now"""
SWEEP_BATCH = 1000  # rows: bounds how long SQLite's one writer is held

DIALECTS = {
    "sqlite": {
        "bytes": "BLOB",
        "options": " WITHOUT ROWID",
        # SQLite's || gives text of the same bytes, and the casts give bytes again.
        "joined": "CAST(ephemeral.value || excluded.value AS BLOB)",
        "counted": "CAST(CAST(CAST(CAST(ephemeral.value AS TEXT) AS INTEGER) + 1 AS TEXT) AS BLOB)",
        "skip_locked": "",
    },
    "postgresql": {
        "bytes": "BYTEA",
        "options": "",
        "joined": "ephemeral.value || excluded.value",
        "counted": """convert_to(
            CAST(CAST(convert_from(ephemeral.value, 'UTF8') AS BIGINT) + 1 AS TEXT), 'UTF8')""",
        "skip_locked": " FOR UPDATE SKIP LOCKED",
    },
}
CREATION_LOCK = 0x7969_746F_6E67  # any fixed number: two processes that start together create in turn


class SqlStore:
    """A store over an engine that serves nothing else, since the request may hold the main one's lock."""

    def __init__(self, engine: Engine, clock: Clock) -> None:
        """Creates the table where it is missing. Raises StoreUnavailable."""
        self._engine = engine
        self._clock = clock
        parts = DIALECTS[engine.dialect.name]
        self._append = text(APPEND.format(**parts))
        self._increment = text(INCREMENT.format(**parts))
        self._sweep = text(SWEEP.format(**parts))
        self._put, self._get, self._take = text(PUT), text(GET), text(TAKE)
        self._add_once, self._replace = text(ADD_ONCE), text(REPLACE)
        self._create(TABLE.format(**parts))

    def put(self, key: str, value: bytes, *, seconds: int) -> None:
        now = self._now()
        self._run(self._put, key=key, value=value, expires_at=now + lifetime(seconds) * 1000)

    def put_all(self, *entries: Entry) -> None:
        for key, value, seconds in entries:
            self.put(key, value, seconds=seconds)

    def get(self, key: str) -> bytes | None:
        return _value(self._run(self._get, read_only=True, key=key, now=self._now()))

    def take(self, key: str) -> bytes | None:
        return _value(self._run(self._take, key=key, now=self._now()))

    def add_once(self, key: str, value: bytes, *, seconds: int) -> bool:
        now = self._now()
        expires_at = now + lifetime(seconds) * 1000
        return bool(self._run(self._add_once, key=key, value=value, now=now, expires_at=expires_at))

    def replace(self, key: str, old: bytes, new: bytes, *, seconds: int) -> bool:
        now = self._now()
        expires_at = now + lifetime(seconds) * 1000
        return bool(self._run(self._replace, key=key, old=old, new=new, now=now, expires_at=expires_at))

    def append(self, key: str, value: bytes, *, limit: int, seconds: int) -> bytes | None:
        now = self._now()
        expires_at = now + lifetime(seconds) * 1000
        if len(value) > limit:
            return None
        rows = self._run(self._append, key=key, value=value, limit=limit, now=now, expires_at=expires_at)
        return _value(rows)

    def increment(self, key: str, *, seconds: int) -> int:
        now = self._now()
        expires_at = now + lifetime(seconds) * 1000
        rows = self._run(self._increment, key=key, value=b"1", now=now, expires_at=expires_at)
        return int(_value(rows) or b"")

    def delete(self, key: str) -> bool:
        return bool(self._run(self._take, key=key, now=self._now()))

    def sweep(self) -> int:
        dropped = 0
        while True:
            try:
                with self._engine.begin() as connection:
                    count = connection.execute(
                        self._sweep, {"now": self._now(), "batch": SWEEP_BATCH}
                    ).rowcount
            except SQLAlchemyError as error:
                raise _unavailable(error) from None
            dropped += count
            if count < SWEEP_BATCH:
                return dropped

    def close(self) -> None:
        self._engine.dispose()

    def _now(self) -> int:
        return int(self._clock().timestamp() * 1000)

    def _run(self, statement: Any, *, read_only: bool = False, **values: object) -> list[Row[Any]]:
        try:
            with self._engine.connect() as connection:
                if read_only and self._engine.dialect.name == "sqlite":
                    connection.execution_options(**READ_ONLY)
                result = connection.execute(statement, values)
                rows = list(result.all()) if result.returns_rows else []
                connection.commit()
                return rows
        except SQLAlchemyError as error:
            raise _unavailable(error) from None

    def _create(self, table: str) -> None:
        try:
            with self._engine.connect() as connection:
                if self._engine.dialect.name == "postgresql":
                    connection.execution_options(isolation_level="READ COMMITTED")
                    # IF NOT EXISTS alone still collides in the catalogue when two processes start together.
                    connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": CREATION_LOCK})
                connection.execute(text(table))
                connection.execute(text(INDEX))
                connection.commit()
        except SQLAlchemyError as error:
            raise _unavailable(error) from None


def _value(rows: list[Row[Any]]) -> bytes | None:
    return bytes(rows[0][0]) if rows else None


def _unavailable(error: SQLAlchemyError) -> Exception:
    """Statements and their parameters stay out of the text: they hold keys and values."""
    if isinstance(error, DBAPIError) and error.orig is not None:
        return StoreUnavailable(f"the ephemeral store's database failed: {type(error.orig).__name__}")
    if isinstance(error, PoolTimeout):
        return StoreUnavailable("the ephemeral store's database has no free connection")
    return error
