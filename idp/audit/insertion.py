"""Many events by one statement: the rows go to the database as one JSON text.

What a statement costs it costs once then, however many events wait; and SQLite's driver gives the
interpreter's lock away once, not with every row, which other threads would hold for a while.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, Table
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg

from idp.audit.models import AuditEvent
from idp.storage.direct import Direct
from idp.storage.prepared import run

TABLE: Table = AuditEvent.__table__  # type: ignore[assignment]
GIVEN = tuple(column.name for column in TABLE.columns if column.name not in {"seq", "xid"})
"""The database numbers the rows itself."""
DIALECT = PGDialect_psycopg()  # type: ignore[no-untyped-call]
NAMES = ", ".join(GIVEN)
TYPES = ", ".join(f"{name} {TABLE.columns[name].type.compile(DIALECT)}" for name in GIVEN)
MEMBERS = ", ".join(f"event.value ->> '{name}'" for name in GIVEN)
STATEMENTS = {
    "postgresql": f"INSERT INTO audit_events (xid, {NAMES})"  # noqa: S608 - names of columns
    f" SELECT CAST(CAST(pg_current_xact_id() AS TEXT) AS BIGINT), {NAMES}"
    f" FROM json_to_recordset(CAST(%s AS JSON)) AS event({TYPES})",
    "sqlite": f"INSERT INTO audit_events (xid, {NAMES})"  # noqa: S608 - names of columns
    f" SELECT 0, {MEMBERS} FROM json_each(?) AS event",
}
COMPACT = json.JSONEncoder(separators=(",", ":"))
ALONE = Direct(STATEMENTS["postgresql"].replace("%s", "$1"))
MOMENTS: Mapping[str, Callable[[datetime], str]] = {
    "postgresql": datetime.isoformat,
    # SQLite keeps moments as this text, and compares them as text.
    "sqlite": lambda at: f"{at:%Y-%m-%d %H:%M:%S.%f}",
}


def insert(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """In the connection's transaction: all of them or none. Raises SQLAlchemyError."""
    dialect = connection.dialect.name
    run(connection, STATEMENTS[dialect], (_text(rows, dialect),), lambda _cursor: None)


def commit(engine: Engine, rows: Sequence[Mapping[str, Any]]) -> None:
    """In a transaction of their own: all of them or none, durable when this returns. Raises SQLAlchemyError.

    PostgreSQL makes a transaction of each statement by itself, and would be asked three times with BEGIN and
    COMMIT.
    """
    if engine.dialect.name == "postgresql":
        ALONE.run(engine, (_text(rows, "postgresql"),))
        return
    with engine.begin() as connection:
        insert(connection, rows)


def _text(rows: Sequence[Mapping[str, Any]], dialect: str) -> str:
    moment = MOMENTS[dialect]
    return COMPACT.encode([{**row, "at": moment(row["at"])} for row in rows])
