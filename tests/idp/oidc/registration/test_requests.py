"""What a client that registers itself may say of its requests: how they are signed, encrypted and fetched."""

import pytest

from idp.outbound import Answer
from tests.idp.oidc.authorize.asking import KEY, NOTHING_BESIDE, fetching, request_object
from tests.idp.oidc.clients.signing import jwks_of
from tests.idp.oidc.keys.encrypting import encrypted, our_key
from tests.idp.oidc.registration.registering import Desk, body_of
from tests.idp.oidc.world import path_of

URI = "https://app.example/requests/1.jwt"
ASKED = {
    "jwks": jwks_of(KEY),
    "request_uris": [URI],
    "request_object_signing_alg": "ES256",
    "request_object_encryption_alg": "ECDH-ES",
    "request_object_encryption_enc": "A256GCM",
    "response_modes": ["query", "jwt"],
    "require_signed_request_object": True,
}


def test_it_gets_what_it_asks_and_is_fetched_from(desk: Desk) -> None:
    client, world = desk.made(ASKED), desk.world
    assert {name: client[name] for name in ASKED} == ASKED
    assert body_of(desk.manage(client, "GET"))["request_uris"] == [URI]
    named = {"iss": client["client_id"], "client_id": client["client_id"]}
    text = request_object(world, **named, redirect_uri=client["redirect_uris"][0])
    body = encrypted(our_key(world, "ECDH-ES"), text, "ECDH-ES", "A256GCM").encode()
    fetching(world, lambda *_a, **_k: Answer(200, {"content-type": "application/jwt"}, body))
    answer = world.authorize(client["client_id"], **NOTHING_BESIDE, request_uri=URI)
    assert path_of(answer) == "/login"


@pytest.mark.parametrize("name", ["request_object_encryption_alg", "require_signed_request_object"])
def test_who_signs_shows_its_keys(desk: Desk, name: str) -> None:
    assert desk.refusal({name: ASKED[name]}) == "invalid_client_metadata"
