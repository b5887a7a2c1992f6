"""A statement that stands by itself on PostgreSQL: one call of libpq's, on a connection of the pool.

What SQLAlchemy's connection and the driver's cursor add for a transaction that is none costs several times
what libpq does: 62 against 20 microseconds of CPU, with the pool.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from itertools import count
from typing import Any

from psycopg.adapt import Transformer
from psycopg.errors import FeatureNotSupported, InvalidSqlStatementName, error_from_result
from psycopg.pq import ExecStatus
from sqlalchemy import Connection, Engine
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import PoolProxiedConnection

DIALECT = PGDialect_psycopg(paramstyle="numeric_dollar")  # type: ignore[no-untyped-call]
"""libpq's own placeholders."""
DONE = frozenset({ExecStatus.COMMAND_OK, ExecStatus.TUPLES_OK})
NUMBERS = count(1)
PREPARED = "yitong.prepared"
FORGOTTEN = (InvalidSqlStatementName, FeatureNotSupported)
"""The server no longer knows the statement, as after DEALLOCATE ALL, or its plan's table was altered. Nothing
was done, and prepared once more it can be."""


class Direct:
    """One statement, prepared at each connection that it is made on."""

    def __init__(self, text: str) -> None:
        self._text = text.encode()

    def one(self, engine: Engine, values: Sequence[Any]) -> tuple[Any, ...] | None:
        """The first row. Raises SQLAlchemyError; a connection that has broken does not come back."""
        row: tuple[Any, ...] | None = self._made(engine, values, _first_row)
        return row

    def run(self, engine: Engine, values: Sequence[Any]) -> None:
        """Done and committed when it returns, as the server makes a transaction of each statement that is in
        none. Raises as `one` does: then it may or may not have been."""
        self._made(engine, values, lambda _connection, _result: None)

    def _made(self, engine: Engine, values: Sequence[Any], then: Callable[[Any, Any], Any]) -> Any:
        parameters = [_written(value) for value in values]
        pooled = engine.raw_connection()
        try:
            known: dict[Direct, bytes] = pooled.info.setdefault(PREPARED, {})
            driver = pooled.dbapi_connection
            try:
                return then(driver, self._executed(driver, known, parameters))
            except FORGOTTEN:
                known.pop(self, None)
                return then(driver, self._executed(driver, known, parameters))
        except engine.dialect.loaded_dbapi.Error as error:
            raise failure(error, self._text.decode(), pooled, engine.dialect) from error
        finally:
            pooled.close()

    def _executed(self, driver: Any, known: dict["Direct", bytes], parameters: list[bytes | None]) -> Any:
        libpq = driver.pgconn
        name = known.get(self)
        if name is None:
            name = b"yitong_%d" % next(NUMBERS)
            _checked(libpq.prepare(name, self._text))
            known[self] = name
        return _checked(libpq.exec_prepared(name, parameters))


def failure(
    error: Any,
    statement: str,
    connection: Connection | PoolProxiedConnection,
    dialect: Any,
    cursor: Any = None,
) -> DBAPIError:
    """The driver's error as SQLAlchemy raises it, without values; a connection that has broken does not come
    back."""
    driver = connection.connection if isinstance(connection, Connection) else connection
    is_over = dialect.is_disconnect(error, driver, cursor)
    if is_over:
        connection.invalidate(error)
    raised: DBAPIError = DBAPIError.instance(
        statement,
        None,
        error,
        dialect.loaded_dbapi.Error,
        hide_parameters=True,
        connection_invalidated=is_over,
        dialect=dialect,
    )
    return raised


def _first_row(driver: Any, found: Any) -> tuple[Any, ...] | None:
    if not found.ntuples:
        return None
    reading = Transformer(driver)
    reading.set_pgresult(found)
    row: tuple[Any, ...] | None = reading.load_row(0, tuple)
    return row


def _written(value: Any) -> bytes | None:
    """As PostgreSQL reads it; the statement itself says of what type it is. Raises TypeError."""
    if isinstance(value, str):
        return value.encode()
    if value is None:
        return None
    if isinstance(value, datetime):
        return value.isoformat().encode("ascii")
    if isinstance(value, int):
        return b"%d" % value
    raise TypeError(f"{type(value).__name__} is not written for PostgreSQL here")


def _checked(result: Any) -> Any:
    """Raises the driver's own error."""
    if result.status not in DONE:
        raise error_from_result(result)
    return result
