"""Types are data of the operator's; what could show wrongly stops the start."""

import re
import tomllib
from pathlib import Path

import pytest

from idp.locales.catalogues import TAGS
from idp.oidc.details.reading import read
from idp.oidc.details.types import load
from idp.oidc.details.words import described
from idp.settings import ROOT, SettingsWrong
from tests.idp.oidc.details.asked import DIRECTORY, FEE, MANDATE, RECORD, SIGNATURE, TYPES, text

GOOD = (DIRECTORY / "payment_of_fee.toml").read_text("utf-8")


def test_the_examples_are_good_and_named_as_their_files() -> None:
    assert {file.stem for file in DIRECTORY.glob("*.toml")} == set(TYPES)
    assert {name for name, one in TYPES.items() if one.one_time} == {"payment_of_fee", "document_signature"}


def test_without_a_folder_there_are_none(tmp_path: Path) -> None:
    assert load(None) == {}
    with pytest.raises(SettingsWrong, match="authorization_details_directory"):
        load(tmp_path / "nowhere")


@pytest.mark.parametrize(
    ("replaced", "by", "says"),
    [
        ('type = "payment_of_fee"', 'type = "https://a b"', "type"),
        ('type = "payment_of_fee"', 'type = "p110105194912310021"', "type"),
        ("one_time = true", "", "one_time"),
        ("one_time = true", "one_time = true\nextra = 1", "extra"),
        ("minimum_level = 3", "minimum_level = 5", "minimum_level"),
        ('locations = ["urn:yitong:sandbox:fees"]', "locations = []", "locations"),
        ('locations = ["urn:yitong:sandbox:fees"]', 'locations = ["ftp://a.example"]', "locations"),
        ('zh-Hant = "繳納費用"', "", "title"),
        ('en = "Pay a fee"', 'en = "Pay \\u202Ea fee"', "title"),
        ("Pay {amount} to {payee} for “{fee}”", "Pay {amount} for “{fee}”", "sentence.en"),
        (
            "Pay {amount} to {payee} for “{fee}”",
            "Pay {amount} to {payee} for “{fee}” by {due}",
            "sentence.en",
        ),
        ("[fields.due]", "[fields.locations]", "locations"),
        ("[fields.due]", '[fields."no name"]', "not for a field"),
        ('kind = "date"', 'kind = "date"\nnot_before = "payee"', "not_before"),
        ('kind = "date"', 'kind = "moment"', "fields.due"),
        ("characters_at_most = 60", "characters_at_most = 6000", "characters_at_most"),
        ('currencies = ["CNY"]', "currencies = []", "currencies"),
        ("[title]", "[title", "payment_of_fee"),
    ],
)
def test_a_mistake_stops_the_start_and_is_named(tmp_path: Path, replaced: str, by: str, says: str) -> None:
    assert replaced in GOOD
    (tmp_path / "payment_of_fee.toml").write_text(GOOD.replace(replaced, by, 1), "utf-8")
    with pytest.raises(SettingsWrong, match=re.escape(says)):
        load(tmp_path)


def test_two_files_cannot_have_one_type(tmp_path: Path) -> None:
    for name in ("a.toml", "b.toml"):
        (tmp_path / name).write_text(GOOD, "utf-8")
    with pytest.raises(SettingsWrong, match="another file"):
        load(tmp_path)


@pytest.mark.parametrize("locale", TAGS)
@pytest.mark.parametrize(
    "detail", [FEE | {"due": "2026-12-01", "notice_number": "X-1"}, RECORD, SIGNATURE, MANDATE]
)
def test_everything_that_is_asked_is_said(locale: str, detail: dict[str, object]) -> None:
    (found,) = read(text(detail), TYPES, TYPES.keys())
    shown = described(found, locale)
    labels = tomllib.loads((DIRECTORY / f"{detail['type']}.toml").read_text("utf-8"))
    assert shown.title == labels["title"][locale]
    values = [part.text for part in shown.sentence if part.is_value] + [value for _, value in shown.more]
    assert len(values) == len(found.values)
    for name, field in found.type.fields.items():
        if name in found.values:
            assert field.shown(found.values[name], locale) in values


def test_a_value_cannot_pass_for_a_part_of_the_sentence() -> None:
    (found,) = read(text(FEE | {"payee": "{amount} a{b}"}), TYPES, TYPES.keys())
    parts = described(found, "en").sentence
    assert [part.text for part in parts if part.is_value][1] == "{amount} a{b}"
    assert "".join(part.text for part in parts).startswith(
        "Pay 123.50 CNY (Chinese Yuan) to {amount} a{b} for"
    )


def test_the_sandbox_serves_what_the_examples_are_for() -> None:
    manifests = [
        tomllib.loads(file.read_text("utf-8")) for file in (ROOT / "clients/manifests").glob("*.toml")
    ]
    served = {uri for one in manifests for uri in one.get("resource_uris", ())}
    assert served >= {uri for one in TYPES.values() for uri in one.locations}
    assert {name for one in manifests for name in one.get("authorization_details_types", ())} == set(TYPES)
