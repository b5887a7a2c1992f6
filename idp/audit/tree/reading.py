"""Rows and leaves as the driver gives them: many at a time, in the order of positions."""

from typing import Any

from sqlalchemy import Connection

from idp.audit.ids import moments_of
from idp.audit.tree.encoding import COLUMNS, Place, Row
from idp.storage.prepared import run

BY_ID = "at >= ? AND at < ? AND id = ?"
"""On PostgreSQL: by the index of times, in one partition."""
BEFORE_ALL: Place = (-(2**63), -(2**63))
AT = {
    "postgresql": """to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')""",
    "sqlite": "replace(at, ' ', 'T') || 'Z'",
}
MARK = {"postgresql": "%s", "sqlite": "?"}
# Of rows that no later commit can come before: every transaction of a lower number has ended.
SETTLED = {
    "postgresql": " AND xid < CAST(CAST(pg_snapshot_xmin(pg_current_snapshot()) AS TEXT) AS BIGINT)",
    # There all have 0; a higher one is forged, and all that is written later would stand before it.
    "sqlite": " AND xid <= 0",
}
# Of transactions that have not begun.
TO_COME = {
    "postgresql": " AND xid >= CAST(CAST(pg_snapshot_xmax(pg_current_snapshot()) AS TEXT) AS BIGINT)",
    "sqlite": " AND xid > 0",
}
Leaf = tuple[int, int, int, bytes]
"""Position, xid, seq, hash."""


def settled_rows(connection: Connection, after: Place, at_most: int) -> list[Row]:
    """Committed rows behind a place, in the order that no later commit disturbs."""
    where = _behind(connection, after) + SETTLED[connection.dialect.name]
    return _rows(connection, where, (*after, at_most))


def rows_to_come(connection: Connection, after: Place, at_most: int) -> list[Row]:
    """Behind a place, and of a transaction that there has not been: nothing of ours writes them."""
    where = "(xid, seq) > (?, ?)" + TO_COME[connection.dialect.name]
    return _rows(connection, where, (*after, at_most))


def rows_between(connection: Connection, after: Place, last: Place, at_most: int) -> list[Row]:
    """Behind a place, up to and with another."""
    if connection.dialect.name == "sqlite" and after[0] == last[0]:
        return _rows(connection, "xid = ? AND seq > ? AND seq <= ?", (*after, last[1], at_most))
    return _rows(connection, "(xid, seq) > (?, ?) AND (xid, seq) <= (?, ?)", (*after, *last, at_most))


def row_of(connection: Connection, event_id: str) -> Row | None:
    moments = moments_of(event_id)
    if moments is None:
        return None
    where, given = ("id = ?", ()) if connection.dialect.name == "sqlite" else (BY_ID, moments)
    found = _rows(connection, where, (*given, event_id, 1))
    return found[0] if found else None


def leaves_from(connection: Connection, position: int, end: int, at_most: int) -> list[Leaf]:
    statement = (
        "SELECT position, xid, seq, hash FROM audit_leaves WHERE position >= ? AND position < ?"
        " ORDER BY position LIMIT ?"
    )
    return _all(connection, statement, (position, end, at_most))


def hashes_of(connection: Connection, level: int, begin: int, end: int) -> list[bytes]:
    """Of the nodes of a level that is kept, from a number up to, and without, another."""
    if level == 0:
        statement = "SELECT hash FROM audit_leaves WHERE position >= ? AND position < ? ORDER BY position"
        given: tuple[int, ...] = (begin, end)
    else:
        statement = (
            "SELECT hash FROM audit_subtrees WHERE level = ? AND number >= ? AND number < ? ORDER BY number"
        )
        given = (level, begin, end)
    return [bytes(hash_) for (hash_,) in _all(connection, statement, given)]


def _behind(connection: Connection, after: Place) -> str:
    """SQLite finds a pair's place in the index by its first half alone, and would pass over all rows before
    it. Those that are settled there have no other number than 0."""
    is_plain = connection.dialect.name == "sqlite" and after[0] == 0
    return "xid = ? AND seq > ?" if is_plain else "(xid, seq) > (?, ?)"


def _rows(connection: Connection, where: str, given: tuple[Any, ...]) -> list[Row]:
    columns = ", ".join(AT[connection.dialect.name] if name == "at" else name for name in COLUMNS)
    statement = f"SELECT {columns} FROM audit_events WHERE {where} ORDER BY xid, seq LIMIT ?"  # noqa: S608
    return _all(connection, statement, given)


def _all(connection: Connection, statement: str, given: tuple[Any, ...]) -> list[Any]:
    text = statement.replace("?", MARK[connection.dialect.name])
    found: list[Any] = run(connection, text, given, lambda cursor: cursor.fetchall())
    return found
