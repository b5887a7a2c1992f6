"""What the operator sees of sinks, and that settings which cannot work are refused."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from idp import settings
from idp.audit import AuditContext
from idp.audit.events.signing_in import SignInRefused
from idp.audit.streaming import SinkUnavailable
from idp.commands.audit import audit
from idp.commands.audit_sinks import open_deliveries
from idp.commands.database import migrate_to
from idp.commands.opening import opened
from idp.crypto import master_key
from idp.settings import SettingsWrong
from idp.storage.database import open_database
from tests.fakes import FakeClock
from tests.idp.audit.streaming.receivers import Receiver


@pytest.fixture
def provider(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    url = f"sqlite:///{tmp_path}/idp.db"
    (tmp_path / "master.json").write_text(master_key.generate(FakeClock().now, purpose="development"))
    for name, value in {
        "IDP_DATABASE__URL": url,
        "IDP_EPHEMERAL__URL": f"sqlite:///{tmp_path}/ephemeral.db",
        "IDP_SECRETS__FILE": str(tmp_path / "master.json"),
    }.items():
        monkeypatch.setenv(name, value)
    engine = open_database(url)
    migrate_to(engine)
    engine.dispose()


def sinks() -> str:
    result = CliRunner().invoke(audit, ["sinks"])
    assert result.exit_code == 0, result.output
    return result.output


@pytest.mark.usefixtures("provider")
def test_lag_and_failures_are_visible(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert sinks() == "the settings name no sink\n"
    receiver = Receiver(lambda _body: (503, b""))
    (tmp_path / "token").write_text("secret\n")
    for key, value in {
        "KIND": "http",
        "URL": f"{receiver.url}/in",
        "TOKEN_FILE": str(tmp_path / "token"),
        "HISTORY": "true",
        "LONGEST_WAIT_SECONDS": "1",
    }.items():
        monkeypatch.setenv(f"IDP_AUDIT__SINKS__HOOK__{key}", value)
    monkeypatch.setenv("IDP_OUTBOUND__ALLOW", receiver.url)
    try:
        with opened() as found:
            for _ in range(3):
                found.audit.append(SignInRefused("wrong-password", "pwd"), AuditContext(found.clock()))
            assert sinks().startswith("hook (http): nothing yet, 0 given, 3 behind, lag ")
            (delivery,) = open_deliveries(found, lambda: False)
            with pytest.raises(SinkUnavailable):
                delivery.round()
            assert sinks().endswith("(1 in a row): it answered 503\n")
            receiver.answer = lambda _body: (204, b"")
            delivery.longest_wait *= 0
            assert delivery.round() == 3
    finally:
        receiver.close()
    said = sinks()
    assert said.startswith("hook (http): place 0.3, 3 given, 0 behind, lag none, last failure ")
    assert said.endswith("(over): it answered 503\n")
    assert {headers["authorization"] for _, headers, _ in receiver.requests} == {"Bearer secret"}


@pytest.mark.parametrize(
    "wrong",
    [
        {"KIND": "smoke", "URL": "https://x.example"},
        {"KIND": "http", "URL": "syslog+tls://x.example"},
        {"KIND": "syslog", "URL": "https://x.example"},
        {"KIND": "kafka", "URL": "https://x.example"},
        {"KIND": "kafka", "URL": "https://x.example", "TOPIC": "a", "FORMAT": "cef"},
        {"KIND": "http", "URL": "https://x.example", "EVENTS_AT_ONCE": "100000"},
        {"KIND": "syslog", "URL": "syslog+tls://x.example", "KEY_FILE": "key.pem"},
    ],
)
def test_settings_that_cannot_work_are_refused(wrong: dict[str, str]) -> None:
    environment = {f"IDP_AUDIT__SINKS__SIEM__{key}": value for key, value in wrong.items()}
    with pytest.raises(SettingsWrong, match=r"audit\.sinks\.siem"):
        settings.load(environment)


@pytest.mark.parametrize(
    "wrong", [{"KIND": "s3", "ENDPOINT": "https://s3.example"}, {"KIND": "http", "URL": "https://x.example"}]
)
def test_anchors_that_cannot_work_are_refused(wrong: dict[str, str]) -> None:
    environment = {f"IDP_AUDIT__ANCHOR_PLACES__FAR__{key}": value for key, value in wrong.items()}
    with pytest.raises(SettingsWrong, match=r"audit\.anchor_places\.far"):
        settings.load(environment)
    taken = {"KIND": "syslog", "URL": "syslog+tls://x.example"}
    with pytest.raises(SettingsWrong, match="names of others"):
        settings.load({f"IDP_AUDIT__ANCHOR_PLACES__FILE__{key}": value for key, value in taken.items()})
