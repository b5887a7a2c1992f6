"""Roots over any part of the stored tree, from a few hundred stored hashes."""

from sqlalchemy import Connection

from idp.audit.tree.merkle import CompactRange, folded, node_hash, perfect_subtrees
from idp.audit.tree.reading import hashes_of
from idp.audit.tree.sequencer import KEPT_LEVELS


class TreeIncomplete(Exception):
    """Hashes are missing that the tree once had."""


class StoredTree:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def root_of(self, begin: int, end: int) -> bytes:
        """Over the leaves from `begin` up to, and without, `end`, aligned as RFC 9162 splits.

        Raises TreeIncomplete.
        """
        return folded([self._root(level, number) for level, number in perfect_subtrees(begin, end)])

    def beginning(self, size: int) -> CompactRange:
        """What the tree was when it had so many leaves. Raises TreeIncomplete."""
        return CompactRange(size, tuple(self._root(*one) for one in perfect_subtrees(0, size)))

    def _root(self, level: int, number: int) -> bytes:
        below = level % KEPT_LEVELS
        begin, end = number << below, (number + 1) << below
        hashes = hashes_of(self._connection, level - below, begin, end)
        if len(hashes) != end - begin:
            raise TreeIncomplete(f"hashes of level {level - below} are missing at {begin}")
        while len(hashes) > 1:
            pairs = iter(hashes)
            hashes = [node_hash(left, right) for left, right in zip(pairs, pairs, strict=True)]
        return hashes[0]
