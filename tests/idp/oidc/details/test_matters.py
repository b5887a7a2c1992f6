"""Types that ask for a mandate: in which matter, and maybe for which organisation."""

import re
from pathlib import Path
from typing import Any

import pytest

from idp.locales.catalogues import TAGS
from idp.oidc.details.reading import DetailsRefused, matters_of, organisation_of, read
from idp.oidc.details.types import DetailsTypes, load
from idp.oidc.details.words import described
from idp.settings import SettingsWrong
from tests.idp.oidc.details.asked import text

NAMED = {"tax": dict.fromkeys(TAGS, "Tax returns"), "permits": dict.fromkeys(TAGS, "Permits")}
GOOD = """
type = "mandate"
locations = []
minimum_level = 2
one_time = false
title = { zh-CN = "a", zh-Hant = "a", en = "Act for somebody" }
sentence = { zh-CN = "{matter}", zh-Hant = "{matter}", en = "Act in {matter}" }
[fields.matter]
kind = "matter"
required = true
title = { zh-CN = "a", zh-Hant = "a", en = "Matter" }
[fields.organisation]
kind = "organisation"
title = { zh-CN = "a", zh-Hant = "a", en = "Organisation" }
"""
CODE = "91000000YT00000112"


@pytest.fixture
def types(tmp_path: Path) -> DetailsTypes:
    (tmp_path / "mandate.toml").write_text(GOOD, "utf-8")
    return load(tmp_path, NAMED)


def mandate(matter: str = "tax", **more: Any) -> dict[str, Any]:
    return {"type": "mandate", "matter": matter, **more}


def test_a_matter_is_read_and_said_by_its_name(types: DetailsTypes) -> None:
    (found,) = read(text(mandate(organisation=CODE)), types, types.keys())
    assert (found.matter, found.organisation) == ("tax", CODE)
    assert found.to_json() == mandate(organisation=CODE)
    shown = described(found, "en")
    assert "".join(part.text for part in shown.sentence) == "Act in Tax returns"
    assert shown.more == (("Organisation", CODE),)


def test_several_matters_are_one_demand(types: DetailsTypes) -> None:
    found = read(text(mandate(organisation=CODE), mandate("permits")), types, types.keys())
    assert (matters_of(found), organisation_of(found)) == (("tax", "permits"), CODE)
    assert (matters_of(()), organisation_of(())) == ((), None)


def test_a_code_is_kept_in_one_way(types: DetailsTypes) -> None:
    typed = text(mandate(organisation=" 91000000 yt-00000112 "))
    assert read(typed, types, types.keys()) == read(text(mandate(organisation=CODE)), types, types.keys())


def test_it_counts_wherever_its_tokens_do(types: DetailsTypes) -> None:
    (found,) = read(text(mandate()), types, types.keys())
    assert found.at(()) == found.at(("urn:a",)) == found


@pytest.mark.parametrize(
    "asked",
    [
        [{"type": "mandate"}],
        [mandate("everything")],
        [mandate("")],
        [{"type": "mandate", "matter": ["tax"]}],
        [mandate(organisation="91000000YT00000113")],
        [mandate(organisation="")],
        [mandate(organisation=None)],
        [mandate(locations=["urn:a"])],
        [mandate(locations=[])],
        [mandate(organisation=CODE), mandate("permits", organisation="91000000MA0000012A")],
        [mandate(), mandate()],
    ],
)
def test_whatever_is_not_exactly_so_is_refused(types: DetailsTypes, asked: list[dict[str, Any]]) -> None:
    with pytest.raises(DetailsRefused):
        read(text(*asked), types, types.keys())


@pytest.mark.parametrize(
    ("replaced", "by", "says"),
    [
        ('kind = "matter"\nrequired = true', 'kind = "matter"', "no option"),
        ('kind = "matter"', 'kind = "matter"\ncodes = { a = {} }', "codes"),
        ('kind = "matter"', 'kind = "text"\ncharacters_at_most = 9', "goes with a matter"),
        (
            "[fields.organisation]\nkind = ",
            "[fields.organisation]\nkind = 'matter'\nrequired = true\n#",
            "at most",
        ),
    ],
)
def test_a_mistake_stops_the_start(tmp_path: Path, replaced: str, by: str, says: str) -> None:
    assert replaced in GOOD
    (tmp_path / "mandate.toml").write_text(GOOD.replace(replaced, by, 1), "utf-8")
    with pytest.raises(SettingsWrong, match=re.escape(says)):
        load(tmp_path, NAMED)


def test_without_matters_there_is_nothing_to_ask_for(tmp_path: Path) -> None:
    (tmp_path / "mandate.toml").write_text(GOOD, "utf-8")
    with pytest.raises(SettingsWrong, match=re.escape("fields.matter")):
        load(tmp_path)
