"""Proofs for others: that an event is in the log, and that an older log is the beginning of a newer one.

They are checked against the signed heads before they are given, so none that would not convince leaves.
"""

import json
from typing import Any

from sqlalchemy import Connection, select

from idp.audit.tree.encoding import Place, canonical, place_of
from idp.audit.tree.heads import Head, HeadWrong, read
from idp.audit.tree.merkle import (
    ProofWrong,
    consistency_path,
    inclusion_path,
    leaf_hash,
    root_of_inclusion,
    roots_of_consistency,
)
from idp.audit.tree.models import AuditHead
from idp.audit.tree.reading import leaves_from, row_of
from idp.audit.tree.stored import StoredTree, TreeIncomplete
from idp.crypto.digests import base64url

VERSION = 1


class NoProof(Exception):
    """There is nothing to prove yet, or the log is not what its heads say: `idp audit verify` tells what."""


class NotYet(NoProof):
    """The event is there, and no signed head covers it."""


def prove(connection: Connection, event_id: str, size: int | None = None) -> dict[str, Any]:
    """That an event is in the tree of the last signed head, or of the one of that size. Raises NoProof."""
    row = row_of(connection, event_id)
    if row is None:
        raise NoProof("there is no such event")
    head = _head(connection, size)
    position = _position(connection, place_of(row), head.size)
    if position is None:
        raise NotYet("no signed head covers this event; one is signed each minute")
    content = canonical(row)
    try:
        path = inclusion_path(position, head.size, StoredTree(connection).root_of)
        root = root_of_inclusion(leaf_hash(content), position, head.size, path)
    except (ProofWrong, TreeIncomplete):
        root = b""
    if root != head.root:
        raise NoProof("this event is not what it was when its head was signed")
    return {
        "version": VERSION,
        "proof": "inclusion",
        "head": json.loads(head.line),
        "position": position,
        "event": content.decode("ascii"),
        "path": [base64url(one) for one in path],
    }


def prove_consistency(connection: Connection, old: int, new: int) -> dict[str, Any]:
    """That the log of the older head is the beginning of the newer one's. Raises NoProof."""
    older, newer = _head(connection, old), _head(connection, new)
    try:
        path = consistency_path(old, new, StoredTree(connection).root_of)
        is_so = roots_of_consistency(old, new, older.root, path) == (older.root, newer.root)
    except TreeIncomplete:
        is_so = False
    except (ProofWrong, ValueError) as wrong:
        raise NoProof(str(wrong)) from None
    if not is_so:
        raise NoProof("the older log is not the beginning of the newer one")
    return {
        "version": VERSION,
        "proof": "consistency",
        "old": json.loads(older.line),
        "new": json.loads(newer.line),
        "path": [base64url(one) for one in path],
    }


def _head(connection: Connection, size: int | None) -> Head:
    """Of that size, or the last."""
    statement = select(AuditHead.line).order_by(AuditHead.size.desc()).limit(1)
    line = connection.scalar(statement if size is None else statement.where(AuditHead.size == size))
    if line is None:
        sizes = "no head is signed yet" if size is None else f"no head of {size} rows was signed"
        raise NotYet(sizes)
    try:
        return read(line)
    except HeadWrong:
        raise NoProof("the head is not what was signed") from None


def _position(connection: Connection, place: Place, size: int) -> int | None:
    """By halving: positions follow places."""
    low, high = 0, size
    while low < high:
        middle = (low + high) // 2
        found = leaves_from(connection, middle, middle + 1, 1)
        if not found:
            return None
        if found[0][1:3] < place:
            low = middle + 1
        else:
            high = middle
    found = leaves_from(connection, low, low + 1, 1)
    return low if low < size and found and found[0][1:3] == place else None
