"""Pushed requests and signed ones: nothing that passes through the browser can change what is asked."""

import json
from dataclasses import replace
from typing import Any

import pytest
from joserfc.jwk import Key

from idp.oidc.authorize.addressing import Shown
from idp.oidc.authorize.sources import URN
from idp.oidc.clients.cache import SECONDS
from idp.oidc.clients.models import ClientRecord
from idp.oidc.http import Response
from idp.oidc.interaction import InteractionExpired
from idp.storage.ephemeral.memory import MemoryStore
from tests.idp.oidc.clients.signing import jwks_of, new_key, signed
from tests.idp.oidc.world import (
    CHALLENGE,
    HALL,
    REDIRECT_URIS,
    SECRETS,
    SPA,
    TAX,
    World,
    basic,
    fields_of,
    location_of,
    path_of,
)

PAR = "/oauth2/par"
KEY, OTHER = new_key(), new_key()
ASKED = {
    "redirect_uri": REDIRECT_URIS[HALL],
    "response_type": "code",
    "scope": "openid profile",
    "state": "pushed-state",
    "nonce": "the-nonce",
    "code_challenge": CHALLENGE,
    "code_challenge_method": "S256",
}
NOTHING_BESIDE = dict.fromkeys((*ASKED, "prompt"), None)


def push(world: World, client_id: str = HALL, **changes: str | None) -> Response:
    values = {**ASKED, "redirect_uri": REDIRECT_URIS[client_id], **changes}
    if client_id in SECRETS:
        return world.post(PAR, values, authorization=basic(client_id, SECRETS[client_id]))
    return world.post(PAR, {**values, "client_id": client_id})


def body(response: Response) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(response.body)
    return found


def pushed(world: World, client_id: str = HALL, **changes: str | None) -> str:
    response = push(world, client_id, **changes)
    assert response.status == 201, response.body
    uri: str = body(response)["request_uri"]
    return uri


def change(world: World, client_id: str, **fields: Any) -> None:
    world.clock.advance(SECONDS + 1)
    with world.provider.sessions.begin() as session:
        record = session.get_one(ClientRecord, client_id)
        record.metadata_json = {**record.metadata_json, **fields}


def answered(response: Any) -> dict[str, str]:
    assert isinstance(response, Response)
    assert location_of(response).startswith(REDIRECT_URIS[HALL])
    return fields_of(response)


def refused(world: World, **changes: str | None) -> str:
    """The error that a person is shown."""
    with pytest.raises(Shown) as shown:
        world.authorize(**NOTHING_BESIDE, **changes)
    return shown.value.error.error


def test_a_pushed_request_is_answered_like_any_other(world: World) -> None:
    response = push(world)
    assert response.status == 201
    assert ("Cache-Control", "no-store") in response.headers
    told = body(response)
    assert told["request_uri"].startswith(URN)
    assert told["expires_in"] == world.provider.protocol.request_uri_seconds
    world.sign_in()
    answer = world.agree(world.authorize(**NOTHING_BESIDE, request_uri=told["request_uri"]))
    fields = answered(answer)
    assert fields["state"] == "pushed-state"
    assert world.token(fields["code"]).status == 200


def test_what_stands_beside_a_pushed_request_is_not_read(world: World) -> None:
    """RFC 9126 section 4, RFC 9101 section 6.3."""
    world.sign_in()
    uri = pushed(world, prompt="none", scope="openid")
    fields = answered(world.authorize(request_uri=uri, scope="openid resident_number", state="slipped in"))
    assert fields["state"] == "pushed-state"
    assert fields["error"] == "consent_required"


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"redirect_uri": "https://evil.example/"}, "invalid_request"),
        ({"redirect_uri": None}, "invalid_request"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"scope": "profile"}, "invalid_scope"),
        ({"code_challenge": None}, "invalid_request"),
        ({"request_uri": URN + "x"}, "invalid_request"),
        ({"request": "rubbish"}, "invalid_request_object"),
        ({"prompt": "none login"}, "invalid_request"),
    ],
)
def test_a_wrong_request_is_refused_when_it_is_pushed(
    world: World, changes: dict[str, str | None], error: str
) -> None:
    response = push(world, **changes)
    assert (response.status, body(response)["error"]) == (400, error)


def test_who_pushes_proves_who_they_are(world: World) -> None:
    wrong = world.post(PAR, ASKED, authorization=basic(HALL, "wrong"))
    assert (wrong.status, body(wrong)["error"]) == (401, "invalid_client")
    assert world.post(PAR, {**ASKED, "client_id": HALL}).status == 401
    assert push(world, SPA).status == 201  # a public client has nothing to prove itself by


def test_a_pushed_request_is_its_clients_own(world: World) -> None:
    uri = pushed(world)
    with pytest.raises(Shown) as shown:
        world.authorize(TAX, **NOTHING_BESIDE, request_uri=uri)
    assert shown.value.error.error == "invalid_request_uri"


def test_a_pushed_request_has_its_time(world: World) -> None:
    uri = pushed(world)
    world.clock.advance(world.provider.protocol.request_uri_seconds)
    assert refused(world, request_uri=uri) == "invalid_request_uri"


def test_it_may_be_loaded_again_and_is_answered_once(world: World) -> None:
    """RFC 9126 section 7.3: a person presses reload; a thief of the address gets nothing."""
    uri = pushed(world)
    first, second = (world.authorize(**NOTHING_BESIDE, request_uri=uri) for _ in range(2))
    world.sign_in()
    answer = world.agree(world.resume(fields_of(first)["interaction"]))
    assert "code" in answered(answer)
    with pytest.raises(InteractionExpired):
        world.resume(fields_of(second)["interaction"])
    assert refused(world, request_uri=uri) == "invalid_request_uri"


