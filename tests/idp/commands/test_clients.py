"""What an operator does to a registered client: every change is an event, a secret is shown once."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

import idp.models  # noqa: F401 - every table
from idp.audit.models import AuditEvent
from idp.commands.clients import clients
from idp.commands.opening import opened
from idp.crypto import master_key
from idp.oidc.clients.changes import history
from idp.oidc.clients.models import ClientRecord
from idp.storage.base import Base
from idp.storage.database import open_database
from tests.idp.oidc.clients.secret_rows import secrets_of
from tests.idp.oidc.conftest import HALL, NOW, SPA, TAX, add_clients


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    text = master_key.generate(NOW, purpose="development")
    (tmp_path / "master.json").write_text(text)
    for name, value in {
        "IDP_DATABASE__URL": f"sqlite:///{tmp_path}/idp.db",
        "IDP_EPHEMERAL__URL": f"sqlite:///{tmp_path}/ephemeral.db",
        "IDP_SECRETS__FILE": str(tmp_path / "master.json"),
        "IDP_PROTOCOL__REGISTRATION": "off",
    }.items():
        monkeypatch.setenv(name, value)
    engine = open_database(f"sqlite:///{tmp_path}/idp.db")
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        add_clients(session, master_key.parse(text))
        session.commit()
    yield engine
    engine.dispose()


def run(*arguments: str) -> Result:
    return CliRunner().invoke(clients, arguments)


def client(database: Engine, client_id: str = HALL) -> ClientRecord:
    with Session(database) as session:
        return session.get_one(ClientRecord, client_id)


def events(database: Engine) -> list[tuple[str | None, list[str]]]:
    with Session(database) as session:
        found = session.scalars(select(AuditEvent).where(AuditEvent.name == "client_changed"))
        return [(event.client_id, json.loads(event.payload)["changed"]) for event in found]


def test_a_new_secret_is_shown_once_and_the_old_one_goes_on_until_it_is_revoked(database: Engine) -> None:
    assert run("secret", "add", TAX, "--label", "a" * 61).exit_code == 1
    result = run("secret", "add", TAX, "--label", "second server", "--days", "90")
    assert result.exit_code == 0
    secret = result.output.rpartition(": ")[2].strip()
    listed = run("secret", "list", TAX).output
    assert secret not in listed
    first, second = listed.splitlines()
    assert "never expires" in first
    assert second.endswith("never used       second server")
    assert run("secret", "revoke", HALL, first.split()[0]).exit_code == 1
    revoked = run("secret", "revoke", TAX, first.split()[0])
    assert (revoked.exit_code, "within 2 seconds" in revoked.output) == (0, True)
    with Session(database) as session:
        [kept] = secrets_of(session, TAX)
        assert secret not in {kept.mac, kept.label}
        names = [one.name for one in session.scalars(select(AuditEvent).order_by(AuditEvent.id))]
        assert [one.changed for one in history.history(session, TAX)] == [("client_secret",)] * 2
    assert names == ["client_secret_made", "client_secret_revoked"]


def test_no_client_has_more_than_five_secrets(database: Engine) -> None:
    codes = [run("secret", "add", TAX).exit_code for _ in range(5)]
    assert codes == [0, 0, 0, 0, 1]


def test_a_renewed_secret_is_known_where_macs_are_made_with_it(database: Engine) -> None:
    with Session(database) as session, session.begin():
        record = session.get_one(ClientRecord, HALL)
        record.metadata_json = {**record.metadata_json, "token_endpoint_auth_method": "client_secret_jwt"}
    secret = run("secret", "add", HALL).output.rpartition(": ")[2].strip()
    with opened() as found, Session(database) as session:
        sealed = secrets_of(session, HALL)[-1].secret_sealed
        assert sealed is not None
        assert found.cipher.open_text(sealed, context=f"client.secret:{HALL}") == secret


def test_a_client_is_suspended_and_resumed(database: Engine) -> None:
    for command, status in (("suspend", "suspended"), ("resume", "active")):
        assert run(command, HALL).exit_code == 0
        assert client(database).status == status
    assert events(database) == [(HALL, ["status"])] * 2


@pytest.mark.parametrize(
    "arguments", [("secret", "add", SPA), ("secret", "add", "nobody"), ("suspend", "nobody")]
)
def test_what_cannot_be_done_changes_nothing(database: Engine, arguments: tuple[str, ...]) -> None:
    assert run(*arguments).exit_code == 1
    assert events(database) == []
