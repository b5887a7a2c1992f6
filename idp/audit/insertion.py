"""Many events by one statement: the rows go to the database as one JSON text.

What a statement costs it costs once then, however many events wait; and SQLite's driver gives the
interpreter's lock away once, not with every row, which other threads would hold for a while.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Engine, Table

from idp.audit.models import AuditEvent
from idp.storage.prepared import run

TABLE: Table = AuditEvent.__table__  # type: ignore[assignment]
GIVEN = tuple(column.name for column in TABLE.columns if column.name not in {"seq", "xid"})
"""The database numbers the rows itself."""


class Insertion:
    """The statement, put together for one kind of database."""

    def __init__(self, engine: Engine) -> None:
        self._is_postgresql = engine.dialect.name == "postgresql"
        self._statement = _postgresql(engine) if self._is_postgresql else _sqlite()
        # By itself a statement is a transaction: BEGIN and COMMIT would be a round trip each.
        self._engine = (
            engine.execution_options(isolation_level="AUTOCOMMIT") if self._is_postgresql else engine
        )

    def run(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """Durable when it returns, all of them or none. Raises SQLAlchemyError."""
        text = json.dumps([self._written(row) for row in rows], separators=(",", ":"))
        with self._engine.begin() as connection:
            run(connection, self._statement, (text,), lambda _cursor: None)

    def _written(self, row: Mapping[str, Any]) -> dict[str, Any]:
        at = row["at"]
        # SQLite keeps moments as this text, and compares them as text.
        moment = at.isoformat() if self._is_postgresql else f"{at:%Y-%m-%d %H:%M:%S.%f}"
        return {**row, "at": moment}


def _postgresql(engine: Engine) -> str:
    types = ", ".join(f"{name} {TABLE.columns[name].type.compile(engine.dialect)}" for name in GIVEN)
    names = ", ".join(GIVEN)
    return (
        f"INSERT INTO audit_events (xid, {names})"  # noqa: S608 - names of columns
        f" SELECT CAST(CAST(pg_current_xact_id() AS TEXT) AS BIGINT), {names}"
        f" FROM json_to_recordset(CAST(%s AS JSON)) AS event({types})"
    )


def _sqlite() -> str:
    values = ", ".join(f"event.value ->> '{name}'" for name in GIVEN)
    return (
        f"INSERT INTO audit_events (xid, {', '.join(GIVEN)})"  # noqa: S608 - names of columns
        f" SELECT 0, {values} FROM json_each(?) AS event"
    )
