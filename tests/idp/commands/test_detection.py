"""`idp detection`: which rules there are, a rule tried on the log, and what was found."""

from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import Engine as Database

from idp.audit import AuditContext, AuditLog
from idp.audit.events.protocol import CodeReplayed
from idp.commands import detection
from idp.commands.settings import settings
from idp.detection.engine import Engine
from idp.detection.rounds import Detection
from idp.settings import ROOT, SettingsWrong
from idp.storage.ephemeral.memory import MemoryStore
from tests.fakes import FakeClock
from tests.idp.commands.test_audit_reading import (
    START,
    configuration,
    database,
    master_document,
    master_keys,
    prepared,
    told,
)
from tests.idp.detection.conftest import SHIPPED

__all__ = ["configuration", "database", "master_document", "master_keys", "prepared"]

RULE = "client-code-replay"


@pytest.fixture
def replayed(database: Database) -> Database:
    """With codes of one client that came twice."""
    log = AuditLog(database)
    for number in range(SHIPPED[RULE].threshold):
        context = AuditContext(START + timedelta(hours=3, minutes=number))
        log.append(CodeReplayed("hall", f"{number:043}"), context)
    log.close()
    return database


def run(*arguments: str) -> Result:
    return CliRunner().invoke(detection.detection, list(arguments))


def test_rules_are_listed_with_those_that_are_off() -> None:
    result = run("rules")
    assert result.exit_code == 0
    assert len(result.stdout.splitlines()) == len(SHIPPED)
    assert all(name in result.stdout for name in SHIPPED)


def test_the_document_is_written_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(detection, "DOCUMENT", tmp_path / "rules.md")
    assert run("rules", "--document").exit_code == 0
    assert (tmp_path / "rules.md").read_text("utf-8") == ROOT.joinpath("docs/detection-rules.md").read_text(
        "utf-8"
    )


def test_a_folder_that_cannot_be_understood_is_said(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "wrong.toml").write_text("colour = 'red'")
    monkeypatch.setenv("IDP_DETECTION__RULES_DIRECTORY", str(tmp_path))
    with pytest.raises(SettingsWrong, match=r"wrong\.toml"):
        CliRunner().invoke(detection.detection, ["rules"], catch_exceptions=False)
    with pytest.raises(SettingsWrong, match=r"wrong\.toml"):
        CliRunner().invoke(settings, ["check"], catch_exceptions=False)


def test_a_rule_is_tried_on_what_the_log_holds(replayed: Database) -> None:
    result = run("try", RULE)
    assert result.exit_code == 0, result.output
    assert "client hall 3 events" in result.stdout
    assert "1 findings of 1 subjects" in result.stdout
    (event,) = told(replayed, "rule_tried")
    assert (event["rule"], event["findings"]) == (RULE, 1)
    assert event["events"] >= 15


def test_a_span_without_it_finds_nothing(replayed: Database) -> None:
    result = run("try", RULE, "--to", "2026-11-22T09:00:00")
    assert "0 findings" in result.stdout


def test_trying_raises_no_alert(replayed: Database) -> None:
    run("try", RULE)
    assert run("alerts").stdout == ""
    assert not told(replayed, "alert_raised")


def test_an_unknown_rule_is_said(database: Database) -> None:
    result = run("try", "no-such-rule")
    assert result.exit_code == 1
    assert "no such rule" in result.output


def test_a_rule_that_lacks_what_it_needs_says_so(database: Database) -> None:
    result = run("try", "impossible-travel")
    assert ("needs places" in result.output) == bool(result.exit_code)


def test_alerts_are_listed(replayed: Database) -> None:
    clock = FakeClock(START + timedelta(hours=4))
    worker = Detection(replayed, MemoryStore(clock), clock, lambda: Engine(SHIPPED.values()), lambda *_: None)
    worker.round()
    (line,) = run("alerts", "--status", "open").stdout.splitlines()
    assert "client-code-replay client hall 3 events" in line
    assert run("alerts", "--status", "closed").stdout == ""
