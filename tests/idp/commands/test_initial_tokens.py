"""Tokens by which the operator lets somebody register, and taking a client away."""

import json

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from idp.audit.models import AuditEvent
from idp.crypto.digests import digest
from idp.oidc.clients.models import ClientRecord
from idp.oidc.registration.initial_tokens import InitialAccessToken
from tests.idp.commands.test_clients import database, run
from tests.idp.oidc.conftest import HALL

__all__ = ["database"]


def events(database: Engine, name: str) -> list[tuple[str | None, dict[str, object]]]:
    with Session(database) as session:
        found = session.scalars(select(AuditEvent).where(AuditEvent.name == name))
        return [(event.client_id, json.loads(event.payload)) for event in found]


def test_a_token_is_shown_once_listed_and_ended(database: Engine) -> None:
    made = run("token", "--uses", "3", "--days", "2")
    assert made.exit_code == 0, made.output
    first, second = made.output.splitlines()
    token_id, token = first.split(":")[0], first.rpartition(": ")[2]
    assert 'protocol.registration is "off"' in second
    with Session(database) as session:
        row = session.get_one(InitialAccessToken, token_id)
        assert (row.digest, row.uses_left) == (digest(token), 3)
    assert events(database, "initial_token_made") == [
        (None, {"initial_token_id": token_id, "uses": 3, "days": 2, "v": 2})
    ]
    listed = run("tokens")
    assert token_id in listed.output
    assert "3 left" in listed.output
    assert token not in listed.output
    assert run("end-token", token_id).exit_code == 0
    assert run("end-token", token_id).exit_code == 1
    assert run("tokens").output == ""
    assert events(database, "initial_token_ended") == [(None, {"initial_token_id": token_id, "v": 2})]


def test_a_token_has_bounds(database: Engine) -> None:
    assert run("token", "--uses", "0").exit_code == 2
    assert run("token", "--days", "366").exit_code == 2


def test_the_operator_takes_a_client_away(database: Engine) -> None:
    assert run("delete", HALL).exit_code == 1
    assert run("delete", HALL, "--yes").exit_code == 0
    with Session(database) as session:
        assert session.get(ClientRecord, HALL) is None
    assert events(database, "client_deleted") == [
        (HALL, {"reason": "by-the-operator", "consents": 0, "grants": 0})
    ]
    assert run("delete", HALL, "--yes").exit_code == 1
