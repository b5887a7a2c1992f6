"""What goes to a client that registered encryption: signed, then encrypted, and opened by nobody else."""

import json
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from joserfc.errors import JoseError
from joserfc.jwk import Key

from idp import sessions
from idp.oidc.authorize.addressing import Shown
from idp.oidc.clients.cache import SECONDS
from idp.oidc.clients.credentials.jwks import KEPT, ClientKeys
from idp.oidc.endpoints import served
from idp.oidc.hints import HintRefused, read_hint
from idp.oidc.http import Response
from idp.oidc.logout.back_channel import EVENT
from tests.contracts.advertised.moves import change, part_of, tokens
from tests.idp.oidc.clients.signing import jwks_of
from tests.idp.oidc.decrypting import decrypting_key, opened, proved
from tests.idp.oidc.logout.clients import Told
from tests.idp.oidc.registration.registering import FAIR
from tests.idp.oidc.registration.registering import opened as opened_desk
from tests.idp.oidc.world import HALL, SECRETS, TAX, World, basic, fields_of, location_of, path_of

KEY, OTHER = decrypting_key(), decrypting_key("RSA-OAEP-256")
URI = "https://hall.example/jwks"
ID_TOKEN = {"id_token_encrypted_response_alg": "ECDH-ES"}
USERINFO = {"userinfo_encrypted_response_alg": "ECDH-ES"}


def register(world: World, client_id: str = HALL, *keys: Key, **fields: Any) -> None:
    world.clock.advance(SECONDS + 1)
    change(world, client_id, jwks=jwks_of(*(keys or (KEY,))), **fields)


def error_of(response: Response) -> str:
    found: str = json.loads(response.body)["error"]
    return found


def test_an_id_token_is_signed_and_then_encrypted(world: World) -> None:
    """OpenID Connect Core 1.0 sections 2 and 10.2."""
    register(world, **ID_TOKEN)
    world.sign_in()
    given = tokens(world)
    header, inner = opened(given["id_token"], KEY)
    assert (header["enc"], header["cty"], header["kid"]) == ("A128CBC-HS256", "JWT", KEY.kid)
    signature, claims = proved(world, inner)
    assert (signature["typ"], claims["aud"], claims["nonce"]) == ("JWT", HALL, "the-nonce")
    # The access token is not for the client to read, but for us: it stays what it was.
    assert world.userinfo(given["access_token"]).status == 200


def test_the_decrypted_id_token_is_a_hint(world: World) -> None:
    """OpenID Connect Core 1.0 section 3.1.2.1: the client sends the signed one that was inside."""
    register(world, **ID_TOKEN)
    world.sign_in()
    given = tokens(world)["id_token"]
    inner = opened(given, KEY)[1]
    answer = world.authorize(id_token_hint=inner, prompt="none")
    assert "code" in fields_of(answer)
    # What the client does wrong is there to be looked up.
    assert fields_of(world.authorize(id_token_hint=given, prompt="none"))["error"] == "invalid_request"
    with pytest.raises(HintRefused, match="the signed id_token inside"):
        read_hint(world.provider.keys.current(), given, world.provider.issuer, HALL)


def test_a_refreshed_id_token_is_encrypted_too(world: World) -> None:
    register(world, **ID_TOKEN)
    world.sign_in()
    first = tokens(world, scope="openid offline_access")
    form = {"grant_type": "refresh_token", "refresh_token": first["refresh_token"]}
    again = world.post("/oauth2/token", form, authorization=basic(HALL, SECRETS[HALL]))
    assert proved(world, opened(json.loads(again.body)["id_token"], KEY)[1])[1]["aud"] == HALL


@pytest.mark.parametrize("algorithm", ["ES256", "RS256", "PS256", "EdDSA"])
def test_userinfo_is_signed(world: World, algorithm: str) -> None:
    """OpenID Connect Core 1.0 section 5.3.2: iss and aud, and its media type."""
    register(world, userinfo_signed_response_alg=algorithm)
    world.sign_in()
    answer = world.userinfo(tokens(world)["access_token"])
    headers = dict(answer.headers)
    assert (answer.status, headers["Content-Type"]) == (200, "application/jwt")
    assert headers["Cache-Control"] == "no-store"
    header, claims = proved(world, answer.body.decode(), algorithm)
    assert header.keys() == {"alg", "kid"}
    assert (claims["iss"], claims["aud"]) == (world.provider.issuer, HALL)
    assert {"sub", "name"} <= claims.keys()
    # An id_token ends; this says what is so now.
    assert "exp" not in claims


