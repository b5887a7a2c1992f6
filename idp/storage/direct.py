"""A statement that stands by itself on PostgreSQL: one call of libpq's, on a connection of the pool.

What SQLAlchemy's connection and the driver's cursor add for a transaction that is none costs several times
what libpq does.
"""

import json
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any

from psycopg.errors import FeatureNotSupported, InvalidSqlStatementName, error_from_result
from psycopg.pq import ExecStatus
from psycopg.types.json import Json
from sqlalchemy import Connection, Engine, types
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import PoolProxiedConnection
from sqlalchemy.types import TypeDecorator, TypeEngine

from idp.storage import ready
from idp.storage.ready import Ready

DIALECT = PGDialect_psycopg(paramstyle="numeric_dollar")  # type: ignore[no-untyped-call]
"""libpq's own placeholders."""
DONE = frozenset({ExecStatus.COMMAND_OK, ExecStatus.TUPLES_OK})
NUMBERS = count(1)
BINARY = 1
FIRST_MOMENT, FIRST_DAY = datetime(2000, 1, 1, tzinfo=UTC), date(2000, 1, 1)
"""Where PostgreSQL counts from."""
READ_JSON = json.JSONDecoder().raw_decode
FORGOTTEN = (InvalidSqlStatementName, FeatureNotSupported)
"""The server no longer knows the statement, as after DEALLOCATE ALL, or its plan's table was altered. Nothing
was done, and prepared once more it can be."""


class Direct:
    """One statement, prepared at each connection that it is made on. Results are in PostgreSQL's binary form,
    of which each type has one, whatever a server's settings are."""

    def __init__(self, text: str) -> None:
        self._text = text.encode()

    def all(self, engine: Engine, values: Sequence[Any]) -> list[list[bytes | None]]:
        """The rows. Done and committed when it returns, as the server makes a transaction of each statement
        that is in none.

        Raises SQLAlchemyError: then it may or may not have been done. A connection that has broken does not
        come back.
        """
        parameters = [_written(value) for value in values]
        connections = ready.of(engine)
        connection = connections.take(engine)
        try:
            try:
                found = self._executed(connection, parameters)
            except FORGOTTEN:
                connection.prepared.pop(self, None)
                found = self._executed(connection, parameters)
        except engine.dialect.loaded_dbapi.Error as error:
            raise failure(error, self._text.decode(), connection.pooled, engine.dialect) from error
        finally:
            connections.give_back(connection)
        columns = range(found.nfields)
        return [[found.get_value(row, column) for column in columns] for row in range(found.ntuples)]

    def run(self, engine: Engine, values: Sequence[Any]) -> None:
        """For what gives no rows. Raises as `all` does."""
        self.all(engine, values)

    def _executed(self, connection: Ready, parameters: list[bytes | None]) -> Any:
        libpq = connection.libpq
        name = connection.prepared.get(self)
        if name is None:
            name = b"yitong_%d" % next(NUMBERS)
            _checked(libpq.prepare(name, self._text))
            connection.prepared[self] = name
        return _checked(libpq.exec_prepared(name, parameters, None, BINARY))


def reader(kind: TypeEngine[Any]) -> Callable[[bytes], Any]:
    """Of values of that type in binary form. Raises TypeError for one that is not read here."""
    plain = kind.impl_instance if isinstance(kind, TypeDecorator) else kind
    for known, read in READERS:
        if isinstance(plain, known):
            return read
    raise TypeError(f"{type(plain).__name__} is not read from PostgreSQL here")


def _moment(data: bytes) -> datetime:
    return FIRST_MOMENT + timedelta(microseconds=_whole(data))


def _whole(data: bytes) -> int:
    return int.from_bytes(data, "big", signed=True)


READERS: tuple[tuple[type[TypeEngine[Any]], Callable[[bytes], Any]], ...] = (
    (types.DateTime, _moment),
    (types.Date, lambda data: FIRST_DAY + timedelta(days=_whole(data))),
    (types.Boolean, lambda data: data != b"\0"),
    (types.Integer, _whole),
    # PostgreSQL keeps it as it was written, and has seen that it is JSON.
    (types.JSON, lambda data: READ_JSON(data.decode().lstrip())[0]),
    (types.String, lambda data: data.decode()),
    (types.LargeBinary, lambda data: data),
)
"""PostgreSQL's documentation, section 54.7, and the functions `..._send` of its types."""


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
    if isinstance(value, Json):
        return json.dumps(value.obj).encode("ascii")
    raise TypeError(f"{type(value).__name__} is not written for PostgreSQL here")


def _checked(result: Any) -> Any:
    """Raises the driver's own error."""
    if result.status not in DONE:
        raise error_from_result(result)
    return result
