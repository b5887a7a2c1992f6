"""A client reads, replaces and deletes its registration (RFC 7592)."""

import json
from typing import Any

import pytest

from idp.oidc.clients.models import ClientRecord, ClientStatus
from idp.oidc.sharing import Consent
from idp.oidc.token.offline_grants import OfflineGrant
from tests.idp.oidc.clients.secret_rows import secrets_of
from tests.idp.oidc.registration.registering import (
    Desk,
    body_of,
    count,
    replacement,
)
from tests.idp.oidc.world import basic


def test_a_client_reads_its_registration_without_its_secret(desk: Desk) -> None:
    client = desk.made()
    read = desk.manage(client, "GET")
    assert read.status == 200
    secret = {"client_secret", "client_secret_expires_at"}
    assert body_of(read) == {name: value for name, value in client.items() if name not in secret}
    assert dict(read.headers)["Cache-Control"] == "no-store"


def test_a_replacement_drops_what_it_leaves_out(desk: Desk) -> None:
    client = desk.made({"contacts": ["dev@app.example"], "default_max_age": 60})
    changed = desk.manage(client, "PUT", replacement(client, contacts=None, client_name="Snow tomorrow"))
    assert changed.status == 200, changed.body
    assert body_of(changed)["client_name"] == "Snow tomorrow"
    assert "contacts" not in body_of(changed)
    assert "client_secret" not in body_of(changed)
    found = desk.world.provider.clients.find(client["client_id"])
    assert found is not None
    assert found.metadata.contacts == ()
    assert found.metadata.default_max_age == 60
    [event] = desk.world.events("client_changed")
    assert json.loads(event.payload)["changed"] == ["client_name", "contacts"]


def test_a_replacement_that_changes_nothing_is_no_event(desk: Desk) -> None:
    client = desk.made()
    assert desk.manage(client, "PUT", replacement(client)).status == 200
    assert not desk.world.events("client_changed")


@pytest.mark.parametrize(
    "changes",
    [
        {"client_id": "another"},
        {"client_id": None},
        {"client_secret": "a secret of my own"},
        {"client_secret": 5},
        {"registration_access_token": "another"},
        {"client_secret_expires_at": 0},
    ],
)
def test_a_replacement_keeps_id_and_secret(desk: Desk, changes: dict[str, Any]) -> None:
    client = desk.made()
    refused = desk.manage(client, "PUT", replacement(client, **changes))
    assert refused.status == 400
    assert body_of(refused)["error"] == "invalid_client_metadata"


def test_who_turns_to_a_secret_gets_one_and_who_turns_away_loses_it(desk: Desk) -> None:
    client = desk.made({"token_endpoint_auth_method": "none"})
    turned = body_of(
        desk.manage(client, "PUT", replacement(client, token_endpoint_auth_method="client_secret_post"))
    )
    assert turned["client_secret"]
    desk.manage(client, "PUT", replacement(client))
    with desk.world.provider.sessions() as session:
        assert secrets_of(session, client["client_id"]) == []


def test_deleting_ends_everything_of_the_client(desk: Desk) -> None:
    client, world = desk.made(), desk.world
    world.sign_in()
    tokens = desk.signed_in(client, "openid profile offline_access")
    assert tokens["refresh_token"]
    assert world.userinfo(tokens["access_token"]).status == 200
    gone = desk.manage(client, "DELETE")
    assert (gone.status, gone.body) == (204, b"")
    assert world.userinfo(tokens["access_token"]).status == 401
    assert count(world, Consent) == count(world, OfflineGrant) == 0
    refreshed = world.post(
        "/oauth2/token",
        {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]},
        authorization=basic(client["client_id"], client["client_secret"]),
    )
    assert body_of(refreshed)["error"] == "invalid_client"
    # RFC 7592 section 2.1
    assert desk.manage(client, "GET").status == 401
    [event] = world.events("client_deleted")
    assert json.loads(event.payload) == {"reason": "by-itself", "consents": 1, "grants": 1}


def test_a_suspended_client_changes_nothing(desk: Desk) -> None:
    client = desk.made()
    with desk.world.provider.sessions.begin() as session:
        session.get_one(ClientRecord, client["client_id"]).status = ClientStatus.SUSPENDED
    for method in ("GET", "PUT", "DELETE"):
        assert desk.manage(client, method, replacement(client)).status == 403
