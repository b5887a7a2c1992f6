"""Which passwords may be chosen."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idp.people.password_rules import WeakPassword, problem_with
from idp.people.resident_number import compose, parse

NUMBER = parse(compose("110101", date(1990, 3, 7), 3), date(2026, 11, 22))
PHONE = "+8613800138000"


@pytest.mark.parametrize(
    ("password", "problem"),
    [
        ("", WeakPassword.TOO_SHORT),
        ("tK4-qz!", WeakPassword.TOO_SHORT),
        ("x1" * 65, WeakPassword.TOO_LONG),
        ("password", WeakPassword.COMMON),
        ("PassWord1", WeakPassword.COMMON),
        ("Woaini1314", WeakPassword.COMMON),
        ("ａ１２３４５６７８９", WeakPassword.COMMON),
        ("88888888", WeakPassword.COMMON),
        ("23456789", WeakPassword.COMMON),
        ("87654321", WeakPassword.COMMON),
        ("hgfedcba", WeakPassword.COMMON),
        ("abcabcabcabc", WeakPassword.COMMON),
        ("zhang070038", WeakPassword.PERSONAL),
        ("my19900307birthday", WeakPassword.PERSONAL),
        (f"x{NUMBER.value}y", WeakPassword.PERSONAL),
        ("call13800138000", WeakPassword.PERSONAL),
        ("seven-blue-kettles", None),
        ("三个和尚没水喝吃饭", None),
        ("x7$kQ!p2" * 16, None),
    ],
)
def test_what_is_weak(password: str, problem: WeakPassword | None) -> None:
    assert problem_with(password, number=NUMBER, phone=PHONE) is problem


def test_a_number_that_ends_in_x_is_found_in_small_letters() -> None:
    for sequence in range(200):
        number = parse(compose("110101", date(1990, 3, 7), sequence), date(2026, 11, 22))
        if number.value.endswith("X"):
            assert problem_with(f"ab-{number.value[-6:].lower()}", number=number) is WeakPassword.PERSONAL
            return
    raise AssertionError("no number with X")


@given(st.text(max_size=200))
def test_any_text_gets_an_answer(password: str) -> None:
    problem = problem_with(password, number=NUMBER, phone=PHONE)
    assert problem is None or problem in WeakPassword
