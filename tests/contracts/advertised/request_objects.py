"""Requests in signed objects: by value, encrypted, and behind an address."""

import json

import pytest
from joserfc.jwk import KeySet

from idp.oidc.authorize.addressing import Shown
from idp.oidc.clients.cache import SECONDS
from idp.oidc.http import Request
from idp.outbound import Answer
from tests.contracts.advertised.moves import Metadata, change, error_of
from tests.idp.oidc.authorize.asking import KEY, NOTHING_BESIDE, fetching, request_object, signs
from tests.idp.oidc.clients.signing import jwks_of, new_key, signed
from tests.idp.oidc.keys.encrypting import encrypted
from tests.idp.oidc.world import HALL, REDIRECT_URIS, World


def request_objects(world: World, metadata: Metadata) -> None:
    assert metadata["request_parameter_supported"]
    world.sign_in()
    for algorithm in metadata["request_object_signing_alg_values_supported"]:
        key = new_key(algorithm)
        world.clock.advance(SECONDS + 1)
        change(world, HALL, jwks=jwks_of(key))
        asked = {"client_id": HALL, "response_type": "code", "scope": "openid", "prompt": "none"}
        asked |= {"redirect_uri": REDIRECT_URIS[HALL], "code_challenge": "c" * 43}
        jwt = signed(key, {**asked, "code_challenge_method": "S256"}, algorithm=algorithm)
        assert error_of(world.authorize(request=jwt)) == "consent_required"


def encrypted_request_objects(world: World, metadata: Metadata) -> None:
    """With the keys that the JWKS leads to, each algorithm with each other; and not with their neighbours."""
    signs(world)
    world.sign_in()
    path = metadata["jwks_uri"].removeprefix(metadata["issuer"])
    published = json.loads(world.endpoints[path](Request("GET", path)).body)["keys"]
    algorithms = metadata["request_object_encryption_alg_values_supported"]
    for alg in algorithms:
        fitting = [one for one in published if one["use"] == "enc" and one["alg"] == alg]
        key = KeySet.import_key_set({"keys": fitting}).keys[0]
        for enc in metadata["request_object_encryption_enc_values_supported"]:
            token = encrypted(key, request_object(world, prompt="none"), alg, enc)
            assert error_of(world.authorize(**NOTHING_BESIDE, request=token)) == "consent_required"
        token = encrypted(key, request_object(world), alg, "A128GCM", zip="DEF")
        with pytest.raises(Shown, match="invalid_request_object"):
            world.authorize(**NOTHING_BESIDE, request=token)
    assert not {"RSA1_5", "dir"} & set(algorithms)


def request_uris(world: World, metadata: Metadata) -> None:
    """Behind an address that the client registered, and behind no other."""
    assert metadata["request_uri_parameter_supported"]
    assert metadata["require_request_uri_registration"]
    signs(world, KEY, request_uris=["https://a.example/r.jwt"])
    world.sign_in()
    body = request_object(world, prompt="none").encode()
    fetching(world, lambda *_a, **_k: Answer(200, {"content-type": "application/jwt"}, body))
    answer = world.authorize(**NOTHING_BESIDE, request_uri="https://a.example/r.jwt")
    assert error_of(answer) == "consent_required"
    with pytest.raises(Shown, match="invalid_request_uri"):
        world.authorize(**NOTHING_BESIDE, request_uri="https://a.example/other.jwt")
