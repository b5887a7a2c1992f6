"""Many events by one statement: the rows go to the database as one JSON text.

What a statement costs it costs once then, however many events wait; and SQLite's driver gives the
interpreter's lock away once, not with every row, which other threads would hold for a while.

An event can depend on a row of another table that must still live when it is written. The same statement
looks for it, so that who has to look anyway needs no read of its own.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Connection, Engine, Table
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg

from idp.audit.models import AuditEvent
from idp.storage.direct import Direct
from idp.storage.prepared import Prepared, run

Row = Mapping[str, Any]
TABLE: Table = AuditEvent.__table__  # type: ignore[assignment]
GIVEN = tuple(column.name for column in TABLE.columns if column.name not in {"seq", "xid"})
"""The database numbers the rows itself."""
DIALECT = PGDialect_psycopg()  # type: ignore[no-untyped-call]
NAMES = ", ".join(GIVEN)
TYPES = ", ".join(f"{name} {TABLE.columns[name].type.compile(DIALECT)}" for name in GIVEN)
MEMBERS = ", ".join(f"event.value ->> '{name}'" for name in GIVEN)
LIVES = "lives"
"""Beside the columns: the id of the row that must live, or nothing."""
STATEMENTS = {
    "postgresql": f"INSERT INTO audit_events (xid, {NAMES})"  # noqa: S608 - names of columns
    f" SELECT CAST(CAST(pg_current_xact_id() AS TEXT) AS BIGINT), {NAMES}"
    f" FROM json_to_recordset(CAST(%s AS JSON)) AS event({TYPES}, {LIVES} TEXT)",
    "sqlite": f"INSERT INTO audit_events (xid, {NAMES})"  # noqa: S608 - names of columns
    f" SELECT 0, {MEMBERS} FROM json_each(?) AS event",
}
# A scalar subquery, which is an access by the key for each event: of EXISTS a plan may read the whole table.
CONDITION = (
    " WHERE {id} IS NULL OR (SELECT TRUE FROM {table} AS living"
    " WHERE living.{key} = {id} AND living.expires_at > {at}) RETURNING id"
)
EVENTS = {
    "postgresql": {"id": f"event.{LIVES}", "at": "event.at"},
    "sqlite": {"id": f"event.value ->> '{LIVES}'", "at": "event.value ->> 'at'"},
}
COMPACT = json.JSONEncoder(separators=(",", ":"))
MOMENTS: Mapping[str, Callable[[datetime], str]] = {
    "postgresql": datetime.isoformat,
    # SQLite keeps moments as this text, and compares them as text.
    "sqlite": lambda at: f"{at:%Y-%m-%d %H:%M:%S.%f}",
}


@dataclass(frozen=True, slots=True)
class Living:
    """A row that lives: it is there, and has not expired."""

    table: Table
    """With a key of one column and an `expires_at`."""
    id: str


def insert(connection: Connection, rows: Sequence[Row]) -> None:
    """In the connection's transaction: all of them or none. Raises SQLAlchemyError."""
    dialect = connection.dialect.name
    run(connection, STATEMENTS[dialect], (_text(rows, dialect),), lambda _cursor: None)


def commit(engine: Engine, rows: Sequence[Row]) -> None:
    """In a transaction of their own: all of them or none, durable when this returns. Raises SQLAlchemyError.

    PostgreSQL makes a transaction of each statement by itself, and would be asked three times with BEGIN and
    COMMIT.
    """
    if engine.dialect.name == "postgresql":
        _alone(None).run(engine, (_text(rows, "postgresql"),))
        return
    with engine.begin() as connection:
        insert(connection, rows)


def commit_living(engine: Engine, rows: Sequence[Row], table: Table) -> frozenset[str]:
    """As `commit`, those apart that name by `LIVES` a row of the table that does not live. The ids
    of what was written."""
    dialect = engine.dialect.name
    given = (_text(rows, dialect),)
    if dialect == "postgresql":
        return frozenset(id_.decode() for (id_,) in _alone(table).all(engine, given) if id_ is not None)
    with engine.begin() as connection:
        found = run(connection, _statement(dialect, table), given, lambda cursor: cursor.fetchall())
    return frozenset(id_ for (id_,) in found)


def commit_with(engine: Engine, rows: Sequence[Row], new: Prepared, values: Mapping[str, Any]) -> None:
    """As `commit`, and with them a new row of another table: all of it or nothing. Raises SQLAlchemyError.

    `new`: an INSERT. PostgreSQL makes both by one statement, where a transaction would be four.
    """
    if engine.dialect.name == "postgresql":
        given = [*new.alone.parameters(values), _text(rows, "postgresql")]
        _with(new, len(given)).run(engine, given)
        return
    with engine.begin() as connection:
        new.run(connection, values)
        insert(connection, rows)


@cache
def _with(new: Prepared, last: int) -> Direct:
    """`last`: the number of the parameter that holds the events."""
    events = STATEMENTS["postgresql"].replace("%s", f"${last}")
    return Direct(f"WITH new AS ({new.alone.text}) {events}")


@cache
def _alone(table: Table | None) -> Direct:
    text = STATEMENTS["postgresql"] if table is None else _statement("postgresql", table)
    return Direct(text.replace("%s", "$1"))


@cache
def _statement(dialect: str, table: Table) -> str:
    (key,) = table.primary_key.columns.keys()
    return STATEMENTS[dialect] + CONDITION.format(table=table.name, key=key, **EVENTS[dialect])


def _text(rows: Sequence[Row], dialect: str) -> str:
    moment = MOMENTS[dialect]
    return COMPACT.encode([{**row, "at": moment(row["at"])} for row in rows])
