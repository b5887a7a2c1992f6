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
from idp.oidc.clients.models import ClientRecord
from idp.storage.base import Base
from idp.storage.database import open_database
from tests.idp.oidc.conftest import HALL, NOW, SPA, add_clients


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    text = master_key.generate(NOW, purpose="development")
    (tmp_path / "master.json").write_text(text)
    for name, value in {
        "IDP_DATABASE__URL": f"sqlite:///{tmp_path}/idp.db",
        "IDP_EPHEMERAL__URL": f"sqlite:///{tmp_path}/ephemeral.db",
        "IDP_SECRETS__FILE": str(tmp_path / "master.json"),
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


def test_a_renewed_secret_is_shown_once_and_the_old_one_ends(database: Engine) -> None:
    before = client(database).secret_mac
    result = run("secret", HALL)
    assert result.exit_code == 0
    secret = result.output.rpartition(": ")[2].strip()
    assert client(database).secret_mac not in {before, secret}
    assert events(database) == [(HALL, ["client_secret"])]


def test_a_renewed_secret_is_known_where_macs_are_made_with_it(database: Engine) -> None:
    with Session(database) as session, session.begin():
        record = session.get_one(ClientRecord, HALL)
        record.metadata_json = {**record.metadata_json, "token_endpoint_auth_method": "client_secret_jwt"}
    secret = run("secret", HALL).output.rpartition(": ")[2].strip()
    with opened() as found, Session(database) as session:
        sealed = session.get_one(ClientRecord, HALL).secret_sealed
        assert sealed is not None
        assert found.cipher.open_text(sealed, context=f"client.secret:{HALL}") == secret


def test_a_client_is_suspended_and_resumed(database: Engine) -> None:
    for command, status in (("suspend", "suspended"), ("resume", "active")):
        assert run(command, HALL).exit_code == 0
        assert client(database).status == status
    assert events(database) == [(HALL, ["status"])] * 2


@pytest.mark.parametrize("arguments", [("secret", SPA), ("secret", "nobody"), ("suspend", "nobody")])
def test_what_cannot_be_done_changes_nothing(database: Engine, arguments: tuple[str, ...]) -> None:
    assert run(*arguments).exit_code == 1
    assert events(database) == []
