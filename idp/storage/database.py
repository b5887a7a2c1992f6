"""What a database connection needs before its first statement."""

from typing import Any, cast

from sqlalchemy import Connection, CursorResult, Delete, Engine, Update, create_engine, event
from sqlalchemy.orm import Session
from sqlalchemy.pool import ConnectionPoolEntry

READ_ONLY = {"yitong_read_only": True}
"""Execution options of a transaction that will not write."""


def engine_options(url: str) -> dict[str, Any]:
    """Options of `create_engine` for this kind of database."""
    # Parameters hold people's data; without this they would stand in every database error's text.
    hidden = {"hide_parameters": True}
    if url.startswith("sqlite"):
        return {**hidden, "connect_args": {"timeout": 10, "check_same_thread": False}}
    return {**hidden, "pool_size": 16, "max_overflow": 8, "pool_pre_ping": True, "pool_timeout": 10}


def prepare(engine: Engine) -> Engine:
    """Make SQLite durable and honest about locks; other databases are left as they are.

    The driver's own transaction handling is switched off, and every transaction begins with
    BEGIN IMMEDIATE unless it says READ_ONLY: a deferred one that turns into a write fails at once
    with SQLITE_BUSY when another has written meanwhile, whatever the timeout.
    """
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _configure_sqlite)
        event.listen(engine, "begin", _begin)
    return engine


def open_database(url: str) -> Engine:
    """An engine for programs without Flask: the worker, the command line, migrations, tests."""
    return prepare(create_engine(url, **engine_options(url)))


def deleted(session: Session, statement: Delete) -> int:
    """Run a DELETE; how many rows it took."""
    return cast("CursorResult[Any]", session.execute(statement)).rowcount


def changed(session: Session, statement: Update) -> int:
    """Run an UPDATE; how many rows it found."""
    return cast("CursorResult[Any]", session.execute(statement)).rowcount


def _configure_sqlite(connection: Any, _entry: ConnectionPoolEntry) -> None:
    connection.isolation_level = None
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=10000"):
        connection.execute(f"PRAGMA {pragma}").close()


def _begin(connection: Connection) -> None:
    read_only = connection.get_execution_options().get("yitong_read_only", False)
    connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")
