"""Signed authentication requests (CIBA Core 1.0 section 7.1.1)."""

from collections.abc import Mapping
from typing import Any

import pytest
from joserfc.jwk import Key

from tests.idp.oidc.backchannel.desk import Desk, body_of, signed_request
from tests.idp.oidc.clients.signing import jwks_of, new_key
from tests.idp.oidc.world import HALL, World

SUB = "s" * 43
NOTHING_BESIDE = {"scope": None, "binding_message": None}


@pytest.fixture
def key() -> Key:
    return new_key()


@pytest.fixture
def desk(world: World, key: Key) -> Desk:
    alg = {"backchannel_authentication_request_signing_alg": "ES256", "jwks": jwks_of(key)}
    return Desk(world, fields=alg)


def ask(desk: Desk, text: str, **beside: str) -> Mapping[str, Any]:
    return body_of(desk.ask(**{**NOTHING_BESIDE, **beside}, request=text))


def test_what_stands_in_it_is_what_is_asked(world: World, desk: Desk, key: Key) -> None:
    sub = desk.sub()
    text = signed_request(world, key, HALL, login_hint=sub, requested_expiry=120, binding_message="77")
    assert ask(desk, text)["expires_in"] == 120
    assert desk.waiting()[0].details["binding_message"] == "77"


@pytest.mark.parametrize(
    "changes",
    [
        {"iss": "tax"},
        {"iss": None},
        {"aud": "https://other.example"},
        {"aud": None},
        {"exp": None},
        {"exp": 1},
        {"exp": True},
        {"exp": 10**30},
        {"iat": None},
        {"nbf": None},
        {"nbf": 10**11},
        {"nbf": 1},
        {"jti": None},
        {"jti": ""},
        {"jti": "j" * 300},
        {"jti": 7},
        {"sub": HALL},
        {"request": "a.b.c"},
        {"client_id": "tax"},
        {"requested_expiry": True},
        {"scope": 1.5},
    ],
)
def test_what_is_missing_or_wrong_refuses_it(
    world: World, desk: Desk, key: Key, changes: Mapping[str, Any]
) -> None:
    text = signed_request(world, key, HALL, **{"login_hint": SUB, **changes})
    assert ask(desk, text)["error"] == "invalid_request"


def test_several_audiences_with_ours_among_them_are_good(world: World, desk: Desk, key: Key) -> None:
    audiences = ["https://other.example", world.provider.issuer]
    assert "auth_req_id" in ask(desk, signed_request(world, key, HALL, login_hint=SUB, aud=audiences))


def test_attack_a_parameter_is_added_beside_the_signature(world: World, desk: Desk, key: Key) -> None:
    text = signed_request(world, key, HALL, login_hint=SUB)
    assert ask(desk, text, scope="openid phone")["error"] == "invalid_request"


def test_attack_a_signed_request_is_sent_again(world: World, desk: Desk, key: Key) -> None:
    text = signed_request(world, key, HALL, login_hint=SUB)
    assert "auth_req_id" in ask(desk, text)
    assert ask(desk, text)["error"] == "invalid_request"


def test_attack_the_signature_is_left_out_altogether(desk: Desk) -> None:
    assert body_of(desk.ask(login_hint=SUB))["error"] == "invalid_request"


def test_attack_another_key_another_algorithm_or_none(world: World, desk: Desk, key: Key) -> None:
    stranger = new_key()
    assert ask(desk, signed_request(world, stranger, HALL, login_hint=SUB))["error"] == "invalid_request"
    other = new_key("RS256")
    text = signed_request(world, other, HALL, algorithm="RS256", login_hint=SUB)
    assert ask(desk, text)["error"] == "invalid_request"
    fair = signed_request(world, key, HALL, login_hint=SUB)
    from idp.crypto.digests import base64url

    bare = base64url(b'{"alg":"none"}') + "." + fair.split(".")[1] + "."
    assert ask(desk, bare)["error"] == "invalid_request"
