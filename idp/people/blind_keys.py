"""How rows are found by a number that the database never sees, also while the index key is changed.

A row carries two indexes: under the current key, and under the next one (the current one again while no
next one is set). A look-up asks for both keys in both columns. So a rotation needs no standstill:

1. set `blind_index_next` in the master keys, restart the processes one by one;
2. `idp people reencrypt` rewrites every row for the keys in use;
3. make the next key the current one and the next one null, restart, `idp people reencrypt` again.

At every point of it, a row written on either side is found on the other, and a doubled number collides.
"""

from sqlalchemy import ColumnElement, or_
from sqlalchemy.orm import InstrumentedAttribute

from idp.crypto.fields import BlindIndex

NUMBER = "number"
PHONE = "phone"


def pair(index: BlindIndex, kind: str, value: str) -> tuple[str, str]:
    """What the two columns of a row hold."""
    current = index.of(kind, value)
    return current, index.next_of(kind, value) or current


def finds(
    current: InstrumentedAttribute[str] | InstrumentedAttribute[str | None],
    following: InstrumentedAttribute[str] | InstrumentedAttribute[str | None],
    index: BlindIndex,
    kind: str,
    value: str,
) -> ColumnElement[bool]:
    """The condition that finds the row of a value."""
    keys = set(pair(index, kind, value))
    return or_(current.in_(keys), following.in_(keys))
