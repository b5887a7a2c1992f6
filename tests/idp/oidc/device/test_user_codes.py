"""What is typed from a screen is read in every way that people type it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idp.oidc.device import user_codes
from idp.storage.ephemeral.memory import MemoryStore
from tests.fakes import FakeClock

KEY = b"k" * 32
CODES = st.text(user_codes.ALPHABET, min_size=user_codes.LENGTH, max_size=user_codes.LENGTH)


@pytest.mark.parametrize(
    "typed",
    [
        "WDJB-MJHT",
        "wdjbmjht",
        " wdjb mjht ",
        "ＷＤＪＢ－ＭＪＨＴ",
        "wdjb—mjht",
        "w.d.j.b.m.j.h.t",
        "WDJB－ｍｊｈｔ",
    ],
)
def test_a_code_is_read_however_it_is_typed(typed: str) -> None:
    assert user_codes.normalise(typed) == "WDJBMJHT"


@pytest.mark.parametrize(
    "typed", ["", "WDJB-MJH", "WDJB-MJHTT", "WDJB-MJHA", "WDJB-MJH1", "W" * 65, "\0" * 8]
)
def test_what_is_no_code_is_none(typed: str) -> None:
    assert user_codes.normalise(typed) is None


@given(st.text())
def test_any_text_is_a_code_of_the_alphabet_or_none(typed: str) -> None:
    code = user_codes.normalise(typed)
    assert code is None or (len(code) == user_codes.LENGTH and set(code) <= set(user_codes.ALPHABET))


@given(CODES)
def test_what_is_shown_is_read(code: str) -> None:
    assert user_codes.normalise(user_codes.shown(code)) == code


def test_a_code_stands_for_one_request_for_its_time() -> None:
    """RFC 8628 section 6.1: letters from which no word is made."""
    clock = FakeClock()
    store = MemoryStore(clock)
    shown = [user_codes.reserve(store, KEY, f"request-{number}", seconds=60) for number in range(50)]
    assert len(set(shown)) == 50
    for number, one in enumerate(shown):
        code = user_codes.normalise(one)
        assert code is not None
        assert not set(code) & set("AEIOUY")
        assert user_codes.find(store, KEY, code) == f"request-{number}"
        assert user_codes.find(store, b"another key" * 3, code) is None
    clock.advance(60)
    assert user_codes.find(store, KEY, user_codes.normalise(shown[0]) or "") is None
