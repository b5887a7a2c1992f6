"""The same name is the same, however it was typed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idp.people import names


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("张三", "张三"),
        (" 张　三 ", "张三"),
        ("买买提•艾力", "买买提·艾力"),
        ("买买提 ・ 艾力", "买买提·艾力"),
        ("买买提．艾力", "买买提·艾力"),
        ("买买提‧艾力", "买买提·艾力"),
        ("\u200b张三\ufeff", "张三"),
        ("ＳＭＩＴＨ  John", "SMITH John"),
        ("J. SMITH", "J. SMITH"),
    ],
)
def test_one_form_is_kept(typed: str, kept: str) -> None:
    assert names.normalise(typed) == kept


@pytest.mark.parametrize("typed", ["", "   ", "\u200b", "张\x00三", "张" * 101])
def test_what_is_no_name(typed: str) -> None:
    with pytest.raises(names.InvalidName):
        names.normalise(typed)


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        ("买买提·艾力", "买买提•艾力", True),
        ("SMITH JOHN", "Smith  John", True),
        ("MARIA DEL MAR", "Maria Delmar", True),
        ("J. SMITH", "J SMITH", True),
        ("张三", "张三丰", False),
        ("张三", "章三", False),
    ],
)
def test_when_two_are_the_same(left: str, right: str, expected: bool) -> None:
    assert names.same(left, right) is expected


@given(st.text(max_size=120))
def test_normalising_twice_changes_nothing(typed: str) -> None:
    try:
        kept = names.normalise(typed)
    except names.InvalidName:
        return
    assert names.normalise(kept) == kept
    assert names.same(typed, kept)


def test_all_but_the_last_character_is_masked() -> None:
    assert names.masked("买买提") == "**提"
