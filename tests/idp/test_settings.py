"""The program refuses to start wrong, and says why without showing a value."""

from pathlib import Path

import pytest

from idp import settings
from idp.settings import SettingsWrong

PRODUCTION = {
    "IDP_MODE": "production",
    "IDP_ISSUER": "https://id.example.gov.cn",
    "IDP_DATABASE__URL": "postgresql+psycopg://localhost/idp",
    "IDP_EPHEMERAL__URL": "redis://127.0.0.1:6379/0",
    "IDP_MESSAGES__URL": "https://sms.example.gov.cn",
}


def test_development_starts_with_no_environment_at_all() -> None:
    found = settings.load({})
    assert found.mode == "development"
    assert found.sandbox


def test_a_full_production_configuration_starts() -> None:
    found = settings.load(PRODUCTION)
    assert found.secure
    assert not found.sandbox


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"IDP_ISSUER": "http://id.example.gov.cn"}, "issuer"),
        ({"IDP_SANDBOX": "true"}, "sandbox"),
        ({"IDP_EPHEMERAL__URL": "memory://"}, "ephemeral.url"),
        ({"IDP_EPHEMERAL__URL": "sqlite:///x.db"}, "ephemeral.url"),
        ({"IDP_DATABASE__URL": "sqlite:///x.db"}, "database.url"),
        ({"IDP_MESSAGES__ADAPTER": "sandbox"}, "messages.adapter"),
    ],
)
def test_production_refuses_what_is_unsafe(changed: dict[str, str], said: str) -> None:
    with pytest.raises(SettingsWrong, match=said):
        settings.load({**PRODUCTION, **changed})


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("IDP_UNKNOWN", "1", "unknown"),
        ("IDP_SERVER__COLOUR", "red", "server.colour"),
        ("IDP_NO__SUCH__KEY", "1", "no"),
        ("IDP_SERVER__PORT", "70000", "server.port"),
        ("IDP_PROTOCOL__ACCESS_TOKEN_SECONDS", "86400", "protocol.access_token_seconds"),
        ("IDP_AUDIT__KEPT_DAYS", "179", "audit.kept_days"),
        ("IDP_AUDIT__FACE_EVENTS_KEPT_DAYS", "179", "audit.face_events_kept_days"),
        ("IDP_ISSUER", "http://localhost:8000/path", "issuer"),
        ("IDP_ISSUER", "ftp://localhost", "issuer"),
    ],
)
def test_a_wrong_or_unknown_key_is_named(name: str, value: str, said: str) -> None:
    with pytest.raises(SettingsWrong, match=said):
        settings.load({name: value})


def test_a_refusal_never_shows_the_value() -> None:
    with pytest.raises(SettingsWrong) as caught:
        settings.load({"IDP_SERVER__PORT": "hunter2", "IDP_SECRETS__PASSWORD": "hunter2"})
    assert "hunter2" not in str(caught.value)


def test_lists_in_the_environment_are_separated_by_commas() -> None:
    found = settings.load({"IDP_SERVER__TRUSTED_PROXIES": "127.0.0.1, 10.0.0.1"})
    assert found.server.trusted_proxies == ("127.0.0.1", "10.0.0.1")


def test_a_file_of_the_operator_is_read_last_but_for_the_environment(tmp_path: Path) -> None:
    file = tmp_path / "own.toml"
    file.write_text('issuer = "http://one.example"\n[server]\nport = 9000\n')
    found = settings.load({"IDP_CONFIG": str(file), "IDP_SERVER__PORT": "9001"})
    assert (found.issuer, found.server.port) == ("http://one.example", 9001)


def test_a_broken_or_missing_file_is_named(tmp_path: Path) -> None:
    broken = tmp_path / "broken.toml"
    broken.write_text("issuer = ")
    for file in (broken, tmp_path / "missing.toml"):
        with pytest.raises(SettingsWrong, match=file.name):
            settings.load({"IDP_CONFIG": str(file)})


def test_sqlite_files_lie_in_the_projects_folder_wherever_it_was_started() -> None:
    found = settings.load({})
    assert found.database_url("sqlite:///var/x.db") == f"sqlite:///{settings.ROOT}/var/x.db"
    assert found.database_url("sqlite:////tmp/x.db") == "sqlite:////tmp/x.db"
    assert found.database_url("postgresql://h/x") == "postgresql://h/x"
