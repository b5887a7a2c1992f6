"""RFC 9701: a resource server gets what a token says signed, for itself, and nobody else learns a thing."""

import json
from typing import Any

import pytest

from idp.oidc.clients.resources import claim
from idp.oidc.http import Response
from tests.contracts.advertised.moves import change, part_of, tokens
from tests.idp.oidc.clients.signing import jwks_of
from tests.idp.oidc.decrypting import decrypting_key, opened, proved
from tests.idp.oidc.world import HALL, SECRETS, SPA, TAX, World, basic

PATH = "/oauth2/introspect"
JWT = "application/token-introspection+jwt"
TAXES = "https://api.tax.example/"
KEY = decrypting_key()


@pytest.fixture(autouse=True)
def served(world: World) -> None:
    """The tax office serves a resource."""
    change(world, TAX, resource_uris=[TAXES], introspection_signed_response_alg="ES256")
    with world.provider.sessions.begin() as session:
        claim(session, TAX, [TAXES])
    world.sign_in()


def ask(world: World, token: str, client_id: str = TAX, accept: str = JWT) -> Response:
    who = basic(client_id, SECRETS[client_id])
    return world.post(PATH, {"token": token}, authorization=who, accept=accept)


def said(world: World, response: Response, *algorithms: str) -> dict[str, Any]:
    """What a resource server reads after it has checked what section 5 has it check."""
    assert (response.status, dict(response.headers)["Content-Type"]) == (200, JWT)
    header, claims = proved(world, response.body.decode(), *algorithms)
    assert header["typ"] == "token-introspection+jwt"
    assert (claims["iss"], claims["aud"]) == (world.provider.issuer, TAX)
    assert claims["iat"] == int(world.clock().timestamp())
    found: dict[str, Any] = claims["token_introspection"]
    return found


def for_taxes(world: World, **more: str) -> str:
    found: str = tokens(world, resource=TAXES, **more)["access_token"]
    return found


def test_who_asks_for_it_gets_what_the_plain_answer_says(world: World) -> None:
    token = for_taxes(world)
    plain = json.loads(ask(world, token, accept="application/json").body)
    assert plain["active"] is True
    for accept in (JWT, f"application/json;q=0.5, {JWT.upper()}; q=1"):
        response = ask(world, token, accept=accept)
        assert said(world, response) == plain
        assert dict(response.headers)["Cache-Control"] == "no-store"


@pytest.mark.parametrize("accept", ["", "*/*", "application/json", "application/jwt"])
def test_who_does_not_ask_gets_json(world: World, accept: str) -> None:
    response = ask(world, for_taxes(world), accept=accept)
    assert dict(response.headers)["Content-Type"] == "application/json"


def test_it_is_signed_as_registered(world: World) -> None:
    change(world, TAX, introspection_signed_response_alg="PS256")
    assert said(world, ask(world, for_taxes(world)), "PS256")["active"] is True


def test_an_inactive_token_is_inactive_and_nothing_else(world: World) -> None:
    """Section 5: it MUST NOT have other members."""
    token = for_taxes(world)
    world.post("/oauth2/revoke", {"token": token}, authorization=basic(HALL, SECRETS[HALL]))
    for one in (token, "rubbish", "a.b.c"):
        assert said(world, ask(world, one)) == {"active": False}


def test_attack_a_server_looks_into_tokens_that_are_not_meant_for_it(world: World) -> None:
    """Section 5: not even whether they are good, although a client is told so in JSON of its own tokens."""
    for_userinfo = tokens(world, scope="openid offline_access")
    refresh_token = for_userinfo["refresh_token"]
    for token in (for_userinfo["access_token"], refresh_token):
        assert said(world, ask(world, token)) == {"active": False}
    # A client that got a token is no resource server of it.
    mine = ask(world, for_taxes(world), HALL)
    claims = part_of(mine.body.decode(), 1)
    assert (claims["aud"], claims["token_introspection"]) == (HALL, {"active": False})


def test_attack_the_answer_is_used_as_an_access_token(world: World) -> None:
    """Section 8.1."""
    answer = ask(world, for_taxes(world)).body.decode()
    assert not {"sub", "exp", "scope", "client_id"} & part_of(answer, 1).keys()
    assert world.userinfo(answer).status == 401
    assert said(world, ask(world, answer)) == {"active": False}


def test_attack_nobody_asks(world: World) -> None:
    """Section 5: 400 for who does not authenticate, whatever the answer was to be; RFC 7662 section 2.3: 401
    for who fails."""
    token = for_taxes(world)
    assert world.post(PATH, {"token": token}, accept=JWT).status == 400
    assert world.post(PATH, {"token": token, "client_id": SPA}, accept=JWT).status == 400
    wrong = world.post(PATH, {"token": token}, authorization=basic(TAX, "wrong"), accept=JWT)
    assert (wrong.status, dict(wrong.headers)["Content-Type"]) == (401, "application/json")


def test_it_is_encrypted_as_registered(world: World) -> None:
    fields = {"introspection_encrypted_response_alg": "ECDH-ES", "jwks": jwks_of(KEY)}
    change(world, TAX, introspection_encrypted_response_enc="A256GCM", **fields)
    response = ask(world, for_taxes(world))
    header, inner = opened(response.body.decode(), KEY)
    assert (header["enc"], header["cty"]) == ("A256GCM", "JWT")
    assert said(world, Response(200, response.headers, inner.encode()))["active"] is True


def test_attack_a_header_is_left_out_to_get_it_in_plain(world: World) -> None:
    """Who stole a client's secret has not got its key."""
    change(world, TAX, introspection_encrypted_response_alg="ECDH-ES", jwks=jwks_of(KEY))
    response = ask(world, for_taxes(world), accept="application/json")
    assert dict(response.headers)["Content-Type"] == JWT
    assert opened(response.body.decode(), KEY)
