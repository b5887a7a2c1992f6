"""Discovery says what is so: each value is tried against the behaviour."""

import json
from typing import Any

import pytest
from authlib.oidc.discovery import OpenIDProviderMetadata

from idp.oidc.http import Request
from tests.idp.oidc.world import World, fields_of, path_of


@pytest.fixture
def metadata(world: World) -> dict[str, Any]:
    response = world.endpoints["/.well-known/openid-configuration"](Request("GET", "/"))
    found: dict[str, Any] = json.loads(response.body)
    return found


def test_both_documents_are_one_and_well_formed(world: World, metadata: dict[str, Any]) -> None:
    response = world.endpoints["/.well-known/oauth-authorization-server"](Request("GET", "/"))
    assert json.loads(response.body) == metadata
    OpenIDProviderMetadata(metadata).validate()
    assert metadata["issuer"] == "https://id.example"


def test_every_scope_that_is_advertised_may_be_asked_for(world: World, metadata: dict[str, Any]) -> None:
    world.sign_in()
    assert path_of(world.authorize(scope=" ".join(metadata["scopes_supported"]))) == "/consent"


def test_every_prompt_and_acr_that_is_advertised_is_understood(
    world: World, metadata: dict[str, Any]
) -> None:
    for prompt in metadata["prompt_values_supported"]:
        assert fields_of(world.authorize(prompt=prompt)).get("error") in {None, "login_required"}
    for value in metadata["acr_values_supported"]:
        claims = json.dumps({"id_token": {"acr": {"essential": True, "value": value}}})
        assert path_of(world.authorize(claims=claims)) == "/login"


def test_every_claim_that_is_released_is_advertised(world: World, metadata: dict[str, Any]) -> None:
    from idp.crypto.digests import from_base64url

    world.sign_in()
    response = world.authorize(scope=" ".join(metadata["scopes_supported"]))
    response = world.agree(response, chosen=("phone",))
    tokens = json.loads(world.token(fields_of(response)["code"]).body)
    released = set(json.loads(world.userinfo(tokens["access_token"]).body))
    in_token = set(json.loads(from_base64url(tokens["id_token"].split(".")[1])))
    assert released | in_token == set(metadata["claims_supported"])


def test_documents_may_be_kept_and_read_from_anywhere(world: World) -> None:
    for path in ("/.well-known/openid-configuration", "/oauth2/jwks"):
        response = world.endpoints[path](Request("GET", path))
        headers = dict(response.headers)
        assert (headers["Cache-Control"], headers["Access-Control-Allow-Origin"]) == (
            "public, max-age=300",
            "*",
        )
        assert world.endpoints[path](Request("POST", path)).status == 405
        assert world.endpoints[path](Request("OPTIONS", path)).status == 204


def test_the_jwks_holds_a_key_of_each_algorithm(world: World, metadata: dict[str, Any]) -> None:
    keys = json.loads(world.endpoints["/oauth2/jwks"](Request("GET", "/oauth2/jwks")).body)["keys"]
    assert {key["alg"] for key in keys} == set(metadata["id_token_signing_alg_values_supported"])
