"""Revocation and introspection: a client ends and asks after its own tokens, and nobody else's."""

import json
from typing import Any

import pytest
from sqlalchemy.orm import Session

from idp import sessions
from idp.audit.context import AuditContext
from idp.oidc import sharing
from idp.oidc.http import Request, Response
from tests.idp.oidc.token.test_refresh_tokens import SCOPE, begun, body, offline, refresh, refused
from tests.idp.oidc.world import HALL, SECRETS, SPA, TAX, World, basic, fields_of

__all__ = ["offline"]

REVOKE, INTROSPECT = "/oauth2/revoke", "/oauth2/introspect"


def ask(world: World, path: str, token: str | None, client_id: str = HALL, **more: str) -> Response:
    values = {"token": token, **more}
    if client_id in SECRETS:
        return world.post(path, values, authorization=basic(client_id, SECRETS[client_id]))
    return world.post(path, {**values, "client_id": client_id})


def said(world: World, token: str, client_id: str = HALL) -> dict[str, Any]:
    response = ask(world, INTROSPECT, token, client_id)
    assert response.status == 200
    assert ("Cache-Control", "no-store") in response.headers
    return body(response)


@pytest.mark.parametrize("kind", ["access_token", "refresh_token"])
@pytest.mark.parametrize("hint", ["access_token", "refresh_token", "made_up"])
def test_either_token_ends_the_whole_grant(world: World, kind: str, hint: str) -> None:
    """RFC 7009 section 2.1, and a wrong hint does not matter."""
    tokens = begun(world)
    assert ask(world, REVOKE, tokens[kind], token_type_hint=hint).status == 200
    assert world.userinfo(tokens["access_token"]).status == 401
    assert refused(refresh(world, tokens["refresh_token"])) == "invalid_grant"
    assert said(world, tokens["access_token"]) == said(world, tokens["refresh_token"]) == {"active": False}
    assert [json.loads(e.payload)["reason"] for e in world.events("grant_ended")] == ["revoked-by-client"]


def test_revoking_again_and_revoking_nothing_are_good(world: World) -> None:
    tokens = begun(world)
    given = tokens["access_token"], tokens["refresh_token"]
    for token in (*given, *given, "rubbish", "a.b.c"):
        response = ask(world, REVOKE, token)
        assert (response.status, response.body) == (200, b"")
    assert len(world.events("grant_ended")) == 1


@pytest.mark.parametrize("kind", ["access_token", "refresh_token"])
def test_another_clients_token_is_refused_and_lives_on(world: World, kind: str) -> None:
    tokens = begun(world)
    assert refused(ask(world, REVOKE, tokens[kind], TAX)) == "invalid_request"
    assert refused(ask(world, REVOKE, tokens[kind], SPA)) == "invalid_request"
    assert world.userinfo(tokens["access_token"]).status == 200


def test_a_public_client_may_revoke_and_may_not_introspect(world: World) -> None:
    tokens = begun(world, SPA)
    response = ask(world, INTROSPECT, tokens["access_token"], SPA)
    # RFC 9701 section 5: 400 for who does not authenticate at all.
    assert (response.status, body(response)["error"]) == (400, "invalid_client")
    assert ask(world, REVOKE, tokens["access_token"], SPA).status == 200
    assert world.userinfo(tokens["access_token"]).status == 401


@pytest.mark.parametrize("path", [REVOKE, INTROSPECT])
def test_who_asks_must_prove_who_they_are(world: World, path: str) -> None:
    tokens = begun(world)
    wrong = world.post(path, {"token": tokens["access_token"]}, authorization=basic(HALL, "wrong"))
    assert (wrong.status, body(wrong)["error"]) == (401, "invalid_client")
    nobody = world.post(path, {"token": tokens["access_token"]})
    assert nobody.status == (400 if path == INTROSPECT else 401)
    missing = ask(world, path, None)
    assert refused(missing) == "invalid_request"
    get = world.endpoints[path](Request("GET", path))
    assert get.status == 405


def test_an_access_token_says_what_it_is(world: World) -> None:
    tokens = begun(world)
    told = said(world, tokens["access_token"])
    # RFC 7662 section 2.2, RFC 9470 section 6.2
    assert told["active"] is True
    assert told["token_type"] == "Bearer"
    assert told["scope"] == SCOPE
    assert told["client_id"] == HALL
    assert told["iss"] == world.provider.issuer
    assert told["exp"] - told["iat"] == world.provider.protocol.access_token_seconds
    assert told["acr"] == "urn:yitong:acr:2"
    assert {"sub", "aud", "jti", "auth_time"} <= told.keys()
    assert "grant" not in told


def test_a_refresh_token_says_what_it_is_without_an_end(world: World) -> None:
    tokens = begun(world)
    told = said(world, tokens["refresh_token"])
    assert told["active"] is True
    assert told["scope"] == SCOPE
    assert told["sub"] == said(world, tokens["access_token"])["sub"]
    assert "token_type" not in told


def test_what_is_of_another_client_or_no_token_says_nothing(world: World) -> None:
    tokens = begun(world)
    assert said(world, tokens["access_token"], TAX) == {"active": False}
    assert said(world, tokens["refresh_token"], TAX) == {"active": False}
    assert said(world, tokens["id_token"]) == {"active": False}
    assert said(world, "rubbish") == {"active": False}


def test_a_token_is_inactive_when_what_it_rests_on_has_ended(world: World) -> None:
    plain = body(world.token(world.code(HALL)))["access_token"]
    assert said(world, plain)["active"] is True
    with world.provider.sessions.begin() as session:
        sessions.end_all_of(session, world.person_id, world.clock())
    assert said(world, plain) == {"active": False}
    world.sign_in()
    offline_tokens = begun(world)
    with Session(world.engine) as session:
        sharing.withdraw(session, world.person_id, HALL, context=AuditContext(at=world.clock()))
        session.commit()
    for kind in ("access_token", "refresh_token"):
        assert said(world, offline_tokens[kind]) == {"active": False}


def test_an_expired_token_is_inactive(world: World) -> None:
    token = begun(world)["access_token"]
    world.clock.advance(world.provider.protocol.access_token_seconds)
    assert said(world, token) == {"active": False}


def test_a_replaced_refresh_token_still_ends_its_grant(world: World) -> None:
    first = begun(world, SPA)["refresh_token"]
    second = body(refresh(world, first, SPA))["refresh_token"]
    assert ask(world, REVOKE, first, SPA).status == 200
    assert refused(refresh(world, second, SPA)) == "invalid_grant"


def test_attack_a_server_is_told_of_a_scope_that_the_person_took_back(world: World) -> None:
    """What userinfo refuses, introspection does not vouch for."""
    scope = "openid profile phone"
    world.sign_in()
    answer = world.agree(world.authorize(scope=scope), chosen=("phone",))
    token = body(world.token(fields_of(answer)["code"]))["access_token"]
    assert said(world, token)["scope"] == scope
    world.clock.advance(1)
    world.agree(world.authorize(scope=scope, prompt="consent"))
    assert world.userinfo(token).status == 401
    assert said(world, token) == {"active": False}
