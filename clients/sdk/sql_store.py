"""The store in a table of the portal's own database, over any DB-API driver (PEP 249).

    CREATE TABLE yitong_rp (name VARCHAR(100) PRIMARY KEY, value TEXT NOT NULL, until BIGINT NOT NULL);
    CREATE INDEX yitong_rp_until ON yitong_rp (until);

Each statement is atomic by itself, in SQLite, PostgreSQL, MySQL and their kin: no transaction spans two.
"""

import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

from .store import Store

TABLE = "yitong_rp"
SCHEMA = (
    f"CREATE TABLE IF NOT EXISTS {TABLE} "
    "(name VARCHAR(100) PRIMARY KEY, value TEXT NOT NULL, until BIGINT NOT NULL)",
    f"CREATE INDEX IF NOT EXISTS {TABLE}_until ON {TABLE} (until)",
)
"""As SQLite and PostgreSQL take it."""


def sql_store(
    connect: Callable[[], AbstractContextManager[Any]],
    duplicate: type[Exception],
    *,
    placeholder: str = "?",
    clock: Callable[[], float] = time.time,
) -> Store:
    """`connect`: a context manager that gives a connection and commits, or rolls back, at its end.

    `duplicate`: what the driver raises when the name is there already, its `IntegrityError`. `placeholder`:
    `?` of SQLite, `%s` of psycopg and the MySQL drivers.
    """
    table = _Table(connect, duplicate, placeholder, clock)
    return Store(table.load, table.replace)


def forget_old(connection: Any, *, placeholder: str = "?", now: float | None = None) -> int:
    """What has run out; to be called now and then, by a cron job or the like. How many rows went."""
    cursor = connection.cursor()
    cursor.execute(
        f"DELETE FROM {TABLE} WHERE until <= {placeholder}",  # noqa: S608  # a constant and a placeholder
        (int(time.time() if now is None else now),),
    )
    return int(cursor.rowcount)


class _Table:
    def __init__(
        self,
        connect: Callable[[], AbstractContextManager[Any]],
        duplicate: type[Exception],
        placeholder: str,
        clock: Callable[[], float],
    ) -> None:
        self._connect = connect
        self._duplicate = duplicate
        self._placeholder = placeholder
        self._clock = clock

    def load(self, key: str) -> str | None:
        with self._connect() as connection:
            cursor = connection.cursor()
            self._run(cursor, "SELECT value FROM {t} WHERE name = {p} AND until > {p}", key, self._now())
            row = cursor.fetchone()
        return None if row is None else str(row[0])

    def replace(self, key: str, before: str | None, after: str | None, seconds: int) -> bool:
        now = self._now()
        if before is None:
            return self._put(key, after, now + seconds, now)
        with self._connect() as connection:
            cursor = connection.cursor()
            if after is None:
                delete = "DELETE FROM {t} WHERE name = {p} AND value = {p} AND until > {p}"
                self._run(cursor, delete, key, before, now)
            else:
                update = (
                    "UPDATE {t} SET value = {p}, until = {p} WHERE name = {p} AND value = {p} AND until > {p}"
                )
                self._run(cursor, update, after, now + seconds, key, before, now)
            return bool(cursor.rowcount == 1)

    def _put(self, key: str, after: str | None, until: int, now: int) -> bool:
        if after is None:
            return self.load(key) is None
        with self._connect() as connection:
            self._run(connection.cursor(), "DELETE FROM {t} WHERE name = {p} AND until <= {p}", key, now)
        try:
            with self._connect() as connection:
                insert = "INSERT INTO {t} (name, value, until) VALUES ({p}, {p}, {p})"
                self._run(connection.cursor(), insert, key, after, until)
        except self._duplicate:
            return False
        return True

    def _run(self, cursor: Any, statement: str, *values: Any) -> None:
        cursor.execute(statement.format(t=TABLE, p=self._placeholder), values)

    def _now(self) -> int:
        return int(self._clock())
