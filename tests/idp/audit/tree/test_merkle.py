"""The tree against RFC 9162's own recursive definition, and against known answers."""

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idp.audit.tree.merkle import (
    EMPTY_ROOT,
    CompactRange,
    ProofWrong,
    consistency_path,
    folded,
    inclusion_path,
    leaf_hash,
    node_hash,
    perfect_subtrees,
    root_of_inclusion,
    roots_of_consistency,
)

# The test vectors of Certificate Transparency's reference implementation (certificate-transparency-go and
# transparency-dev/merkle, testonly/constants.go): eight leaves, and the root of each beginning.
LEAVES = [
    bytes.fromhex(text)
    for text in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = (
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)


def naive(contents: list[bytes]) -> bytes:
    """MTH of RFC 9162 section 2.1.1, word for word."""
    if not contents:
        return sha256(b"").digest()
    if len(contents) == 1:
        return sha256(b"\x00" + contents[0]).digest()
    k = 1
    while k * 2 < len(contents):
        k *= 2
    return sha256(b"\x01" + naive(contents[:k]) + naive(contents[k:])).digest()


def contents(size: int) -> list[bytes]:
    return [b"%d" % number for number in range(size)]


def grown(*sizes: int) -> CompactRange:
    """In as many steps."""
    tree = CompactRange()
    for size in sizes:
        tree, _ = tree.extended([leaf_hash(one) for one in contents(size)[tree.size :]])
    return tree


def test_known_answers() -> None:
    tree = CompactRange()
    assert tree.root() == EMPTY_ROOT == sha256(b"").digest()
    for leaf, root in zip(LEAVES, ROOTS, strict=True):
        tree, _ = tree.extended([leaf_hash(leaf)])
        assert tree.root().hex() == root


@given(st.lists(st.integers(0, 70), max_size=6).map(sorted))
def test_growing_in_any_steps_is_the_recursive_definition(sizes: list[int]) -> None:
    tree = grown(*sizes)
    assert tree.size == (sizes[-1] if sizes else 0)
    assert tree.root() == naive(contents(tree.size))
    assert CompactRange.from_bytes(tree.size, tree.to_bytes()) == tree


@given(st.integers(0, 70), st.integers(0, 70))
def test_growth_names_each_node_that_became_complete_once(first: int, more: int) -> None:
    tree = grown(first)
    whole = contents(first + more)
    _, new = tree.extended([leaf_hash(one) for one in whole[first:]])
    nodes = {(level, start + at): node for level, start, row in new for at, node in enumerate(row)}
    for (level, number), node in nodes.items():
        assert node == naive(whole[number << level : (number + 1) << level])
    for level in range(8):
        assert {number for at, number in nodes if at == level} == set(
            range(first >> level, (first + more) >> level)
        )


@given(st.integers(0, 300), st.integers(0, 300))
def test_perfect_subtrees_cover_all_leaves_in_order(begin: int, count: int) -> None:
    covered: list[int] = []
    for level, number in perfect_subtrees(begin, begin + count):
        covered += range(number << level, (number + 1) << level)
    assert covered == list(range(begin, begin + count))


@given(st.integers(1, 70), st.data())
def test_an_inclusion_path_leads_to_the_root_and_from_nowhere_else(size: int, data: st.DataObject) -> None:
    position = data.draw(st.integers(0, size - 1))
    whole = contents(size)
    path = inclusion_path(position, size, lambda begin, end: naive(whole[begin:end]))
    assert root_of_inclusion(leaf_hash(whole[position]), position, size, path) == naive(whole)
    for other in range(size):
        if other != position:
            try:
                assert root_of_inclusion(leaf_hash(whole[position]), other, size, path) != naive(whole)
            except ProofWrong:
                continue
    for wrong in (path[:-1], [*path, EMPTY_ROOT]):
        if len(wrong) != len(path):
            with pytest.raises(ProofWrong):
                root_of_inclusion(leaf_hash(whole[position]), position, size, wrong)


@given(st.integers(1, 70), st.data())
def test_a_consistency_path_leads_to_both_roots(new: int, data: st.DataObject) -> None:
    old = data.draw(st.integers(1, new))
    whole = contents(new)
    path = consistency_path(old, new, lambda begin, end: naive(whole[begin:end]))
    roots = naive(whole[:old]), naive(whole)
    assert roots_of_consistency(old, new, roots[0], path) == roots
    changed = [b"another", *whole[1:]]
    forged = consistency_path(old, new, lambda begin, end: naive(changed[begin:end]))
    assert roots_of_consistency(old, new, roots[0], forged) != (roots[0], naive(changed))
    with pytest.raises(ProofWrong):
        roots_of_consistency(old, new, roots[0], [*path, EMPTY_ROOT])


def test_what_is_no_tree_is_refused() -> None:
    for size, data in ((1, b""), (3, b"x" * 32), (2, b"x" * 31), (-1, b"")):
        with pytest.raises(ValueError):
            CompactRange.from_bytes(size, data)
    for position, size in ((-1, 3), (3, 3), (0, 0)):
        with pytest.raises(ValueError):
            inclusion_path(position, size, lambda *_: EMPTY_ROOT)
        with pytest.raises(ProofWrong):
            root_of_inclusion(EMPTY_ROOT, position, size, [])
    for old, new in ((0, 3), (4, 3)):
        with pytest.raises(ValueError):
            consistency_path(old, new, lambda *_: EMPTY_ROOT)
        with pytest.raises(ProofWrong):
            roots_of_consistency(old, new, EMPTY_ROOT, [])
    with pytest.raises(ProofWrong):
        roots_of_consistency(3, 7, EMPTY_ROOT, [])


def test_a_leaf_is_no_node() -> None:
    """RFC 9162 section 2.1.1: without the prefixes two hashes side by side would be a leaf's content."""
    one, other = leaf_hash(b"1"), leaf_hash(b"2")
    assert leaf_hash(one + other) != node_hash(one, other)


@given(st.integers(1, 200))
def test_folding_perfect_subtrees_gives_the_root(size: int) -> None:
    whole = contents(size)
    roots = [naive(whole[n << level : (n + 1) << level]) for level, n in perfect_subtrees(0, size)]
    assert folded(roots) == naive(whole)