def test_userinfo_is_signed_and_encrypted(world: World) -> None:
    register(world, userinfo_signed_response_alg="ES256", **USERINFO)
    world.sign_in()
    answer = world.userinfo(tokens(world)["access_token"])
    assert dict(answer.headers)["Content-Type"] == "application/jwt"
    header, inner = opened(answer.body.decode(), KEY)
    assert header["cty"] == "JWT"
    assert proved(world, inner)[1]["aud"] == HALL


def test_userinfo_is_encrypted_alone(world: World) -> None:
    """OpenID Connect Core 1.0 section 5.3.2: it may be, without a signature."""
    register(world, **USERINFO, userinfo_encrypted_response_enc="A256GCM")
    world.sign_in()
    answer = world.userinfo(tokens(world)["access_token"])
    assert dict(answer.headers)["Content-Type"] == "application/jwt"
    header, text = opened(answer.body.decode(), KEY)
    assert (header["enc"], "cty" in header) == ("A256GCM", False)
    assert json.loads(text).keys() == {"sub", "name", "given_name", "family_name"} or "sub" in json.loads(
        text
    )


def test_attack_signed_userinfo_is_sent_as_a_hint(world: World) -> None:
    """RFC 8725 section 3.12: one kind of token never passes for another."""
    register(world, userinfo_signed_response_alg="ES256")
    world.sign_in()
    answer = world.userinfo(tokens(world)["access_token"])
    refused = world.authorize(id_token_hint=answer.body.decode(), prompt="none")
    assert fields_of(refused)["error"] == "invalid_request"


@pytest.mark.parametrize("mode", ["jwt", "fragment.jwt"])
def test_an_answer_of_the_authorization_endpoint_is_encrypted(world: World, mode: str) -> None:
    """JARM sections 2.2 and 3."""
    register(world, authorization_encrypted_response_alg="ECDH-ES", authorization_signed_response_alg="ES256")
    world.sign_in()
    world.code()
    for more in ({}, {"scope": "profile"}):
        answer = world.authorize(response_mode=mode, prompt="none", **more)
        parts = urlsplit(location_of(answer))
        given = parse_qs(parts.fragment or parts.query)
        assert set(given) == {"response"}
        claims = proved(world, opened(given["response"][0], KEY)[1])[1]
        assert (claims["aud"], claims["state"]) == (HALL, "the-state")
        assert ("code" in claims) != ("error" in claims)
    # What is not asked for as a JWT is none.
    assert "code" in fields_of(world.authorize(prompt="none"))


def test_a_logout_token_is_encrypted_as_the_id_token_is(world: World) -> None:
    """OpenID Connect Back-Channel Logout 1.0 section 2.4."""
    register(world, backchannel_logout_uri="https://hall.example/told", **ID_TOKEN)
    told = Told(world)
    session_id = world.sign_in()
    world.code()
    with world.provider.sessions.begin() as session:
        sessions.end(session, session_id, world.clock())
    told.drain()
    ((_, token),) = told.posts
    header, claims = proved(world, opened(token, KEY)[1])
    assert header["typ"] == "logout+jwt"
    assert claims["events"] == {EVENT: {}}


class Hall:
    """The client's server, which gives its keys."""

    def __init__(self, world: World, *keys: Key, **fields: Any) -> None:
        self.keys: tuple[Key, ...] = keys
        self.asked = 0
        change(world, HALL, jwks_uri=URI, **fields)
        world.provider = replace(world.provider, client_keys=ClientKeys(self.fetch, world.clock))
        world.endpoints = served.table(world.provider)

    def fetch(self, uri: str) -> bytes:
        assert uri == URI
        self.asked += 1
        return json.dumps(jwks_of(*self.keys)).encode()


