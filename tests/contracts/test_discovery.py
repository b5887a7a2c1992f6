"""Discovery equals behaviour: each value that is advertised works, and its neighbours do not."""

import json
from collections.abc import Callable

import pytest
from flask import Flask

from idp.oidc.http import Request
from tests.contracts.advertised.answers import (
    claims,
    claims_parameter,
    grant_types,
    signed_answers,
    signing_algorithms,
)
from tests.contracts.advertised.backchannel import back_channel
from tests.contracts.advertised.clients import auth_methods, authentication_elsewhere, subject_types
from tests.contracts.advertised.details import authorization_details, claims_locales, displays
from tests.contracts.advertised.logout import logout_of_clients, session_management
from tests.contracts.advertised.moves import Metadata
from tests.contracts.advertised.proofs import proofs
from tests.contracts.advertised.request_objects import (
    encrypted_request_objects,
    request_objects,
    request_uris,
)
from tests.contracts.advertised.requests import (
    acr_values,
    code_challenge_methods,
    issuer_in_answers,
    prompts,
    pushed_requests,
    response_modes,
    response_types,
    scopes,
)
from tests.contracts.advertised.sealed import encrypted, signed
from tests.contracts.advertised.verified_claims import authority_claims, verified_claims
from tests.idp.oidc.conftest import (
    app,
    clock,
    configuration,
    engine,
    master_document,
    master_keys,
    prepared,
    world,
)
from tests.idp.oidc.registration.registering import opened
from tests.idp.oidc.world import (
    SPA,
    World,
)

__all__ = ["app", "clock", "configuration", "engine", "master_document", "master_keys", "prepared", "world"]

DOCUMENT = "/.well-known/openid-configuration"


@pytest.fixture
def metadata(world: World) -> Metadata:
    found: Metadata = json.loads(world.endpoints[DOCUMENT](Request("GET", DOCUMENT)).body)
    return found


def test_every_address_leads_to_an_endpoint(app: Flask, metadata: Metadata) -> None:
    issuer, client = metadata["issuer"], app.test_client()
    addresses = {name: value for name, value in metadata.items() if name.endswith(("_endpoint", "_uri"))}
    assert len(addresses) == 11
    for address in addresses.values():
        assert address.startswith(f"{issuer}/")
        assert client.get(address.removeprefix(issuer), base_url=issuer).status_code != 404


CONTRACTS: dict[Callable[[World, Metadata], None], tuple[str, ...]] = {
    scopes: ("scopes_supported",),
    response_types: ("response_types_supported",),
    response_modes: ("response_modes_supported",),
    grant_types: ("grant_types_supported",),
    subject_types: ("subject_types_supported",),
    signing_algorithms: ("id_token_signing_alg_values_supported",),
    signed_answers: ("authorization_signing_alg_values_supported",),
    signed: ("userinfo_signing_alg_values_supported", "introspection_signing_alg_values_supported"),
    encrypted: tuple(
        f"{what}_encryption_{part}_values_supported"
        for what in ("id_token", "userinfo", "authorization", "introspection")
        for part in ("alg", "enc")
    ),
    auth_methods: (
        "token_endpoint_auth_methods_supported",
        "token_endpoint_auth_signing_alg_values_supported",
    ),
    authentication_elsewhere: tuple(
        f"{endpoint}_endpoint_auth_{part}_supported"
        for endpoint in ("introspection", "revocation")
        for part in ("methods", "signing_alg_values")
    ),
    proofs: ("dpop_signing_alg_values_supported",),
    code_challenge_methods: ("code_challenge_methods_supported",),
    acr_values: ("acr_values_supported",),
    claims: ("claims_supported", "claim_types_supported"),
    request_objects: ("request_parameter_supported", "request_object_signing_alg_values_supported"),
    encrypted_request_objects: (
        "request_object_encryption_alg_values_supported",
        "request_object_encryption_enc_values_supported",
    ),
    request_uris: ("request_uri_parameter_supported", "require_request_uri_registration"),
    pushed_requests: ("require_pushed_authorization_requests",),
    claims_parameter: ("claims_parameter_supported",),
    verified_claims: (
        "verified_claims_supported",
        "trust_frameworks_supported",
        "claims_in_verified_claims_supported",
        "evidence_supported",
        "electronic_records_supported",
        "attachments_supported",
    ),
    authority_claims: (
        "authority_claims_supported",
        "authority_permissions_supported",
        "authority_granted_methods_supported",
    ),
    back_channel: (
        "backchannel_token_delivery_modes_supported",
        "backchannel_authentication_request_signing_alg_values_supported",
        "backchannel_user_code_parameter_supported",
    ),
    logout_of_clients: tuple(
        f"{channel}channel_logout_{part}supported"
        for channel in ("back", "front")
        for part in ("", "session_")
    ),
    session_management: ("check_session_iframe",),
    issuer_in_answers: ("issuer", "authorization_response_iss_parameter_supported"),
    prompts: ("prompt_values_supported",),
    authorization_details: ("authorization_details_types_supported",),
    displays: ("display_values_supported",),
    claims_locales: ("claims_locales_supported",),
}


