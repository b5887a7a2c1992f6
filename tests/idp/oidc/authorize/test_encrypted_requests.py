"""Requests that only we can read: signed inside, and the same refusal for all that is wrong."""

import json
from typing import Any

import pytest

from idp.oidc.authorize.addressing import Shown
from idp.oidc.clients.metadata import MetadataRefused, read
from idp.oidc.keys.decryption import ALGORITHMS, CONTENTS
from tests.idp.oidc.authorize.asking import ASKED, KEY, NOTHING_BESIDE, change, request_object, signs
from tests.idp.oidc.clients.signing import jwks_of
from tests.idp.oidc.keys.encrypting import encrypted, our_key, with_header, with_part
from tests.idp.oidc.world import HALL, SECRETS, TAX, World, basic, fields_of, path_of


@pytest.fixture
def signer(world: World) -> World:
    signs(world)
    world.sign_in()
    return world


def sealed(world: World, text: str, alg: str = "ECDH-ES", enc: str = "A128CBC-HS256", **header: Any) -> str:
    return encrypted(our_key(world, alg), text, alg, enc, **header)


def refused(world: World, token: str) -> tuple[str, str, str]:
    """The error, and what is said of it to the client and to us."""
    with pytest.raises(Shown) as shown:
        world.authorize(**NOTHING_BESIDE, request=token)
    error = shown.value.error
    return error.error, error.description, error.detail


@pytest.mark.parametrize("enc", CONTENTS)
@pytest.mark.parametrize("alg", ALGORITHMS)
def test_an_encrypted_request_is_read_like_any_other(signer: World, alg: str, enc: str) -> None:
    answer = signer.authorize(**NOTHING_BESIDE, request=sealed(signer, request_object(signer), alg, enc))
    assert path_of(answer) == "/consent"
    assert fields_of(signer.agree(answer))["state"] == ASKED["state"]


def test_what_stands_beside_it_is_not_read(signer: World) -> None:
    token = sealed(signer, request_object(signer, prompt="none"))
    answer = fields_of(
        signer.authorize(request=token, state="slipped in", redirect_uri="https://evil.example/")
    )
    assert (answer["error"], answer["state"]) == ("consent_required", ASKED["state"])


def test_an_encrypted_request_can_be_pushed(signer: World) -> None:
    form = {"request": sealed(signer, request_object(signer))}
    response = signer.post("/oauth2/par", form, authorization=basic(HALL, SECRETS[HALL]))
    assert response.status == 201
    broken = {"request": with_part(form["request"], 4, bytes(16))}
    response = signer.post("/oauth2/par", broken, authorization=basic(HALL, SECRETS[HALL]))
    assert response.status == 400


def test_attack_an_unsigned_request_hidden_in_an_encrypted_one(signer: World) -> None:
    """Anybody can encrypt to us: what proves the client is the signature (RFC 9101 section 6.1)."""
    for inside in (
        json.dumps({**ASKED, "client_id": HALL, "iss": HALL}),
        "eyJhbGciOiJub25lIn0." + request_object(signer).split(".")[1] + ".",
        sealed(signer, request_object(signer)),
        "",
    ):
        assert refused(signer, sealed(signer, inside))[0] == "invalid_request_object"


def test_attack_another_clients_request_is_encrypted_anew(signer: World) -> None:
    with pytest.raises(Shown):
        signer.authorize(TAX, **NOTHING_BESIDE, request=sealed(signer, request_object(signer)))


def test_attack_an_oracle_at_the_authorization_endpoint(signer: World) -> None:
    """The same words whatever was wrong: the key, the tag, the padding, what was inside, its signature."""
    fair = sealed(signer, request_object(signer))
    wrong = [
        with_part(fair, 1, b"x"),
        with_part(fair, 4, bytes(16)),
        with_part(fair, 3, bytes(32)),
        with_header(fair, zip="DEF"),
        with_header(fair, alg="dir"),
        with_header(fair, kid="unknown"),
        sealed(signer, "no token"),
        sealed(signer, request_object(signer, exp=1)),
        sealed(signer, request_object(signer, header={"kid": "unknown"})),
    ]
    assert {refused(signer, token)[:2] for token in wrong} == {
        ("invalid_request_object", "The request object is not valid.")
    }
    assert refused(signer, wrong[0])[2] == refused(signer, wrong[1])[2] == refused(signer, wrong[2])[2]


def test_what_is_registered_is_what_opens(signer: World) -> None:
    """Stricter than Registration section 2, which lets a client use others: it said what it would use."""
    change(signer, request_object_encryption_alg="ECDH-ES+A256KW", request_object_encryption_enc="A256GCM")
    text = request_object(signer)
    fair = sealed(signer, text, "ECDH-ES+A256KW", "A256GCM")
    assert path_of(signer.authorize(**NOTHING_BESIDE, request=fair)) == "/consent"
    for alg, enc in (("ECDH-ES", "A256GCM"), ("ECDH-ES+A256KW", "A128GCM"), ("RSA-OAEP-256", "A256GCM")):
        assert refused(signer, sealed(signer, text, alg, enc))[0] == "invalid_request_object"
    # An alg without an enc: the same section says which.
    change(signer, request_object_encryption_enc=None)
    text = request_object(signer)
    fair = sealed(signer, text, "ECDH-ES+A256KW")
    assert path_of(signer.authorize(**NOTHING_BESIDE, request=fair)) == "/consent"
    other = sealed(signer, text, "ECDH-ES+A256KW", "A256GCM")
    assert refused(signer, other)[0] == "invalid_request_object"
    # And such a client may go on without encryption.
    assert path_of(signer.authorize(**NOTHING_BESIDE, request=text)) == "/consent"


@pytest.mark.parametrize(
    "fields",
    [
        {"request_object_encryption_alg": "RSA1_5"},
        {"request_object_encryption_alg": "dir"},
        {"request_object_encryption_alg": "PBES2-HS256+A128KW"},
        {"request_object_encryption_enc": "A128GCM"},
        {"request_object_encryption_alg": "ECDH-ES", "request_object_encryption_enc": "A128CTR"},
        {"request_object_encryption_alg": "ECDH-ES", "jwks": None},
        {"request_object_signing_alg": "none"},
    ],
)
def test_no_registration_asks_for_what_is_not_done(fields: dict[str, Any]) -> None:
    named = {"client_id": HALL, "sector": "hall.example", "client_name": "Hall", "jwks": jwks_of(KEY)}
    given = {**named, "redirect_uris": ["https://hall.example/callback"], **fields}
    with pytest.raises(MetadataRefused):
        read({name: value for name, value in given.items() if value is not None})
