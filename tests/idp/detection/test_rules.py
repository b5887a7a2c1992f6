"""A rule that cannot be understood, or that looks for what no event says, stops the start."""

import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from idp.audit.events import CATALOGUE
from idp.detection.document import document
from idp.detection.kinds import KINDS
from idp.detection.rules import load
from idp.settings import ROOT, SettingsWrong
from tests.idp.detection import (
    test_rules_of_cases,
    test_rules_of_clients_and_staff,
    test_rules_of_faces,
    test_rules_of_relays,
    test_rules_of_signing_in,
    test_rules_of_the_log,
)
from tests.idp.detection.conftest import SHIPPED

FOLDER = ROOT / "config" / "rules"
CHANGES: dict[str, Callable[[dict[str, Any]], object]] = {
    "an unknown key": lambda rule: rule.update(colour="red"),
    "an unknown kind": lambda rule: rule.update(kind="guess"),
    "an unknown parameter": lambda rule: rule["parameters"].update(colour="red"),
    "a parameter out of bounds": lambda rule: rule["parameters"].update(share=0.1),
    "an unknown event": lambda rule: rule["events"][0].update(name="signed_inn"),
    "an unknown field in a condition": lambda rule: rule["events"][0].update(where={"colour": ["red"]}),
    "an unknown field that must be there": lambda rule: rule["events"][0].update(present=["colour"]),
    "an unknown key of an event": lambda rule: rule["events"][0].update(wehre={}),
    "a condition that nothing meets": lambda rule: rule["events"][0].update(where={"method": []}),
    "an unknown role": lambda rule: rule["events"][0].update(role="then"),
    "no event that counts": lambda rule: [one.update(role="against") for one in rule["events"]],
    "a share without what speaks against": lambda rule: rule.update(events=rule["events"][:1]),
    "a key that no event has": lambda rule: rule.update(key="colour"),
    "a value that no event has": lambda rule: rule["parameters"].update(value="colour"),
    "a subject that no event has": lambda rule: rule.update(subject_field="colour"),
    "an unknown kind of subject": lambda rule: rule.update(subject_kind="planet"),
    "an unknown severity": lambda rule: rule.update(severity="huge"),
    "a language missing": lambda rule: rule["title"].pop("zh-Hant"),
    "a note missing": lambda rule: rule.pop("false_positives"),
    "a window without end": lambda rule: rule.update(window_seconds=10**9),
    "no threshold": lambda rule: rule.update(threshold=0),
    "a name that is no code": lambda rule: rule.update(name="Credential Stuffing"),
}


def written(folder: Path, rule: dict[str, Any]) -> Path:
    """As TOML: its inline tables are what we need of it."""
    (folder / "rule.toml").write_text(_table(rule), "utf-8")
    return folder


def _table(values: dict[str, Any]) -> str:
    return "\n".join(f"{_value(key)} = {_value(value)}" for key, value in values.items())


def _value(value: Any) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{_value(key)} = {_value(one)}" for key, one in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(map(_value, value)) + "]"
    return (
        str(value).lower()
        if isinstance(value, bool)
        else repr(value)
        if isinstance(value, int | float)
        else ('"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"')
    )


def shipped() -> dict[str, Any]:
    return tomllib.loads((FOLDER / "credential-stuffing.toml").read_text("utf-8"))


def test_what_was_not_changed_is_understood(tmp_path: Path) -> None:
    (rule,) = load(written(tmp_path, shipped()))
    assert rule == SHIPPED["credential-stuffing"]


@pytest.mark.parametrize("what", CHANGES)
def test_a_rule_is_refused_that_has(what: str, tmp_path: Path) -> None:
    rule = shipped()
    CHANGES[what](rule)
    with pytest.raises(SettingsWrong, match=r"rule\.toml"):
        load(written(tmp_path, rule))


def test_no_folder_no_rules() -> None:
    assert load(None) == ()


@pytest.mark.parametrize("name", SHIPPED)
def test_a_file_bears_its_rules_name_and_every_text(name: str) -> None:
    rule = SHIPPED[name]
    assert (FOLDER / f"{name}.toml").is_file()
    for texts in (rule.title, rule.why, rule.false_positives, rule.advice):
        assert len(set(texts.values())) == len(texts)
    assert rule.cool_down_seconds > 0
    assert "alert_raised" not in {event.name for event in rule.events}


def test_every_kind_is_used() -> None:
    assert {rule.kind for rule in SHIPPED.values()} == set(KINDS)


def test_events_that_rules_look_at_are_recorded() -> None:
    for rule in SHIPPED.values():
        assert all(event.name in CATALOGUE for event in rule.events)


def test_every_rule_is_tried() -> None:
    """By a test that names it."""
    tests = (
        test_rules_of_cases,
        test_rules_of_clients_and_staff,
        test_rules_of_faces,
        test_rules_of_relays,
        test_rules_of_signing_in,
        test_rules_of_the_log,
    )
    text = "".join(Path(str(module.__file__)).read_text("utf-8") for module in tests)
    assert [name for name in SHIPPED if f'"{name}"' not in text] == []


def test_the_document_is_what_the_rules_say() -> None:
    """After a change: `idp detection rules --document`."""
    assert (ROOT / "docs" / "detection-rules.md").read_text("utf-8") == document(tuple(SHIPPED.values()))
