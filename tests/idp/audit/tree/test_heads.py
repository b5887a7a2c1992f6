"""What is hashed and what is signed has one way to be written, and everything else is refused."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from hypothesis import given
from hypothesis import strategies as st

from idp.audit.tree.encoding import COLUMNS, VERSION, canonical
from idp.audit.tree.heads import MEMBERS, Head, HeadWrong, read
from idp.audit.tree.signatures import public_jwk

KEY = generate_private_key(SECP256R1())
JWK = public_jwk(KEY.public_key())
HEAD = Head(
    "https://id.example.gov.cn", 7, bytes(32), datetime(2026, 1, 2, tzinfo=UTC), None, 3, JWK["kid"]
).signed_by(KEY)
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
TEXT = st.none() | st.text(max_size=20)


def test_a_head_is_read_as_it_was_written() -> None:
    assert read(HEAD.line) == HEAD
    read(HEAD.line).check({JWK["kid"]: JWK})


@given(st.sampled_from(sorted(MEMBERS)), ANYTHING)
def test_a_head_with_anything_else_in_it_is_none_or_not_signed(name: str, value: Any) -> None:
    given_members = json.loads(HEAD.line)
    changed = json.dumps({**given_members, name: value}, sort_keys=True, separators=(",", ":"))
    if changed == HEAD.line:
        return
    with pytest.raises(HeadWrong):
        read(changed).check({JWK["kid"]: JWK})


@given(st.text(max_size=60) | ANYTHING.map(json.dumps))
def test_what_is_no_head_is_refused(line: str) -> None:
    with pytest.raises(HeadWrong):
        read(line)


def test_another_way_to_write_a_head_is_refused() -> None:
    for other in (
        HEAD.line + " ",
        json.dumps(json.loads(HEAD.line)),
        HEAD.line.replace('"size":7', '"size":7.0'),
        HEAD.line.replace('"size":7', '"size":7,"size":7'),
        HEAD.line.replace('"size":7', '"size":1e999'),
        HEAD.line + " " * 3000,
    ):
        with pytest.raises(HeadWrong):
            read(other)


@pytest.mark.parametrize(
    "jwk",
    [
        {},
        {**JWK, "crv": "P-384"},
        {**JWK, "x": JWK["y"]},
        public_jwk(generate_private_key(SECP256R1()).public_key()),
        {**JWK, "x": 5},
    ],
)
def test_a_key_that_is_not_what_its_name_says_checks_nothing(jwk: dict[str, Any]) -> None:
    with pytest.raises(HeadWrong):
        HEAD.check({JWK["kid"]: jwk})


@given(st.tuples(*[TEXT] * 11, st.integers(), st.integers()))
def test_a_row_is_hashed_as_documented(row: tuple[Any, ...]) -> None:
    """Whatever somebody puts into it: JSON's own rules keep two rows apart."""
    assert canonical(row).decode("ascii") == json.dumps([VERSION, *row], separators=(",", ":"))
    assert len(row) == len(COLUMNS)
