"""The Merkle tree of RFC 9162 section 2.1: hashes, the compact range that grows, paths, and their checks.

Pure: no database, no keys. A node of level `l` and number `n` covers the leaves from `n << l` up to, and
without, `(n + 1) << l`; level 0 are the leaves.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import islice

LEAF, NODE = b"\x00", b"\x01"
"""RFC 9162 section 2.1.1: or a node could be passed off as a leaf."""
HASH_BYTES = 32
EMPTY_ROOT = sha256(b"").digest()

Grown = Sequence[tuple[int, int, Sequence[bytes]]]
"""(level, first number, hashes) of the nodes that became complete."""
RootOf = Callable[[int, int], bytes]
"""The root over the leaves from `begin` up to, and without, `end`; `begin` is aligned as RFC 9162 splits."""


class ProofWrong(ValueError):
    """The path does not lead from there to here."""


def leaf_hash(content: bytes) -> bytes:
    return sha256(LEAF + content).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return sha256(NODE + left + right).digest()


@dataclass(frozen=True, slots=True)
class CompactRange:
    """What of a tree is needed to let it grow: the root of each perfect subtree, the largest first."""

    size: int = 0
    hashes: tuple[bytes, ...] = ()

    def __post_init__(self) -> None:
        if self.size < 0 or len(self.hashes) != self.size.bit_count():
            raise ValueError(f"a tree of {self.size} leaves has {self.size.bit_count()} perfect subtrees")

    @classmethod
    def from_bytes(cls, size: int, data: bytes) -> "CompactRange":
        """Raises ValueError."""
        if len(data) % HASH_BYTES:
            raise ValueError("not a row of hashes")
        return cls(size, tuple(data[at : at + HASH_BYTES] for at in range(0, len(data), HASH_BYTES)))

    def to_bytes(self) -> bytes:
        return b"".join(self.hashes)

    def root(self) -> bytes:
        if not self.hashes:
            return EMPTY_ROOT
        root = self.hashes[-1]
        for left in reversed(self.hashes[:-1]):
            root = node_hash(left, root)
        return root

    def extended(self, leaves: Sequence[bytes]) -> tuple["CompactRange", Grown]:
        """With these leaves after the others. About one node hash a leaf."""
        left = list(self.hashes)
        kept: list[bytes] = []
        grown: list[tuple[int, int, Sequence[bytes]]] = []
        nodes, level = list(leaves), 0
        while nodes or left:
            number = self.size >> level
            if nodes:
                grown.append((level, number, nodes))
            if number & 1:
                nodes = [left.pop(), *nodes]
            if len(nodes) & 1:
                kept.append(nodes[-1])
            pairs = iter(nodes)
            nodes = [sha256(NODE + one + other).digest() for one, other in zip(pairs, pairs, strict=False)]
            level += 1
        return CompactRange(self.size + len(leaves), tuple(reversed(kept))), grown


def perfect_subtrees(begin: int, end: int) -> Iterator[tuple[int, int]]:
    """(level, number) of the largest perfect subtrees that cover the leaves, from the left."""
    while begin < end:
        level = (end - begin).bit_length() - 1
        if begin:
            level = min(level, (begin & -begin).bit_length() - 1)
        yield level, begin >> level
        begin += 1 << level


def folded(roots: Sequence[bytes]) -> bytes:
    """The root over neighbouring perfect subtrees, the largest first. Raises ValueError for none."""
    *others, root = roots
    for left in reversed(others):
        root = node_hash(left, root)
    return root


def inclusion_path(position: int, size: int, root_of: RootOf) -> list[bytes]:
    """PATH(m, D_n) of RFC 9162 section 2.1.3.1. Raises ValueError."""
    if not 0 <= position < size:
        raise ValueError("the leaf is not in this tree")
    path: list[bytes] = []
    begin, end = 0, size
    while end - begin > 1:
        middle = begin + _split(end - begin)
        if position < middle:
            path.append(root_of(middle, end))
            end = middle
        else:
            path.append(root_of(begin, middle))
            begin = middle
    return path[::-1]


def consistency_path(old: int, new: int, root_of: RootOf) -> list[bytes]:
    """PROOF(m, D_n) of RFC 9162 section 2.1.4.1. Raises ValueError."""
    if not 0 < old <= new:
        raise ValueError("the older tree is not a beginning of the newer one")
    path: list[bytes] = []
    begin, end = 0, new
    while old != end:
        middle = begin + _split(end - begin)
        if old <= middle:
            path.append(root_of(middle, end))
            end = middle
        else:
            path.append(root_of(begin, middle))
            begin = middle
    # SUBPROOF's b: a subtree that is the whole older tree is known to who checks.
    return path[::-1] if begin == 0 else [root_of(begin, end), *path[::-1]]


def root_of_inclusion(leaf: bytes, position: int, size: int, path: Sequence[bytes]) -> bytes:
    """RFC 9162 section 2.1.3.2. Raises ProofWrong."""
    if not 0 <= position < size:
        raise ProofWrong("the leaf is not in this tree")
    fn, sn, root = position, size - 1, leaf
    for sibling in path:
        if sn == 0:
            raise ProofWrong("the path is too long")
        if fn & 1 or fn == sn:
            root = node_hash(sibling, root)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            root = node_hash(root, sibling)
        fn, sn = fn >> 1, sn >> 1
    if sn:
        raise ProofWrong("the path is too short")
    return root


def roots_of_consistency(old: int, new: int, old_root: bytes, path: Sequence[bytes]) -> tuple[bytes, bytes]:
    """The roots of both trees, as the path has them. RFC 9162 section 2.1.4.2. Raises ProofWrong."""
    if not 0 < old <= new:
        raise ProofWrong("the older tree is not a beginning of the newer one")
    if old == new:
        if path:
            raise ProofWrong("the path is too long")
        return old_root, old_root
    hashes = iter(path if old & (old - 1) else (old_root, *path))
    fn, sn = old - 1, new - 1
    while fn & 1:
        fn, sn = fn >> 1, sn >> 1
    first = list(islice(hashes, 1))
    if not first:
        raise ProofWrong("the path is too short")
    fr = sr = first[0]
    for c in hashes:
        if sn == 0:
            raise ProofWrong("the path is too long")
        if fn & 1 or fn == sn:
            fr, sr = node_hash(c, fr), node_hash(c, sr)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            sr = node_hash(sr, c)
        fn, sn = fn >> 1, sn >> 1
    if sn:
        raise ProofWrong("the path is too short")
    return fr, sr


def _split(count: int) -> int:
    """The largest power of two that is smaller."""
    return 1 << ((count - 1).bit_length() - 1)
