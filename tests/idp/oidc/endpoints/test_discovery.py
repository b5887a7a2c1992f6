"""The documents themselves; `tests/contracts/test_discovery.py` tries what they say."""

import json
from typing import Any

import pytest
from authlib.oidc.discovery import OpenIDProviderMetadata
from flask import Flask

from idp import settings
from idp.application import pages_of
from idp.oidc.endpoints.discovery import document
from idp.oidc.http import Request
from idp.settings import SettingsWrong
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
    assert {key["alg"] for key in keys if key["use"] == "sig"} == set(
        metadata["id_token_signing_alg_values_supported"]
    )


PAGES = {
    "service_documentation": "https://docs.example/integration",
    "op_policy_uri": "https://id.example/privacy?of=us",
    "op_tos_uri": "https://id.example/terms",
}


def test_the_operators_pages_are_named_where_there_are_some(world: World, metadata: dict[str, Any]) -> None:
    """OpenID Connect Discovery 1.0 section 3."""
    assert set(PAGES) & set(metadata) == {"service_documentation"}
    assert metadata["service_documentation"] == f"{metadata['issuer']}/docs"
    protocol = world.provider.protocol.model_copy(update=PAGES)
    found = json.loads(document("https://id.example", protocol))
    assert {name: found[name] for name in PAGES} == PAGES


def test_people_find_them_below_every_page_of_a_sign_in(app: Flask) -> None:
    def shown() -> str:
        return app.test_client().get("/login", base_url="https://id.example", follow_redirects=True).text

    assert "provider-pages" not in shown()
    protocol = app.extensions["yitong"].settings.protocol.model_copy(update=PAGES)
    app.config.update(pages_of(protocol))
    page = shown()
    assert 'href="https://id.example/terms"' in page
    assert 'href="https://id.example/privacy?of=us"' in page
    assert "docs.example" not in page


@pytest.mark.parametrize("address", ["javascript:alert(1)", "id.example/terms", "https://a b", "//evil"])
def test_a_page_has_a_web_address(address: str) -> None:
    with pytest.raises(SettingsWrong, match="op_tos_uri"):
        settings.load({"IDP_PROTOCOL__OP_TOS_URI": address})
