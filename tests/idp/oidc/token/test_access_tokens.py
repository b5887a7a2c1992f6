"""Opaque access tokens: nothing to read, and good wherever the others are."""

import json
from typing import Any

import pytest

from idp.oidc.clients.metadata import MetadataRefused, read
from tests.idp.oidc.token.grants.test_client_credentials import GRANTS, ask, body, change, said
from tests.idp.oidc.world import HALL, SECRETS, TAX, World, basic


@pytest.fixture
def hidden(world: World) -> dict[str, Any]:
    """What a client gets that registered for opaque tokens."""
    change(world, HALL, access_token_format="opaque", grant_types=GRANTS)
    world.sign_in()
    return body(world.token(world.code(scope="openid profile offline_access")))


def test_it_says_nothing_and_opens_what_it_should(world: World, hidden: dict[str, Any]) -> None:
    token = hidden["access_token"]
    assert "." not in token
    assert json.loads(world.userinfo(token).body)["name"]
    assert said(world, token, HALL)["scope"] == "openid profile offline_access"
    assert said(world, token, TAX) == {"active": False}


def test_the_store_keeps_no_token(world: World, hidden: dict[str, Any]) -> None:
    kept = vars(world.provider.store)["_entries"]
    assert not any(
        hidden["access_token"] in key or hidden["access_token"].encode() in value[0]
        for key, value in kept.items()
    )


def test_it_ends_with_its_time(world: World, hidden: dict[str, Any]) -> None:
    world.clock.advance(599)
    assert world.userinfo(hidden["access_token"]).status == 200
    world.clock.advance(1)
    assert world.userinfo(hidden["access_token"]).status == 401
    assert said(world, hidden["access_token"], HALL) == {"active": False}


@pytest.mark.parametrize("kind", ["access_token", "refresh_token"])
def test_it_ends_with_its_grant(world: World, hidden: dict[str, Any], kind: str) -> None:
    who = basic(HALL, SECRETS[HALL])
    assert world.post("/oauth2/revoke", {"token": hidden[kind]}, authorization=who).status == 200
    assert world.userinfo(hidden["access_token"]).status == 401
    assert said(world, hidden["access_token"], HALL) == {"active": False}


def test_one_of_a_client_alone_is_revoked_by_itself(world: World, hidden: dict[str, Any]) -> None:
    token = body(ask(world, HALL))["access_token"]
    assert said(world, token, HALL)["sub"] == HALL
    world.post("/oauth2/revoke", {"token": token}, authorization=basic(HALL, SECRETS[HALL]))
    assert said(world, token, HALL) == {"active": False}
    assert world.userinfo(hidden["access_token"]).status == 200


@pytest.mark.parametrize("text", ["x", "x" * 43, "", "é" * 43])
def test_rubbish_is_no_token(world: World, text: str) -> None:
    assert world.userinfo(text).status == 401


def test_the_format_is_one_of_two() -> None:
    fields = {"client_id": "a", "sector": "a.example", "client_name": "A"}
    with pytest.raises(MetadataRefused, match="access_token_format"):
        read({**fields, "redirect_uris": ["https://a.example/"], "access_token_format": "xml"})
