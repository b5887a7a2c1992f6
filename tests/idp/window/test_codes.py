import pytest
from hypothesis import given
from hypothesis import strategies as st

from idp.storage.ephemeral.memory import MemoryStore
from idp.window import codes
from tests.fakes import FakeClock

KEY = b"k" * 32


@given(st.text())
def test_any_text_is_read(typed: str) -> None:
    code = codes.normalise(typed)
    assert code is None or (len(code) == codes.DIGITS and code.isascii() and code.isdigit())


@pytest.mark.parametrize(
    "typed", ["12345678", "1234 5678", "1234-5678", "１２３４５６７８", " 1234\u30005678 "]
)
def test_codes_as_clerks_type_them(typed: str) -> None:
    assert codes.normalise(typed) == "12345678"


@pytest.mark.parametrize("typed", ["", "1234567", "123456789", "12345678x", "x" * 99, "1" * 99])
def test_what_is_no_code(typed: str) -> None:
    assert codes.normalise(typed) is None


def test_a_code_is_taken_once_and_for_its_time() -> None:
    clock = FakeClock()
    store = MemoryStore(clock)
    assert codes.reserve(store, KEY, "one", seconds=90)
    code = codes.shown(codes.code_of(KEY, "one"))
    assert codes.take(store, KEY, code) == "one"
    assert codes.take(store, KEY, code) is None
    assert codes.reserve(store, KEY, "one", seconds=90)
    clock.advance(90)
    assert codes.take(store, KEY, code) is None


def test_a_code_that_is_another_ones_now_is_not_dropped() -> None:
    store = MemoryStore(FakeClock())
    code = codes.code_of(KEY, "one")
    assert codes.reserve(store, KEY, "one", seconds=90)
    assert not codes.reserve(store, KEY, "one", seconds=90)
    codes.drop(store, KEY, "one")
    assert codes.take(store, KEY, code) is None


@given(st.lists(st.text("abcdefgh0123456789_-", min_size=4), unique=True, max_size=30))
def test_codes_follow_from_the_id_and_the_key(ids: list[str]) -> None:
    for one in ids:
        assert codes.code_of(KEY, one) == codes.code_of(KEY, one)
        assert codes.normalise(codes.code_of(KEY, one)) == codes.code_of(KEY, one)
