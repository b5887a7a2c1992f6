"""The documents themselves; `tests/contracts/test_discovery.py` tries what they say."""

import json
from typing import Any

import pytest
from authlib.oidc.discovery import OpenIDProviderMetadata

from idp.oidc.http import Request
from tests.idp.oidc.world import World


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
