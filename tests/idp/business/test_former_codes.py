"""The codes of before, by example and by property."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idp.business.former_codes import gb_11714, is_organisation_code, is_registration_number, mod_11_10

bodies = st.from_regex(r"[0-9A-Z]{8}", fullmatch=True)
numbers = st.from_regex(r"[0-9]{14}", fullmatch=True)


def test_examples() -> None:
    # GB 11714-1997 gives the first; ISO 7064 gives the last.
    assert [gb_11714(body) for body in ("D2143569", "M000100Y", "60003734")] == ["X", "4", "1"]
    assert mod_11_10("0794") == "5"


@given(bodies, st.integers(0, 7), st.sampled_from("0123456789"))
def test_every_wrong_digit_of_an_organisation_code_is_found(body: str, place: int, digit: str) -> None:
    assert is_organisation_code(body + gb_11714(body))
    wrong = body[:place] + digit + body[place + 1 :]
    if wrong != body and body[place].isdigit():
        assert not is_organisation_code(wrong + gb_11714(body))


@given(numbers, st.integers(0, 14), st.sampled_from("0123456789"))
def test_every_wrong_digit_of_a_registration_number_is_found(body: str, place: int, digit: str) -> None:
    number = body + mod_11_10(body)
    assert is_registration_number(number)
    wrong = number[:place] + digit + number[place + 1 :]
    assert is_registration_number(wrong) is (wrong == number)


@pytest.mark.parametrize(
    "text", ["", "D2143569", "D2143569x", "11010800000001", "１１０１０８０００００００１６"]
)
def test_what_is_neither(text: str) -> None:
    assert not is_organisation_code(text)
    assert not is_registration_number(text)
