"""Phones are stored in one form, whatever was typed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idp.people import phones


@pytest.mark.parametrize(
    "typed",
    [
        "13800138000",
        "138 0013 8000",
        "138-0013-8000",
        "+86 138 0013 8000",
        "0086 13800138000",
        "＋８６１３８００１３８０００",
        "\u202a+8613800138000\u202c",
        "(+86) 13800138000",
    ],
)
def test_a_mobile_phone_of_the_mainland(typed: str) -> None:
    assert phones.normalise(typed) == "+8613800138000"


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("+852 5123 4567", "+85251234567"),
        ("00853 6612 3456", "+85366123456"),
        ("+886 912 345 678", "+886912345678"),
        ("+44 20 7946 0000", "+442079460000"),
    ],
)
def test_a_phone_from_elsewhere_has_its_country_code(typed: str, expected: str) -> None:
    assert phones.normalise(typed) == expected


@pytest.mark.parametrize(
    "typed",
    ["", "12345", "12800138000", "51234567", "+86 10 6552 9988", "1380013800a", "1" * 100, "+0123456789"],
)
def test_what_is_no_mobile_phone(typed: str) -> None:
    with pytest.raises(phones.InvalidPhone) as refused:
        phones.normalise(typed)
    assert not typed or typed not in str(refused.value)


@given(st.text(max_size=60))
def test_any_text_is_a_phone_of_one_form_or_refused(typed: str) -> None:
    try:
        phone = phones.normalise(typed)
    except phones.InvalidPhone:
        return
    assert phone.startswith("+")
    assert phone[1:].isascii()
    assert phone[1:].isdigit()
    assert phones.normalise(phone) == phone


def test_the_middle_is_masked() -> None:
    assert phones.masked("+8613800138000") == "+86 *******8000"
    assert "5123" not in phones.masked("+85251234567")
