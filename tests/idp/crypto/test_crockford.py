"""Codes for people: whatever is drawn is read again, however it was written down."""

from hypothesis import given
from hypothesis import strategies as st

from idp.crypto import crockford


@given(st.integers(1, 20), st.data())
def test_what_is_shown_is_read_again(characters: int, data: st.DataObject) -> None:
    code = crockford.draw(characters, lambda letters: data.draw(st.sampled_from(letters)))
    assert crockford.read(crockford.shown(code)) == code
    assert crockford.read(f" {crockford.shown(code).lower()}\n") == code


def test_what_is_misread_is_read_as_what_was_meant() -> None:
    assert crockford.read("o1l-IU9") == "01119"


def test_a_long_text_is_read_no_further() -> None:
    assert len(crockford.read("7" * 100_000)) == crockford.TYPED_CHARACTERS_AT_MOST


def test_codes_differ() -> None:
    assert len({crockford.draw(12) for _ in range(100)}) == 100
