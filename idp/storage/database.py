"""What a database connection needs before its first statement."""

import select
import sqlite3
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import islice
from time import sleep
from typing import Any, cast

from psycopg import DataError, adapters
from psycopg.abc import AdaptContext, Buffer
from psycopg.adapt import Loader
from psycopg.pq import Format
from sqlalchemy import Connection, CursorResult, Delete, Engine, Update, create_engine, event
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.orm import Session
from sqlalchemy.pool import ConnectionPoolEntry

from idp.storage.base import NEVER, NO_LONGER
from idp.storage.ready import keep_ready

READ_ONLY = {"yitong_read_only": True}
"""Execution options of a transaction that will not write."""
NAMED_AT_ONCE = 500
"""Values of one statement: neither database takes any number of them, nor plans it in no time."""
WAIT_FOR_THE_DISK = (
    "UPDATE pg_settings SET setting = 'on' WHERE name = 'synchronous_commit' AND setting = 'off'"
)
TURNING_PAUSES = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0)
"""Seconds between tries to turn a file to WAL."""


def engine_options(url: str) -> dict[str, Any]:
    """Options of `create_engine` for this kind of database."""
    # Parameters hold people's data; without this they would stand in every database error's text.
    hidden = {"hide_parameters": True}
    if url.startswith("sqlite"):
        return {**hidden, "connect_args": {"timeout": 10, "check_same_thread": False}}
    pool = {"pool_size": 16, "max_overflow": 8, "pool_timeout": 10}
    return {**hidden, **pool, "skip_autocommit_rollback": True}


def prepare(engine: Engine) -> Engine:
    """Make both durable, and SQLite honest about locks; on PostgreSQL, take no connection that has ended.

    The driver's own transaction handling is switched off, and every transaction begins with
    BEGIN IMMEDIATE unless it says READ_ONLY: a deferred one that turns into a write fails at once
    with SQLITE_BUSY when another has written meanwhile, whatever the timeout.
    """
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _configure_sqlite)
        event.listen(engine, "begin", _begin)
    else:
        event.listen(engine, "connect", _wait_for_the_disk)
        event.listen(engine, "connect", _read_any_moment)
        event.listen(engine, "checkout", _refuse_ended)
        keep_ready(engine)
    return engine


def reading(engine: Engine) -> Engine:
    """The same database, for what only reads.

    On PostgreSQL each statement stands by itself: under READ COMMITTED it has a snapshot of its own in any
    case, and BEGIN and ROLLBACK would each be a round trip.
    """
    if engine.dialect.name == "postgresql":
        return engine.execution_options(isolation_level="AUTOCOMMIT")
    return engine.execution_options(**READ_ONLY)


def open_database(url: str) -> Engine:
    """An engine for programs without Flask: the worker, the command line, migrations, tests."""
    return prepare(create_engine(url, **engine_options(url)))


def batched(ids: Iterable[str]) -> Iterator[list[str]]:
    """As many as one statement names."""
    left = iter(ids)
    while some := list(islice(left, NAMED_AT_ONCE)):
        yield some


def deleted(session: Session, statement: Delete) -> int:
    """Run a DELETE; how many rows it took."""
    return cast("CursorResult[Any]", session.execute(statement)).rowcount


def changed(session: Session, statement: Update) -> int:
    """Run an UPDATE; how many rows it found."""
    return cast("CursorResult[Any]", session.execute(statement)).rowcount


def _configure_sqlite(connection: Any, _entry: ConnectionPoolEntry) -> None:
    connection.isolation_level = None
    for pragma in ("busy_timeout=10000", "synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}").close()
    _write_ahead(connection)


def _write_ahead(connection: Any) -> None:
    """Turn a new file to WAL. Of several processes that start together one does it, and for that SQLite does
    not let the others wait, whatever `busy_timeout` says."""
    for pause in (*TURNING_PAUSES, None):
        try:
            connection.execute("PRAGMA journal_mode=WAL").close()
        except sqlite3.OperationalError as error:
            if pause is None or error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
                raise
            sleep(pause)
        else:
            return


def _wait_for_the_disk(connection: Any, _entry: ConnectionPoolEntry) -> None:
    """What is acknowledged is durable, whatever the server, the database or the role have for a default; a
    setting that asks for more than the own disk stays."""
    connection.execute(WAIT_FOR_THE_DISK).close()
    connection.commit()


class _Moments(Loader):
    """PostgreSQL knows times that Python does not, such as `infinity`. One of them in a row, which nobody of
    ours writes, must not keep everybody from reading the others."""

    def __init__(self, oid: int, context: AdaptContext | None = None) -> None:
        super().__init__(oid, context)
        drivers = adapters.get_loader(oid, Format.TEXT)
        assert drivers is not None, "the driver knows the type"
        self._driver = drivers(oid, context)

    def load(self, data: Buffer) -> datetime:
        try:
            return cast("datetime", self._driver.load(data))
        except DataError:
            written = bytes(data)
            return NO_LONGER if written.startswith(b"-") or written.endswith(b"BC") else NEVER


def _read_any_moment(connection: Any, _entry: ConnectionPoolEntry) -> None:
    connection.adapters.register_loader("timestamptz", _Moments)


def _refuse_ended(connection: Any, _entry: ConnectionPoolEntry, _proxy: Any) -> None:
    """An idle connection that has something to say has been hung up on, so a new one takes its place.
    A look at the socket is no round trip, as a ping would be at every checkout."""
    poll = select.poll()
    poll.register(connection.fileno(), select.POLLIN)
    if poll.poll(0):
        raise DisconnectionError


def _begin(connection: Connection) -> None:
    read_only = connection.get_execution_options().get("yitong_read_only", False)
    connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")
