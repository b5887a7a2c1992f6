"""The bytes of a row that its leaf is the hash of: every column, in one way only.

A JSON array: the version, then the columns in the order of COLUMNS. Compact, ASCII, as `json.dumps` writes
strings with `ensure_ascii`; `at` is UTC with six digits after the second. A column that is added to the table
later makes a new version, and a row that holds nothing in it keeps the bytes of the version before.
"""

from collections.abc import Sequence
from json.encoder import encode_basestring_ascii as quoted
from typing import Any

from idp.audit.tree.merkle import LEAF

VERSION = 1
COLUMNS = (
    *("id", "at", "name", "person_id", "client_id", "request_id", "address", "device"),
    *("interaction_id", "actor", "payload", "xid", "seq"),
)
"""The place comes last: where a row belongs is looked for by its content with the places of others."""
NULL = "null"
BEGINNING = f"{LEAF.decode('ascii')}[{VERSION},"

Row = Sequence[Any]
"""Text or None as in COLUMNS; `at` as text; the place, `(xid, seq)`, are whole numbers."""
Place = tuple[int, int]


def canonical(row: Row) -> bytes:
    return f"{begun(row)}{row[11]},{row[12]}]".encode("ascii")


def of_leaf(row: Row) -> bytes:
    """What its leaf is the SHA-256 of: `LEAF` and `canonical`, put together at once. Verifying spends most of
    its time here."""
    texts = ",".join([NULL if value is None else quoted(value) for value in row[:11]])
    return f"{BEGINNING}{texts},{row[11]},{row[12]}]".encode("ascii")


def begun(row: Row) -> str:
    """All but the place."""
    texts = ",".join([NULL if value is None else quoted(value) for value in row[:11]])
    return f"[{VERSION},{texts},"


def place_of(row: Row) -> Place:
    return row[11], row[12]