@pytest.mark.parametrize("contract", CONTRACTS, ids=lambda contract: contract.__name__)
def test_what_is_advertised_is_so(
    world: World, metadata: Metadata, contract: Callable[[World, Metadata], None]
) -> None:
    contract(world, metadata)


@pytest.mark.parametrize("locale", ["zh-CN", "zh-Hant", "en"])
def test_pages_come_in_every_language_advertised(app: Flask, metadata: Metadata, locale: str) -> None:
    assert set(metadata["ui_locales_supported"]) == {"zh-CN", "zh-Hant", "en"}
    client, issuer = app.test_client(), metadata["issuer"]
    query = {
        "client_id": SPA,
        "redirect_uri": "https://spa.example/callback",
        "response_type": "code",
        "scope": "openid",
        "code_challenge": "c" * 43,
        "code_challenge_method": "S256",
        "ui_locales": locale,
    }
    page = client.get("/oauth2/authorize", query_string=query, base_url=issuer, follow_redirects=True)
    assert f'<html lang="{locale}"' in page.text


def test_registration_is_advertised_where_it_is_on_and_is_all_that_a_client_needs(
    world: World, metadata: Metadata
) -> None:
    assert "registration_endpoint" not in metadata
    desk = opened(world)
    found: Metadata = json.loads(world.endpoints[DOCUMENT](Request("GET", DOCUMENT)).body)
    assert found["registration_endpoint"] == f"{found['issuer']}/oauth2/register"
    assert {**found, "registration_endpoint": None} == {**metadata, "registration_endpoint": None}
    for method in ("client_secret_basic", "client_secret_post", "none"):
        assert method in found["token_endpoint_auth_methods_supported"]
        client = desk.made({"token_endpoint_auth_method": method})
        assert set(client["scope"].split()) <= set(found["scopes_supported"])
        assert client["subject_type"] in found["subject_types_supported"]
        assert set(client["grant_types"]) <= set(found["grant_types_supported"])


def test_the_documentation_is_there(app: Flask, metadata: Metadata) -> None:
    issuer = metadata["issuer"]
    path = metadata["service_documentation"].removeprefix(issuer)
    page = app.test_client().get(path, base_url=issuer, follow_redirects=True)
    assert page.status_code == 200
    assert f"{issuer}/.well-known/openid-configuration" in page.text.replace("<wbr>", "")


def test_nothing_is_advertised_that_no_contract_tries(metadata: Metadata) -> None:
    tried = {member for members in CONTRACTS.values() for member in members}
    tried |= {"ui_locales_supported", "service_documentation"}
    addresses = {name for name in metadata if name.endswith(("_endpoint", "_uri"))}
    assert set(metadata) == tried | addresses
