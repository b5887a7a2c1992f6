"""Personal data cannot get into an event: not by its declaration, not by its values."""

import dataclasses
import json
from itertools import islice
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from idp.audit.events import CATALOGUE
from idp.audit.events.faces import FaceChecked, FaceConsentGiven, FaceRefused
from idp.audit.events.operation import KeysRotated
from idp.audit.events.protocol import ClaimsReleased
from idp.audit.events.signing_in import SignedIn, SignInRefused
from idp.audit.fields import Code, Event, PersonalDataRefused, canonical_json, event, is_identifier

PERSON = "01890a5d-ac96-774b-bcce-b302099a8057"
DIGEST = "u" * 43
TELLING = [
    "张三",
    "Zhang San",
    "11010519491231002X",
    "440524188001010014",
    "13800138000",
    "+86-13800138000",
    "6222020200112233",
    "someone@example.org",
    "ABC123456789012",
    "91310000MA1FL1234X",
    "",
    "a\nb",
    "x" * 200,
]


@pytest.mark.parametrize("value", TELLING)
def test_telling_values_are_refused_and_not_quoted(value: str) -> None:
    makers = [
        lambda: SignInRefused(reason=value, method="pwd"),
        lambda: SignInRefused(reason="wrong", method="pwd", person_id=value),
        lambda: SignInRefused(reason="wrong", method="pwd", client_id=value),
        lambda: ClaimsReleased("hall", PERSON, ("openid", value), "sign-in"),
    ]
    for make in makers:
        with pytest.raises(PersonalDataRefused) as refusal:
            make()
        assert not value or value not in str(refusal.value)


@settings(deadline=None)  # there are many events
@given(birth=st.dates(), rest=st.integers(0, 9999), region=st.integers(110000, 659999))
def test_no_resident_number_fits_anywhere(birth: Any, rest: int, region: int) -> None:
    number = f"{region}{birth:%Y%m%d}{rest:04}"
    for kind in CATALOGUE.values():
        for field in dataclasses.fields(kind):  # type: ignore[arg-type]
            for value in (number, int(number), float(number), (number,), number.encode()):
                values = {**example(kind), field.name: value}
                with pytest.raises(PersonalDataRefused):
                    kind(**values)


@pytest.mark.parametrize("separator", [*"-._~"])
@pytest.mark.parametrize("groups", [(6, 8, 4), (6, 4, 4, 4), (3,) * 6, (1,) * 18, (10, 8)])
@pytest.mark.parametrize("last", ["", "X", "x"])
def test_attack_a_resident_number_in_groups(separator: str, groups: tuple[int, ...], last: str) -> None:
    digits = iter(f"{11010119900307001}{last or 4}")
    parted = separator.join("".join(islice(digits, count)) for count in groups)
    assert not is_identifier(parted)
    assert not is_identifier(f"id-{parted}")


@pytest.mark.parametrize(
    "text",
    ["2001:1234:5678:9012:3456:7890:1234:5678", "203.0.113.255", "10.0.0.0~16", "2026-11-22T14.03.27.512"],
)
def test_addresses_and_times_are_no_numbers_of_people(text: str) -> None:
    assert is_identifier(text)


def test_a_template_does_not_fit() -> None:
    with pytest.raises(PersonalDataRefused):
        FaceChecked(PERSON, "enrolment", (), tuple(0.1 for _ in range(128)))


def test_common_values_fit() -> None:
    SignedIn(PERSON, "hall", 3, ("face", "mfa"), DIGEST)
    SignedIn(PERSON, None, 1, ())
    FaceRefused(None, "sign-in", "flat", ("quality", "planarity"), (0.91, 1), (64 * "a",))
    KeysRotated("id_token", DIGEST, "published")
    FaceConsentGiven(PERSON, PERSON, "2026-11-22.1")
    ClaimsReleased("hall.example:1", PERSON, ("openid", "resident_number"), "urn:yitong:purpose:tax")


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("full_name", Code),
        ("photo", Code),
        ("id_number", int),
        ("reason", str),
        ("raw", bytes),
        ("extra", Any),
        ("items", list[str]),
        ("pair", tuple[Code, Code]),
        ("more", dict[str, str]),
        ("maybe", str | None),
    ],
)
def test_telling_declarations_are_refused(name: str, kind: Any) -> None:
    declared = type("Leaky", (Event,), {"__annotations__": {name: kind}})
    with pytest.raises(TypeError, match="Leaky"):
        event(declared)


def test_events_are_frozen_and_named() -> None:
    signed_in = SignedIn(PERSON, "hall", 2, ("pwd",))
    assert signed_in.name == "signed_in"
    assert CATALOGUE["signed_in"] is SignedIn
    with pytest.raises(dataclasses.FrozenInstanceError):
        signed_in.level = 3  # type: ignore[misc]
    assert signed_in.values() == {"person_id": PERSON, "client_id": "hall", "level": 2, "methods": ["pwd"]}


@given(values=st.dictionaries(st.sampled_from("abc"), st.integers() | st.lists(st.text())))
def test_canonical_json_is_one_text(values: dict[str, Any]) -> None:
    text = canonical_json(values)
    assert json.loads(text) == values
    assert text == canonical_json(dict(reversed(values.items())))
    assert text.isascii()


def example(kind: type[Event]) -> dict[str, Any]:
    """A value that fits each required field."""
    fitting = {"int": 1, "float": 0.5, "bool": True}
    values: dict[str, Any] = {}
    for field in dataclasses.fields(kind):  # type: ignore[arg-type]
        shown = str(field.type)
        if "'person'" in shown:
            values[field.name] = PERSON
        elif "tuple" in shown:
            values[field.name] = ()
        else:
            values[field.name] = next((fitting[word] for word in fitting if word in shown), "some")
    kind(**values)
    return values
