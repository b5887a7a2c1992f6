"""Rows against their leaves, some thousands at a time; and what is wrong where they differ."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from operator import itemgetter

from sqlalchemy import Connection

from idp.audit.tree.encoding import Place, Row, begun, canonical, of_leaf, place_of
from idp.audit.tree.findings import Finding, Kind, Wrong
from idp.audit.tree.merkle import LEAF
from idp.audit.tree.reading import Leaf, leaves_from, rows_between

WINDOW = 4096
PLACE, PLACE_OF_LEAF, HASH = itemgetter(11, 12), itemgetter(1, 2), itemgetter(3)
Hashed = tuple[int, int, bytes]


@dataclass(frozen=True, slots=True)
class Window:
    begin: int
    hashes: list[bytes]
    """Of all leaves from `begin` on."""
    rows: Sequence[Row | None]
    """Of the same positions; None where retention has dropped it."""
    are_all: bool
    """None is dropped."""


def windows(
    connection: Connection, begin: int, end: int, after: Place, last: Place, kept_from: int
) -> Iterator[Window]:
    """Of the positions from `begin` up to, and without, `end`. Raises Wrong at the first row or leaf that is
    not what it was.

    `after`: the place before the first; `last`: the one of the tree's last leaf.
    """
    while begin < end:
        leaves = leaves_from(connection, begin, end, WINDOW)
        if len(leaves) != min(end - begin, WINDOW) or leaves[-1][0] != begin + len(leaves) - 1:
            _are_in_order(leaves, begin, min(end, begin + WINDOW), after)
        until = leaves[-1][1:3]
        # One more than there are leaves is one too many already.
        rows = rows_between(connection, after, until, len(leaves) + 1)
        hashes = [sha256(of_leaf(row)).digest() for row in rows]
        # Rows come in the order of their places: leaves that are equal to them do so, too.
        if hashes != list(map(HASH, leaves)) or list(map(PLACE, rows)) != list(map(PLACE_OF_LEAF, leaves)):
            hashed = [(*row[11:], hash_) for row, hash_ in zip(rows, hashes, strict=True)]
            _are_in_order(leaves, begin, min(end, begin + WINDOW), after)
            _compare(connection, rows, hashed, leaves, kept_from, last)
            hashes = [hash_ for *_, hash_ in leaves]
            there = {place_of(row): row for row in rows}
            yield Window(begin, hashes, [there.get(leaf[1:3]) for leaf in leaves], are_all=False)
        else:
            yield Window(begin, hashes, rows, are_all=True)
        begin, after = begin + len(leaves), until


def _are_in_order(leaves: list[Leaf], begin: int, end: int, after: Place) -> None:
    for position, (found, xid, seq, _) in enumerate(leaves, begin):
        if found != position:
            raise Wrong(Finding(Kind.MISSING, "leaf", position, position + 1))
        if (xid, seq) <= after:
            raise Wrong(Finding(Kind.REORDERED, "leaf", position, position + 1))
        after = xid, seq
    if len(leaves) < end - begin:
        found = begin + len(leaves)
        raise Wrong(Finding(Kind.MISSING, "leaf", found, found + 1))


def _compare(
    connection: Connection,
    rows: list[Row],
    hashed: list[Hashed],
    leaves: list[Leaf],
    kept_from: int,
    last: Place,
) -> None:
    """Returns where nothing but rows is missing that retention may have dropped. Raises Wrong."""
    at = 0
    for position, xid, seq, expected in leaves:
        while at < len(rows) and hashed[at][:2] < (xid, seq):
            _strange(connection, rows[at], position, Kind.FORGED)
        if at < len(rows) and hashed[at][:2] == (xid, seq):
            if hashed[at][2] != expected:
                _strange(connection, rows[at], position, Kind.CHANGED)
            at += 1
        elif position >= kept_from:
            raise Wrong(_absence(connection, position, (xid, seq), expected, rows[at:], last))
    if at < len(rows):
        _strange(connection, rows[at], leaves[-1][0] + 1, Kind.FORGED)


def _strange(connection: Connection, row: Row, position: int, otherwise: Kind) -> None:
    """A row that its leaf does not know. Raises Wrong."""
    home = _home(connection, row)
    detail = "" if home is None else f"it was row {home}"
    kind = otherwise if home is None else Kind.REORDERED
    raise Wrong(Finding(kind, "row", position, position + 1, row[0], detail))


def _absence(
    connection: Connection, position: int, place: Place, expected: bytes, rows: list[Row], last: Place
) -> Finding:
    for row in rows:
        if _hash_at(row, place) == expected:
            return Finding(Kind.REORDERED, "row", position, position + 1, row[0], "it stands further on")
    is_cut = not rows and not rows_between(connection, place, last, 1)
    return Finding(Kind.CUT if is_cut else Kind.MISSING, "row", position, position + 1)


def _home(connection: Connection, row: Row) -> int | None:
    """The position whose leaf is this row's, at any place: one reading of all leaves, once a verification."""
    content, own = LEAF + begun(row).encode("ascii"), _hash_at(row, place_of(row))
    beginning = sha256(content)
    position, end = 0, 2**63 - 1
    while leaves := leaves_from(connection, position, end, WINDOW):
        for found, xid, seq, hash_ in leaves:
            whole = beginning.copy()
            whole.update(b"%d,%d]" % (xid, seq))
            if hash_ in (own, whole.digest()):
                return found
        position = leaves[-1][0] + 1
    return None


def _hash_at(row: Row, place: Place) -> bytes:
    return sha256(LEAF + canonical((*row[:11], *place))).digest()
