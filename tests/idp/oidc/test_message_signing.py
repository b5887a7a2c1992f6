"""FAPI 2.0 Message Signing: what was asked and what was answered is signed, or nothing happens."""

import json
from dataclasses import replace
from typing import Any

import pytest

from idp.crypto.digests import from_base64url
from idp.oidc.authorize.addressing import Shown
from idp.oidc.clients.credentials.assertions import TYPE
from idp.oidc.clients.metadata import MetadataRefused, read
from idp.oidc.clients.profiles import PROFILES
from idp.oidc.http import Response
from tests.idp.oidc.authorize.asking import ASKED, KEY, NOTHING_BESIDE, change, request_object, signs
from tests.idp.oidc.clients.signing import claims_of, jwks_of, signed
from tests.idp.oidc.world import HALL, REDIRECT_URIS, World, fields_of, location_of, path_of

PROFILE = "fapi2-message-signing"
REGISTERED = {
    "profile": PROFILE,
    "token_endpoint_auth_method": "private_key_jwt",
    "id_token_signed_response_alg": "ES256",
    "authorization_signed_response_alg": "ES256",
}


@pytest.fixture
def bank(world: World) -> World:
    signs(world, **REGISTERED)
    world.sign_in()
    return world


def push(world: World, jwt: str | None, **beside: str) -> Response:
    proof = signed(KEY, claims_of(HALL, world.clock()))
    form = {"client_assertion_type": TYPE, "client_assertion": proof, **beside}
    return world.post("/oauth2/par", {**form, "request": jwt})


def signed_request(world: World, **changes: Any) -> str:
    return request_object(world, **{"response_mode": "jwt", **changes})


def error_of(response: Response) -> str:
    assert response.status == 400, response.body
    error: str = json.loads(response.body)["error"]
    return error


def claims_in(answer: Response) -> dict[str, Any]:
    assert location_of(answer).startswith(REDIRECT_URIS[HALL])
    fields = fields_of(answer)
    assert set(fields) == {"response"}
    found: dict[str, Any] = json.loads(from_base64url(fields["response"].split(".")[1]))
    return found


def test_a_signed_request_is_answered_by_a_signed_response(bank: World) -> None:
    """Sections 5.3.1 and 5.4.1."""
    pushed = push(bank, signed_request(bank, header={"typ": "oauth-authz-req+jwt"}))
    assert pushed.status == 201, pushed.body
    uri = json.loads(pushed.body)["request_uri"]
    answer = bank.authorize(**NOTHING_BESIDE, request_uri=uri)
    said = claims_in(bank.agree(answer))
    assert said["state"] == ASKED["state"]
    assert {"code", "iss", "aud", "exp"} <= said.keys()


def test_attack_what_is_not_signed_is_slipped_in_by_par(bank: World) -> None:
    """Section 5.3.1 (1): requires the use of signed request objects."""
    assert error_of(push(bank, None, **ASKED, response_mode="jwt")) == "invalid_request"
    header, payload, _ = signed_request(bank).split(".")
    assert error_of(push(bank, f"eyJhbGciOiJub25lIn0.{payload}.")) == "invalid_request_object"
    assert error_of(push(bank, f"{header}.{payload}.")) == "invalid_request_object"


def test_it_is_pushed_or_not_read(bank: World) -> None:
    for source in ({"request": signed_request(bank)}, {"request_uri": "https://hall.example/r.jwt"}):
        with pytest.raises(Shown):
            bank.authorize(**NOTHING_BESIDE, **source)
    with pytest.raises(Shown):
        bank.authorize(response_mode="jwt")


@pytest.mark.parametrize(
    "changes",
    [
        {"nbf": None},
        {"exp": None},
        {"aud": None},
        {"iss": None},
        {"aud": "https://elsewhere.example"},
        {"nbf": -3601, "exp": 60},
        {"nbf": 0, "exp": 3601},
        {"nbf": -3000, "exp": 601},
        {"nbf": 11, "exp": 60},
        {"nbf": -60, "exp": 0},
        {"exp": True},
    ],
)
def test_a_request_object_is_dated_and_for_us(bank: World, changes: dict[str, Any]) -> None:
    """Section 5.3.1 (2) to (4). Numbers are seconds from now."""
    now = int(bank.clock().timestamp())
    dated = {
        name: now + value if isinstance(value, int) and not isinstance(value, bool) else value
        for name, value in changes.items()
    }
    assert error_of(push(bank, signed_request(bank, **dated))) == "invalid_request_object"


