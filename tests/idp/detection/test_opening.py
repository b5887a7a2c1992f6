"""What the settings say of detection is what runs, and what is wrong in them stops the start."""

from pathlib import Path

import pytest

from idp.detection.findings import Severity
from idp.detection.opening import check, describe, open_detection, open_notices
from idp.outbound import Outbound
from idp.settings import Settings, SettingsWrong, load
from idp.storage.ephemeral.memory import MemoryStore
from tests.fakes import FakeClock
from tests.idp.people.conftest import NOW


def settings(**changes: object) -> Settings:
    found = load()
    return found.model_copy(update={"detection": found.detection.model_copy(update=changes)})


def notices(found: Settings) -> object:
    clock, sessions = FakeClock(NOW), None
    return open_notices(found, describe(found), sessions, Outbound(found.outbound), clock)  # type: ignore[arg-type]


def test_what_is_shipped_runs_without_places() -> None:
    described = describe(settings(places_file=None))
    assert len(described.rules) > 20
    assert described.engine().off == {"impossible-travel": "places"}


def test_a_sandbox_knows_its_places() -> None:
    assert not describe(settings(places_file=Path("config/sandbox-places.csv"))).engine().off


def test_without_a_folder_nobody_looks() -> None:
    described = describe(settings(rules_directory=None))
    assert described.engine().rules == ()


def test_gateways_and_devices_are_known() -> None:
    found = describe(settings(gateways=("203.0.113.0/24",), shared_devices=("d" * 43,))).surroundings
    assert found.addresses.read("203.0.113.9").is_shared
    assert found.shared_devices == {"d" * 43}


def test_a_webhook_needs_a_key(tmp_path: Path) -> None:
    for opens in (notices, check):
        with pytest.raises(SettingsWrong, match="webhook_key_file"):
            opens(settings(webhook_url="https://alarms.example/"))
    short = tmp_path / "short"
    short.write_text("short")
    with pytest.raises(SettingsWrong, match="webhook_key_file"):
        notices(settings(webhook_url="https://alarms.example/", webhook_key_file=short))


def test_ways_follow_from_addresses(tmp_path: Path) -> None:
    key = tmp_path / "key"
    key.write_text("k" * 24)
    found = settings(
        webhook_url="https://alarms.example/",
        webhook_key_file=key,
        syslog_url="syslog+tls://log.example",
        told_from="high",
    )
    detection = open_detection(
        found,
        describe(found),
        None,  # type: ignore[arg-type]
        MemoryStore(FakeClock(NOW)),
        FakeClock(NOW),
        lambda: False,
    )
    assert detection.tell.ways == ("alert-webhook", "alert-syslog")  # type: ignore[attr-defined]
    assert detection.tell.least is Severity.HIGH  # type: ignore[attr-defined]
    assert set(notices(found).handlers()) == {"alert-webhook", "alert-syslog"}  # type: ignore[attr-defined]


def test_a_certificate_that_is_not_there_stops_the_start() -> None:
    for opens in (notices, check):
        with pytest.raises(SettingsWrong, match="syslog"):
            opens(settings(syslog_url="syslog+tls://log.example", syslog_ca_file=Path("/nowhere/ca.pem")))


def test_what_would_begin_is_good() -> None:
    check(settings())
