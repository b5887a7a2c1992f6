"""What clients say and people read shows as it is, or is not taken."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idp.oidc.said import SaidBadly, check


@pytest.mark.parametrize(
    "text", ["为您办理不动产登记", "ئۇيغۇرچە", "a\u3000b", "café", "Fee (2026/11): 3 < 4"]
)
def test_texts_of_people_are_taken(text: str) -> None:
    check(text, at_least=3, at_most=300)


@pytest.mark.parametrize(
    "text",
    [
        "pay 1\u202e00.1",  # right-to-left override
        "\u2067a\u2069bc",  # isolates
        "a\u200eb",
        "a\u200fb",
        "a\u061cb",  # marks of direction
        "a\u200bb",
        "a\u2060b",
        "a\ufeffb",
        "a\u00adb",  # of no width
        "a\u3164b",
        "a\u115fb",
        "a\u2800b",
        "a\ufe0fb",
        "a\U000e0101b",  # letters and selectors that show nothing
        "one\ntwo",
        "one\ttwo",
        "one\u2028two",
        "one\x00two",
        "one\x85two",
        "a\ud800b",
        "a\ue000b",
        "a\U000e0041b",
        "a\u0378b",  # half, private, a tag, not assigned
        "Z\u0300\u0301\u0302\u0303algo",
        "a\u20ddb",
        " abc",
        "abc ",
        "   ",
        "ab",
        "x" * 301,
    ],
)
def test_texts_that_show_otherwise_are_refused(text: str) -> None:
    with pytest.raises(SaidBadly) as refused:
        check(text, at_least=3, at_most=300)
    assert text not in str(refused.value)


@given(st.text(min_size=3, max_size=30))
def test_nothing_that_is_taken_turns_or_hides(text: str) -> None:
    try:
        check(text, at_least=3, at_most=300)
    except SaidBadly:
        return
    assert not any(unicodedata.category(character) in {"Cc", "Cf", "Cs", "Co", "Cn"} for character in text)
    assert not any(
        unicodedata.bidirectional(character)
        in {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}
        for character in text
    )