def test_keys_behind_an_address_are_fetched_and_followed(world: World) -> None:
    """OpenID Connect Core 1.0 section 10.2.1: a client rotates by publishing another key."""
    hall = Hall(world, KEY, **ID_TOKEN)
    world.sign_in()
    assert opened(tokens(world)["id_token"], KEY)[0]["kid"] == KEY.kid
    tokens(world)
    assert hall.asked == 1
    newer = decrypting_key(kid="newer")
    hall.keys = (newer,)
    world.clock.advance(KEPT.total_seconds() + 1)
    assert opened(tokens(world)["id_token"], newer)[0]["kid"] == "newer"


def test_without_a_key_that_fits_nothing_goes_out_in_plain(world: World) -> None:
    """And the developer is told why, under a reference."""
    hall = Hall(world, OTHER, **ID_TOKEN, **USERINFO)
    world.sign_in()
    refused = world.token(world.code())
    assert (refused.status, error_of(refused)) == (400, "invalid_client_metadata")
    assert "(reference " in json.loads(refused.body)["error_description"]
    hall.keys = (KEY, OTHER)
    world.clock.advance(60)
    tokens(world)
    world.clock.advance(400)
    access_token = tokens(world)["access_token"]
    world.clock.advance(KEPT.total_seconds() - 400)
    hall.keys = (OTHER,)
    before = len(world.events("claims_released"))
    answer = world.userinfo(access_token)
    assert answer.status == 400
    assert 'error="invalid_client_metadata"' in dict(answer.headers)["WWW-Authenticate"]
    assert len(world.events("claims_released")) == before


def test_an_answer_without_a_key_is_shown_to_the_person_and_sent_to_nobody(world: World) -> None:
    Hall(world, OTHER, authorization_encrypted_response_alg="ECDH-ES")
    world.sign_in()
    response = world.authorize()
    if path_of(response) == "/consent":
        world.agree(response)
    for more in ({}, {"scope": "profile"}):
        with pytest.raises(Shown) as shown:
            world.authorize(response_mode="jwt", prompt="none", **more)
        assert shown.value.error.error == "invalid_client_metadata"


def test_a_logout_token_without_a_key_waits(world: World) -> None:
    hall = Hall(world, OTHER, backchannel_logout_uri="https://hall.example/told", **ID_TOKEN)
    told = Told(world)
    session_id = world.sign_in()
    world.code()
    with world.provider.sessions.begin() as session:
        sessions.end(session, session_id, world.clock())
    told.drain()
    assert told.posts == []
    hall.keys = (KEY,)
    world.clock.advance(600)
    told.drain()
    assert len(told.posts) == 1


def test_attack_the_token_of_another_client_is_opened(world: World) -> None:
    register(world, **ID_TOKEN)
    register(world, TAX, OTHER, minimum_level=1, id_token_encrypted_response_alg="RSA-OAEP-256")
    world.sign_in()
    mine, theirs = tokens(world)["id_token"], tokens(world, TAX)["id_token"]
    assert part_of(mine, 0)["kid"] != part_of(theirs, 0)["kid"]
    for token, key in ((mine, OTHER), (theirs, KEY)):
        with pytest.raises((JoseError, ValueError)):
            opened(token, key)
    # And the one inside is of one client alone, whoever sends it.
    refused = world.authorize(id_token_hint=opened(theirs, OTHER)[1], prompt="none")
    assert fields_of(refused)["error"] == "invalid_request"


def test_a_client_that_registered_itself_gets_what_it_asked_for(world: World) -> None:
    """OpenID Connect Registration 1.0 sections 2 and 3.2: and it is told of the default."""
    asked = {"id_token_encrypted_response_alg": "ECDH-ES", "userinfo_signed_response_alg": "ES256"}
    desk = opened_desk(world)
    made = desk.made({**asked, "jwks": jwks_of(KEY)})
    assert {name: made[name] for name in asked} == asked
    assert made["id_token_encrypted_response_enc"] == "A128CBC-HS256"
    for wrong in (
        {"jwks": jwks_of(OTHER)},
        {},
        {"jwks": jwks_of(KEY), "userinfo_signed_response_alg": "none"},
        {"jwks": jwks_of(KEY), "id_token_encrypted_response_alg": "RSA1_5"},
    ):
        refused = desk.ask("POST", {**FAIR, **asked, **wrong})
        assert (refused.status, error_of(refused)) == (400, "invalid_client_metadata")
