"""Which texts of a client are shown to a person who trusts us."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idp.oidc.backchannel import binding
from idp.oidc.backchannel.binding import BindingMessageRefused


@pytest.mark.parametrize(
    "text",
    [
        "W4SCT",
        "1234 你好",
        "缴费 12.50 元（2026/11）",
        "¥25.00, 2026-11-22",
        "Überweisung #7",
        "A1-B2",
        "50%",
    ],
)
def test_plain_texts_are_good(text: str) -> None:
    assert binding.check(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        " a",
        "a\n",
        "a\tb",
        "a\x00b",
        "<b>",
        'a"b',
        "a\u202eb",
        "a\u200bb",
        "a\u0301\u0301\u0301",
        "👍",
        "see evil.cn",
        "evil。cn",
        "www.evil",
        "http://x",
        "x/y",
        "1.2.3.4a",
        "evil．cn",
        "13800138000",
        "138 0013 8000",
        "110105-19491231-002X",
        "138.0013.8000",
        "138,0013,8000",
        "138、0013、8000",
        "支付。cn",
        "１３８００１３８０００",
        "שלום",
        "[click](x)",
        "a\\b",
        "m" * 65,
    ],
)
def test_what_could_deceive_is_refused(text: str) -> None:
    with pytest.raises(BindingMessageRefused) as refused:
        binding.check(text)
    assert len(text) < 3 or text not in str(refused.value)


@pytest.mark.parametrize("filler", ["\u115f", "\u1160", "\u3164", "\uffa0"])
def test_attack_a_message_that_nobody_can_see(filler: str) -> None:
    """Letters by their category: a message of them is blank, and one with them is not what it seems."""
    for text in (filler, filler * 20, f"A1{filler}"):
        with pytest.raises(BindingMessageRefused):
            binding.check(text)


@given(st.text(max_size=80))
def test_what_passes_is_one_line_without_marks_or_turns(text: str) -> None:
    try:
        shown = binding.check(text)
    except BindingMessageRefused:
        return
    assert binding.check(shown) == shown
    assert 0 < len(shown) <= binding.CHARACTERS_AT_MOST
    assert not set(shown) & set('<>"`\\\n\r\0@[]{}|~^')
    assert all(unicodedata.category(one)[0] in "LNPZS" for one in shown)
    assert len(binding.shortened(shown)) <= binding.SHORT_CHARACTERS
