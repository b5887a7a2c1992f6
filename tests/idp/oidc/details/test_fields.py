"""Each kind of value: which JSON it takes, and how a person reads it."""

import pytest
from pydantic import TypeAdapter, ValidationError

from idp.oidc.details.fields import AnyField, WrongValue

TITLE = {"zh-CN": "一", "zh-Hant": "一", "en": "One"}
WORDS = {"zh-CN": "甲", "zh-Hant": "甲", "en": "A"}


def field(**values: object) -> AnyField:
    found: AnyField = TypeAdapter(AnyField).validate_python({"title": TITLE, **values})
    return found


AMOUNT = {"kind": "amount", "currencies": ["CNY", "JPY", "KWD"], "at_most": "99999"}


@pytest.mark.parametrize(
    ("asked", "shown"),
    [
        (("CNY", "1234.50"), "1,234.50 CNY (Chinese Yuan)"),
        (("JPY", "1234"), "1,234 JPY (Japanese Yen)"),
        (("KWD", "1.234"), "1.234 KWD (Kuwaiti Dinar)"),
    ],
)
def test_an_amount_has_the_decimal_places_of_its_currency(asked: tuple[str, str], shown: str) -> None:
    amount = field(**AMOUNT)
    value = amount.checked({"currency": asked[0], "amount": asked[1]})
    assert amount.shown(value, "en") == shown
    longer = asked[1] + ("0" if "." in asked[1] else ".0")
    with pytest.raises(WrongValue):
        amount.checked({"currency": asked[0], "amount": longer})


@pytest.mark.parametrize(
    "value",
    [
        *(
            "ftp://a.example/",
            "javascript:alert(1)",
            "https://user@a.example/",
            "https://a.example/#f",
            "a",
            1,
        ),
        *(
            "http://a.example/",
            "https://a.example/\u202e",
            "https://a.example/" + "x" * 100,
            "https://ａ.example/",
        ),
    ],
)
def test_an_address_is_one_of_https_and_of_plain_characters(value: object) -> None:
    address = field(kind="uri", characters_at_most=100)
    assert address.checked("https://a.example/b?c=d") == "https://a.example/b?c=d"
    with pytest.raises(WrongValue):
        address.checked(value)


def test_a_digest_is_shown_in_groups() -> None:
    assert field(kind="sha-256").shown("0123456789abcdef" * 4, "en").split() == ["01234567", "89abcdef"] * 4


def test_codes_keep_the_order_of_their_list_and_have_words() -> None:
    codes = field(kind="codes", codes={name: {**WORDS, "en": name.upper()} for name in ("b", "a", "c")})
    assert codes.checked(["a", "b"]) == ["b", "a"]
    assert codes.shown(["b", "a"], "en") == "B, A"
    assert codes.shown(["b", "a"], "zh-CN") == "甲、甲"
    assert codes.covers(["b", "a"], ["a"])
    assert not codes.covers(["b", "a"], ["a", "c"])


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "amount", "currencies": ["yuan"], "at_most": "1"},
        {"kind": "amount", "currencies": ["CNY"], "at_most": "0"},
        {"kind": "code", "codes": {}},
        {"kind": "code", "codes": {"no blank": WORDS}},
        {"kind": "code", "codes": {"a": {"en": "A"}}},
        {"kind": "text"},
        {"kind": "text", "characters_at_most": 301},
        {"kind": "text", "characters_at_most": 10, "pattern": ".*"},
        {"kind": "sha-256", "title": {"en": "One"}},
    ],
)
def test_a_field_that_cannot_be_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        field(**wrong)
