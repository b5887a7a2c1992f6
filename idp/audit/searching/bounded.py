"""A statement that is broken off when it takes too long."""

from collections.abc import Sequence
from time import monotonic
from typing import Any

from sqlalchemy import Connection, Engine, Row, Select, func, select
from sqlalchemy.exc import OperationalError

from idp.audit.searching.columns import IN_NETWORK, in_network
from idp.storage.database import READ_ONLY

QUERY_CANCELED = "57014"
"""SQLSTATE, of PostgreSQL."""
STEPS_BETWEEN = 20_000
"""Of SQLite's virtual machine, between two looks at the time: about a millisecond."""


def rows_within(engine: Engine, statement: Select[Any], seconds: float) -> Sequence[Row[Any]] | None:
    """None: not in that time. Raises SQLAlchemyError."""
    with engine.execution_options(**READ_ONLY).connect() as connection:
        try:
            if engine.dialect.name == "sqlite":
                return _on_sqlite(connection, statement, seconds)
            connection.execute(_settings(seconds))
            return connection.execute(statement).all()
        except OperationalError as error:
            if getattr(error.orig, "sqlstate", None) == QUERY_CANCELED or str(error.orig) == "interrupted":
                return None
            raise


def _settings(seconds: float) -> Select[Any]:
    """Of this transaction alone. A plan is made for these very values: only so are partitions left out, and
    partial indexes used. Compiling a plan takes longer than a page may."""
    values = {
        "statement_timeout": f"{max(1, int(seconds * 1000))}ms",
        "plan_cache_mode": "force_custom_plan",
        "jit": "off",
    }
    return select(*(func.set_config(name, value, True) for name, value in values.items()))


def _on_sqlite(connection: Connection, statement: Select[Any], seconds: float) -> Sequence[Row[Any]]:
    driver: Any = connection.connection.driver_connection
    deadline = monotonic() + seconds
    driver.create_function(IN_NETWORK, 2, in_network, deterministic=True)
    driver.set_progress_handler(lambda: monotonic() > deadline, STEPS_BETWEEN)
    try:
        return connection.execute(statement).all()
    finally:
        driver.set_progress_handler(None, 0)