def test_an_hour_is_enough(bank: World) -> None:
    now = int(bank.clock().timestamp())
    audience = [bank.provider.issuer, "https://elsewhere.example"]
    pushed = push(bank, signed_request(bank, nbf=now - 3599, exp=now + 1, aud=audience))
    assert pushed.status == 201, pushed.body


@pytest.mark.parametrize("mode", [None, "query", "fragment", "form_post"])
def test_attack_an_answer_without_a_signature_is_asked_for(bank: World, mode: str | None) -> None:
    """Section 5.4.1 (1)."""
    assert error_of(push(bank, signed_request(bank, response_mode=mode))) == "invalid_request"


@pytest.mark.parametrize("mode", ["jwt", "query.jwt", "fragment.jwt", "form_post.jwt"])
def test_each_signed_mode_is_good(bank: World, mode: str) -> None:
    assert push(bank, signed_request(bank, response_mode=mode)).status == 201


def test_attack_a_request_object_is_pushed_for_another_sign_in(bank: World) -> None:
    """What was pushed is answered once, and what was signed is good for its hour at most."""
    uri = json.loads(push(bank, signed_request(bank)).body)["request_uri"]
    claims_in(bank.agree(bank.authorize(**NOTHING_BESIDE, request_uri=uri)))
    with pytest.raises(Shown) as shown:
        bank.authorize(**NOTHING_BESIDE, request_uri=uri)
    assert shown.value.error.error == "invalid_request_uri"
    jwt = signed_request(bank)
    bank.clock.advance(61)
    assert error_of(push(bank, jwt)) == "invalid_request_object"


def test_attack_a_request_object_is_used_as_an_assertion_or_the_other_way_round(bank: World) -> None:
    """RFC 9101 section 10.8."""
    typed = {"typ": "oauth-authz-req+jwt"}
    both = signed_request(bank, header=typed, sub=HALL, jti="both")
    form = {"client_assertion_type": TYPE, "client_assertion": both, "request": signed_request(bank)}
    assert bank.post("/oauth2/par", form).status == 401
    assert error_of(push(bank, signed_request(bank, sub=HALL))) == "invalid_request_object"
    as_request = signed(KEY, claims_of(HALL, bank.clock()), typ="client-authentication+jwt")
    assert error_of(push(bank, as_request)) == "invalid_request_object"


def test_it_has_all_of_the_security_profile() -> None:
    security, signing = PROFILES["fapi2-security"], PROFILES[PROFILE]
    assert replace(signing, signs_requests=False, answers_are_signed=False) == security
    for rule in (signing.sender_constrained, signing.dpop_nonces, signing.pushes_always):
        assert rule


def test_one_part_alone_is_registered_with_the_security_profile(bank: World) -> None:
    """Its sections may be chosen apart: signed requests, or signed answers."""
    change(bank, profile="fapi2-security", require_signed_request_object=True)
    assert error_of(push(bank, None, **ASKED)) == "invalid_request"
    assert push(bank, request_object(bank)).status == 201
    change(bank, require_signed_request_object=None, response_modes=["jwt", "query.jwt"])
    assert error_of(push(bank, None, **ASKED)) == "invalid_request"
    assert error_of(push(bank, None, **ASKED, response_mode="fragment.jwt")) == "invalid_request"
    assert push(bank, None, **ASKED, response_mode="jwt").status == 201


def test_an_error_is_signed_too_where_answers_are(world: World) -> None:
    change(world, response_modes=["jwt"], authorization_signed_response_alg="ES256")
    for mode, scope in (("query", "openid"), (None, "openid"), ("jwt", "profile")):
        answer = world.authorize(response_mode=mode, scope=scope)
        assert claims_in(answer)["error"] in {"invalid_request", "invalid_scope"}
    assert path_of(world.authorize(response_mode="jwt")) == "/login"


@pytest.mark.parametrize(
    "fields",
    [
        {"jwks": None},
        {"authorization_signed_response_alg": "RS256"},
        {"id_token_signed_response_alg": "RS256"},
        {"request_object_signing_alg": "RS256"},
        {"token_endpoint_auth_method": "client_secret_jwt"},
        {"token_endpoint_auth_method": "client_secret_basic"},
        {"response_modes": ["query"]},
        {"response_modes": ["web_message"]},
        {"require_pkce": False},
    ],
)
def test_no_registration_takes_from_it(fields: dict[str, Any]) -> None:
    named = {"client_id": HALL, "sector": "hall.example", "client_name": "Hall", "jwks": jwks_of(KEY)}
    given = {**named, "redirect_uris": ["https://hall.example/callback"], **REGISTERED}
    read(given)
    with pytest.raises(MetadataRefused):
        read({name: value for name, value in {**given, **fields}.items() if value is not None})
