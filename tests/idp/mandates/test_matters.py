"""Matters are read strictly, and named by those whose business they are."""

from pathlib import Path

import pytest

from idp.mandates import matters
from idp.mandates.matters import UnknownMatters
from idp.settings import ROOT, SettingsWrong

GOOD = """
code = "permits"
of = ["organisation"]
[names]
zh-CN = "行政许可"
zh-Hant = "行政許可"
en = "Permits"
"""


def load(folder: Path, *files: str) -> matters.Matters:
    for number, text in enumerate(files):
        (folder / f"{number}.toml").write_text(text, "utf-8")
    return matters.load(folder)


def test_our_own_can_be_read() -> None:
    found = matters.load(ROOT / "config" / "matters")
    assert matters.of_party(found, "organisation")
    assert matters.of_party(found, "person")
    assert matters.labels(found)["tax_filing"]["zh-CN"] == "纳税申报"


def test_without_a_folder_there_are_none() -> None:
    assert matters.load(None) == {}


def test_those_named_come_in_order_and_once(tmp_path: Path) -> None:
    found = load(tmp_path, GOOD, GOOD.replace("permits", "invoices"))
    assert matters.chosen(found, "organisation", ["permits", "invoices", "permits"]) == [
        "invoices",
        "permits",
    ]
    assert matters.chosen(found, "organisation", []) == []
    for party, codes in (
        ("person", ["permits"]),
        ("organisation", ["unknown"]),
        ("organisation", ["x"] * 21),
    ):
        with pytest.raises(UnknownMatters):
            matters.chosen(found, party, codes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (("permits", "Permits"), "code"),
        (("permits", "p" * 41), "code"),
        (('["organisation"]', "[]"), "of"),
        (('["organisation"]', '["anybody"]'), "of"),
        (('en = "Permits"', ""), "needs a text for each"),
        (('en = "Permits"', 'en = "Per\\u202emits"'), "characters that show"),
        (('en = "Permits"', 'en = " Permits"'), "characters that show"),
        (('en = "Permits"', f'en = "{"P" * 61}"'), "characters that show"),
        (("code", "kode"), "kode"),
        (("code =", "code"), "0.toml"),
    ],
)
def test_what_is_wrong_with_one_stops_the_start(tmp_path: Path, change: tuple[str, str], says: str) -> None:
    with pytest.raises(SettingsWrong, match=says):
        load(tmp_path, GOOD.replace(*change, 1))


def test_two_of_one_code_stop_the_start(tmp_path: Path) -> None:
    with pytest.raises(SettingsWrong, match="another file"):
        load(tmp_path, GOOD, GOOD)


def test_a_folder_that_is_not_there_stops_the_start(tmp_path: Path) -> None:
    with pytest.raises(SettingsWrong, match="is not there"):
        matters.load(tmp_path / "none")
