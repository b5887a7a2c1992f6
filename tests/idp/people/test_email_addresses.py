"""E-mail addresses as people type them, and what they never carry into a mail's head."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idp.people.email_addresses import LONGEST_CHARACTERS, InvalidEmail, masked, normalise


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("zhang.san@mail.example", "zhang.san@mail.example"),
        ("  Zhang.San@MAIL.Example ", "Zhang.San@mail.example"),
        ("zhang＠mail。example", "zhang@mail.example"),
        ("\u200bzhang@mail.example\ufeff", "zhang@mail.example"),
        ("o'brien+portal@a-b.example", "o'brien+portal@a-b.example"),
    ],
)
def test_what_people_type(typed: str, kept: str) -> None:
    assert normalise(typed) == kept


@pytest.mark.parametrize(
    "typed",
    [
        *("", "zhang", "@mail.example", "zhang@", "zhang@localhost", "zhang@@mail.example"),
        *(".zhang@mail.example", "zhang.@mail.example", "zh..ang@mail.example"),
        *("zhang@-mail.example", "zhang@mail-.example", "zhang@mail..example", "zhang@[192.0.2.1]"),
        *("张@mail.example", "zhang@邮件.example", '"zhang"@mail.example', "a@b.example, c@d.example"),
        "x" * 65 + "@mail.example",
        "x@" + "y" * 60 + ("." + "y" * 60) * 4 + ".example",
    ],
)
def test_what_is_no_address(typed: str) -> None:
    with pytest.raises(InvalidEmail):
        normalise(typed)


@pytest.mark.parametrize("extra", ["\r\nBcc: all@evil.example", "\nX: y", "\0", "\r", "%0aBcc:x@y.example "])
def test_attack_a_head_line_is_smuggled_in(extra: str) -> None:
    for typed in (f"zhang@mail.example{extra}", f"zhang{extra}@mail.example", f"{extra}zhang@mail.example"):
        try:
            kept = normalise(typed)
        except InvalidEmail:
            continue
        assert kept.isprintable()
        assert kept.count("@") == 1
        assert " " not in kept


@given(st.text(max_size=300))
def test_what_is_kept_is_one_plain_line(typed: str) -> None:
    try:
        kept = normalise(typed)
    except InvalidEmail:
        return
    assert kept.isascii()
    assert kept.isprintable()
    assert len(kept) <= LONGEST_CHARACTERS
    assert normalise(kept) == kept


def test_it_is_shown_masked() -> None:
    assert masked("zhang@mail.example") == "z***@mail.example"