def test_a_client_that_must_push_cannot_ask_otherwise(world: World) -> None:
    change(world, HALL, require_pushed_authorization_requests=True)
    with pytest.raises(Shown) as shown:
        world.authorize()
    assert shown.value.error.error == "invalid_request"
    assert path_of(world.authorize(**NOTHING_BESIDE, request_uri=pushed(world))) == "/login"


@pytest.mark.parametrize("uri", ["https://hall.example/request.jwt", "file:///etc/passwd", "urn:other:x"])
def test_no_address_is_fetched_that_is_not_registered(world: World, uri: str) -> None:
    assert refused(world, request_uri=uri) == "invalid_request_uri"


# Request objects


def request_object(
    world: World, key: Key = KEY, *, header: dict[str, Any] | None = None, **changes: Any
) -> str:
    now = int(world.clock().timestamp())
    claims = {
        "iss": HALL,
        "aud": world.provider.issuer,
        "client_id": HALL,
        "nbf": now,
        "exp": now + 60,
        "max_age": 300,
        **ASKED,
        **changes,
    }
    kept = {name: value for name, value in claims.items() if value is not None}
    return signed(key, kept, **(header or {}))


@pytest.fixture
def signer(world: World) -> World:
    change(world, HALL, jwks=jwks_of(KEY))
    world.sign_in()
    return world


def test_a_signed_request_is_read_whole_and_alone(signer: World) -> None:
    world = signer
    jwt = request_object(world, prompt="none", claims={"userinfo": {"name": None}})
    fields = answered(world.authorize(request=jwt, state="slipped in", redirect_uri="https://evil.example/"))
    assert fields["error"] == "consent_required"
    assert fields["state"] == "pushed-state"


def test_a_signed_request_can_be_pushed(signer: World) -> None:
    world = signer
    uri = body(world.post(PAR, {"request": request_object(world)}, authorization=basic(HALL, SECRETS[HALL])))[
        "request_uri"
    ]
    assert path_of(world.authorize(**NOTHING_BESIDE, request_uri=uri)) == "/consent"


@pytest.mark.parametrize(
    "changes",
    [
        {"client_id": TAX},
        {"iss": TAX},
        {"aud": "https://elsewhere.example"},
        {"aud": {}},
        {"exp": 1},
        {"exp": "soon"},
        {"nbf": 99999999999},
        {"request": "nested"},
        {"request_uri": "urn:nested"},
        {"sub": HALL},
        {"scope": True},
        {"max_age": 1.5},
        {"header": {"typ": "client-authentication+jwt"}},
        {"header": {"typ": "at+jwt"}},
        {"header": {"alg": "none"}},
        {"key": OTHER},
    ],
)
def test_a_request_object_that_is_wrong_is_shown_and_never_followed(
    signer: World, changes: dict[str, Any]
) -> None:
    if changes.get("header") == {"alg": "none"}:
        _, payload, _ = request_object(signer).split(".")
        jwt = f"eyJhbGciOiJub25lIn0.{payload}."
    else:
        jwt = request_object(signer, **changes)
    assert refused(signer, request=jwt) == "invalid_request_object"


@pytest.mark.parametrize("kid", [KEY.kid, OTHER.kid, None], ids=["its own", "another", "none"])
@pytest.mark.parametrize(
    "header",
    [
        {"jwk": OTHER.as_dict(private=False)},
        {"jku": "https://evil.example/jwks"},
        {"x5u": "https://evil.example/chain"},
        {"x5c": ["AA=="]},
    ],
)
def test_attack_a_key_that_the_request_brings_along(
    signer: World, header: dict[str, Any], kid: str | None
) -> None:
    """RFC 8725 sections 3.8 and 3.10: the keys are those that the client registered."""
    jwt = request_object(signer, OTHER, header={"kid": kid, **header})
    assert refused(signer, request=jwt) == "invalid_request_object"


def test_the_store_never_sees_what_was_pushed(world: World) -> None:
    """A `login_hint` may be somebody's number."""
    kept: list[bytes] = []

    class Watching(MemoryStore):
        def put(self, key: str, value: bytes, *, seconds: int) -> None:
            kept.append(value)
            super().put(key, value, seconds=seconds)

    world.provider = replace(world.provider, store=Watching(world.clock))
    world.__post_init__()
    assert push(world, login_hint="11010519491231002X").status == 201
    assert kept
    assert not any(b"11010519491231002X" in value for value in kept)


def test_request_and_request_uri_do_not_go_together(signer: World) -> None:
    jwt, uri = request_object(signer), pushed(signer)
    assert refused(signer, request=jwt, request_uri=uri) == "invalid_request"


def test_a_client_that_must_sign_cannot_ask_unsigned(signer: World) -> None:
    change(signer, HALL, require_signed_request_object=True)
    with pytest.raises(Shown) as shown:
        signer.authorize()
    assert shown.value.error.error == "invalid_request"
    assert push(signer).status == 400
    assert path_of(signer.authorize(request=request_object(signer), **NOTHING_BESIDE)) == "/consent"


def test_under_fapi_everything_is_pushed_and_dated(signer: World) -> None:
    """FAPI 2.0 Security Profile section 5.3.2.2, Message Signing section 5.3.1."""
    fields = {"token_endpoint_auth_method": "private_key_jwt", "profile": "fapi2-security"}
    change(signer, HALL, jwks=jwks_of(KEY), **fields)
    with pytest.raises(Shown):
        signer.authorize(request=request_object(signer), **NOTHING_BESIDE)


def test_without_keys_nobody_signs(world: World) -> None:
    assert refused(world, request=request_object(world)) == "invalid_request_object"
