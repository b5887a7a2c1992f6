"""A token endpoint's answer, and what a store gives back: read strictly, and never repeated."""

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clients.sdk import StoreBroken, Tokens
from clients.sdk.sign_ins import kept
from clients.sdk.tokens import UNSAID_SECONDS, loaded, read

NOW = 1_800_000_000.5
TOLD: dict[str, Any] = {
    "access_token": "an-access-token",
    "token_type": "Bearer",
    "expires_in": 600,
    "refresh_token": "a-refresh-token",
    "scope": "openid",
}
JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)


def test_it_is_read_whole_and_kept_whole() -> None:
    found = read(TOLD, NOW)
    assert found == Tokens("an-access-token", "Bearer", int(NOW) + 600, "a-refresh-token", "openid")
    assert loaded(found.dumped()) == found
    assert found.counts(NOW, 599)
    assert not found.counts(NOW, 600)


def test_what_is_left_out() -> None:
    found = read({"access_token": "a", "token_type": "bearer"}, NOW)
    assert found == Tokens("a", "bearer", int(NOW) + UNSAID_SECONDS)
    assert loaded(found.dumped()) == found


def test_a_refresh_keeps_what_it_says_nothing_of() -> None:
    old = read(TOLD, NOW)
    new = old.after({"access_token": "b", "token_type": "bearer", "expires_in": 60}, NOW)
    assert new == Tokens("b", "bearer", int(NOW) + 60, "a-refresh-token", "openid")
    with pytest.raises(ValueError, match="type"):
        old.after({"access_token": "b", "token_type": "DPoP"}, NOW)


@pytest.mark.parametrize(
    "wrong",
    [
        {"access_token": None},
        {"access_token": ""},
        {"access_token": "line\nbreak"},
        {"access_token": "x" * 70_000},
        {"token_type": "mac"},
        {"expires_in": "600"},
        {"expires_in": True},
        {"expires_in": -1},
        {"expires_in": 10**12},
        {"refresh_token": 5},
        {"scope": "é"},
    ],
)
def test_what_cannot_be_used_is_refused_without_its_words(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError) as refused:
        read({**TOLD, **wrong}, NOW)
    assert "an-access-token" not in str(refused.value)


@given(st.dictionaries(st.sampled_from([*TOLD]), JUNK))
def test_nothing_else_is_raised_by_an_answer(told: dict[str, Any]) -> None:
    with suppress(ValueError):
        read({**TOLD, **told}, NOW)


@given(JUNK)
def test_nothing_else_is_raised_by_what_a_store_holds(junk: Any) -> None:
    for text in (json.dumps(junk), str(junk)):
        with suppress(StoreBroken):
            loaded(text)
    if isinstance(junk, dict):
        with suppress(StoreBroken):
            kept(junk)


def test_a_repr_shows_none_of_them() -> None:
    assert "token'" not in repr(read(TOLD, NOW)).replace("token_type='", "")
    assert "an-access-token" not in repr(read(TOLD, NOW))
    assert "a-refresh-token" not in repr(read(TOLD, NOW))
