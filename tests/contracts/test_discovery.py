"""Discovery equals behaviour: each value that is advertised works, and its neighbours do not."""

import json
from collections.abc import Callable
from hashlib import sha256, sha512
from typing import Any

import pytest
from flask import Flask
from joserfc import jwt
from joserfc.jwk import KeySet

from idp.crypto.digests import base64url, from_base64url
from idp.oidc.authorize.answers import FormPost
from idp.oidc.authorize.request import Shown
from idp.oidc.clients.assertions import TYPE
from idp.oidc.clients.cache import SECONDS
from idp.oidc.clients.models import ClientRecord
from idp.oidc.http import Request, Response
from idp.oidc.levels import acr
from tests.contracts.verified_claims import verified_claims
from tests.idp.oidc.clients.signing import claims_of, jwks_of, new_key, signed
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
from tests.idp.oidc.world import (
    HALL,
    REDIRECT_URIS,
    SECRETS,
    SPA,
    TAX,
    VERIFIER,
    World,
    basic,
    fields_of,
    path_of,
)

__all__ = ["app", "clock", "configuration", "engine", "master_document", "master_keys", "prepared", "world"]

DOCUMENT = "/.well-known/openid-configuration"
Metadata = dict[str, Any]


@pytest.fixture
def metadata(world: World) -> Metadata:
    found: Metadata = json.loads(world.endpoints[DOCUMENT](Request("GET", DOCUMENT)).body)
    return found


def change(world: World, client_id: str, **changes: Any) -> None:
    """Register the client anew. Before its first use: clients are cached."""
    with world.provider.sessions.begin() as session:
        record = session.get_one(ClientRecord, client_id)
        record.metadata_json = {**record.metadata_json, **changes}


def error_of(response: Response) -> str | None:
    return fields_of(response).get("error")


def tokens(world: World, client_id: str = HALL, /, **changes: str | None) -> dict[str, Any]:
    response = world.token(world.code(client_id, **changes), client_id)
    assert response.status == 200, response.body
    found: dict[str, Any] = json.loads(response.body)
    return found


def part_of(token: str, number: int) -> dict[str, Any]:
    """0: the header of a JWT; 1: its claims."""
    found: dict[str, Any] = json.loads(from_base64url(token.split(".")[number]))
    return found


def test_every_address_leads_to_an_endpoint(app: Flask, metadata: Metadata) -> None:
    issuer, client = metadata["issuer"], app.test_client()
    addresses = {name: value for name, value in metadata.items() if name.endswith(("_endpoint", "_uri"))}
    assert len(addresses) == 9
    for address in addresses.values():
        assert address.startswith(f"{issuer}/")
        assert client.get(address.removeprefix(issuer), base_url=issuer).status_code != 404


def scopes(world: World, metadata: Metadata) -> None:
    world.sign_in()
    for scope in metadata["scopes_supported"]:
        assert path_of(world.authorize(scope=f"openid {scope}")) == "/consent"
    granted = part_of(tokens(world, scope="openid unheard-of")["access_token"], 1)["scope"]
    assert granted == "openid"


def response_types(world: World, metadata: Metadata) -> None:
    world.sign_in()
    for response_type in metadata["response_types_supported"]:
        assert world.code(response_type=response_type)
    for response_type in ("token", "id_token", "code id_token", "none"):
        assert error_of(world.authorize(response_type=response_type)) == "unsupported_response_type"


def response_modes(world: World, metadata: Metadata) -> None:
    world.sign_in()
    world.code()
    for response_mode in metadata["response_modes_supported"]:
        answer = world.authorize(response_mode=response_mode)
        assert isinstance(answer, FormPost) == response_mode.startswith("form_post")
    for response_mode in ("web_message", "none"):
        assert error_of(world.authorize(response_mode=response_mode)) == "invalid_request"


def grant_types(world: World, metadata: Metadata) -> None:
    offered = ["authorization_code", "refresh_token", "client_credentials"]
    assert metadata["grant_types_supported"] == offered
    change(world, HALL, grant_types=offered)
    world.sign_in()
    refresh_token = tokens(world, scope="openid offline_access")["refresh_token"]
    form = {"grant_type": "refresh_token", "refresh_token": refresh_token}
    assert world.post("/oauth2/token", form, authorization=basic(HALL, SECRETS[HALL])).status == 200
    form = {"grant_type": "client_credentials"}
    assert world.post("/oauth2/token", form, authorization=basic(HALL, SECRETS[HALL])).status == 200
    response = world.token("no code", grant_type="password")
    assert json.loads(response.body)["error"] == "unsupported_grant_type"


def subject_types(world: World, metadata: Metadata) -> None:
    assert metadata["subject_types_supported"] == ["pairwise", "public"]
    change(world, HALL, subject_type="public")
    change(world, TAX, subject_type="public")
    world.sign_in(level=3, method="face")
    subs = [part_of(tokens(world, client_id)["id_token"], 1)["sub"] for client_id in (HALL, TAX, SPA)]
    assert subs[0] == subs[1]
    assert subs[1] != subs[2]


def signing_algorithms(world: World, metadata: Metadata) -> None:
    """Each with its own `at_hash`, as another library computes it."""
    world.sign_in()
    keys = KeySet.import_key_set(json.loads(world.provider.keys.current().jwks))
    for algorithm in metadata["id_token_signing_alg_values_supported"]:
        world.clock.advance(SECONDS + 1)
        change(world, HALL, id_token_signed_response_alg=algorithm)
        given = tokens(world)
        token = jwt.decode(given["id_token"], keys, algorithms=[algorithm])
        digest = sha512 if algorithm == "EdDSA" else sha256
        whole = digest(given["access_token"].encode()).digest()
        assert token.claims["at_hash"] == base64url(whole[: len(whole) // 2])


def signed_answers(world: World, metadata: Metadata) -> None:
    world.sign_in()
    for algorithm in metadata["authorization_signing_alg_values_supported"]:
        world.clock.advance(SECONDS + 1)
        change(world, HALL, authorization_signed_response_alg=algorithm)
        answer = fields_of(world.authorize(response_mode="jwt", prompt="none"))["response"]
        assert part_of(answer, 0)["alg"] == algorithm


def auth_methods(world: World, metadata: Metadata) -> None:
    change(world, TAX, token_endpoint_auth_method="client_secret_post")
    world.sign_in(level=3, method="face")
    in_the_body = {
        "grant_type": "authorization_code",
        "client_id": TAX,
        "client_secret": SECRETS[TAX],
        "code": world.code(TAX),
        "redirect_uri": REDIRECT_URIS[TAX],
        "code_verifier": VERIFIER,
    }
    answers = {
        "client_secret_basic": world.token(world.code(HALL), HALL),
        "client_secret_post": world.post("/oauth2/token", in_the_body),
        "none": world.token(world.code(SPA), SPA),
    }
    for algorithm in metadata["token_endpoint_auth_signing_alg_values_supported"]:
        key = new_key(algorithm)
        world.clock.advance(SECONDS + 1)  # registrations are remembered for so long
        change(world, TAX, token_endpoint_auth_method="private_key_jwt", jwks=jwks_of(key))
        assertion = signed(key, claims_of(TAX, world.clock()), algorithm=algorithm)
        proof = {"client_secret": None, "client_assertion_type": TYPE, "client_assertion": assertion}
        answers["private_key_jwt"] = world.post(
            "/oauth2/token",
            {
                name: value
                for name, value in {**in_the_body, **proof, "code": world.code(TAX)}.items()
                if value
            },
        )
        assert answers["private_key_jwt"].status == 200
    assert {method: answer.status for method, answer in answers.items()} == dict.fromkeys(
        metadata["token_endpoint_auth_methods_supported"], 200
    )


def authentication_elsewhere(world: World, metadata: Metadata) -> None:
    """At introspection and revocation, as at the token endpoint; but nobody asks after tokens unproved."""
    key = new_key()
    ways: dict[str, tuple[str, dict[str, str], str | None]] = {
        "client_secret_basic": (HALL, {}, basic(HALL, SECRETS[HALL])),
        "client_secret_post": (TAX, {"client_id": TAX, "client_secret": SECRETS[TAX]}, None),
        "private_key_jwt": (SPA, {"client_assertion_type": TYPE}, None),
        "none": (SPA, {"client_id": SPA}, None),
    }
    algorithms = metadata["token_endpoint_auth_signing_alg_values_supported"]
    for endpoint in ("introspection", "revocation"):
        assert metadata[f"{endpoint}_endpoint_auth_signing_alg_values_supported"] == algorithms
        path = metadata[f"{endpoint}_endpoint"].removeprefix(metadata["issuer"])
        accepted = []
        for method, (client_id, fields, authorization) in ways.items():
            world.clock.advance(SECONDS + 1)
            change(world, client_id, token_endpoint_auth_method=method, jwks=jwks_of(key))
            form = dict(fields)
            if method == "private_key_jwt":
                form["client_assertion"] = signed(key, claims_of(client_id, world.clock()))
            headers = {} if authorization is None else {"authorization": authorization}
            if world.post(path, {"token": "any", **form}, **headers).status == 200:
                accepted.append(method)
        assert accepted == metadata[f"{endpoint}_endpoint_auth_methods_supported"]


def code_challenge_methods(world: World, metadata: Metadata) -> None:
    world.sign_in()
    for method in metadata["code_challenge_methods_supported"]:
        assert tokens(world, code_challenge_method=method)
    for method in ("plain", None):
        assert error_of(world.authorize(code_challenge_method=method)) == "invalid_request"


def acr_values(world: World, metadata: Metadata) -> None:
    def essential(value: str) -> str:
        return json.dumps({"id_token": {"acr": {"essential": True, "value": value}}})

    world.sign_in(level=3, method="face")
    for value in metadata["acr_values_supported"]:
        assert part_of(tokens(world, claims=essential(value))["id_token"], 1)["acr"] == value
    assert acr(4) not in metadata["acr_values_supported"]
    assert error_of(world.authorize(claims=essential(acr(4)))) == "unmet_authentication_requirements"


def claims(world: World, metadata: Metadata) -> None:
    assert metadata["claim_types_supported"] == ["normal"]
    world.sign_in()
    response = world.agree(world.authorize(scope=" ".join(metadata["scopes_supported"])), chosen=("phone",))
    found = json.loads(world.token(fields_of(response)["code"]).body)
    released = set(json.loads(world.userinfo(found["access_token"]).body))
    in_token = set(part_of(found["id_token"], 1))
    assert released | in_token == set(metadata["claims_supported"])


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


def pushed_requests(world: World, metadata: Metadata) -> None:
    """Not needed by everybody, and nothing but a pushed request has a request_uri."""
    assert not metadata["require_pushed_authorization_requests"]
    assert path_of(world.authorize()) == "/login"
    assert not metadata["request_uri_parameter_supported"]
    with pytest.raises(Shown, match="request_uri_not_supported"):
        world.authorize(request_uri="https://a.example/")
    form = {"redirect_uri": REDIRECT_URIS[HALL], "response_type": "code", "scope": "openid"}
    form |= {"code_challenge": "c" * 43, "code_challenge_method": "S256"}
    path = metadata["pushed_authorization_request_endpoint"].removeprefix(metadata["issuer"])
    response = world.post(path, form, authorization=basic(HALL, SECRETS[HALL]))
    assert path_of(world.authorize(request_uri=json.loads(response.body)["request_uri"])) == "/login"


def claims_parameter(world: World, metadata: Metadata) -> None:
    assert metadata["claims_parameter_supported"]
    world.sign_in()
    essential = {"essential": True}
    wanted = json.dumps({"userinfo": {"birthdate": essential}, "id_token": {"name": essential}})
    found = tokens(world, scope="openid", claims=wanted)
    assert set(json.loads(world.userinfo(found["access_token"]).body)) == {"sub", "birthdate"}
    assert "name" in part_of(found["id_token"], 1)


def issuer_in_answers(world: World, metadata: Metadata) -> None:
    assert metadata["authorization_response_iss_parameter_supported"]
    assert fields_of(world.authorize(prompt="none"))["iss"] == metadata["issuer"]
    world.sign_in()
    assert fields_of(world.agree(world.authorize()))["iss"] == metadata["issuer"]


def prompts(world: World, metadata: Metadata) -> None:
    assert error_of(world.authorize(prompt="none")) == "login_required"
    world.sign_in()
    world.code()
    world.clock.advance(1)
    pages = {
        prompt: path_of(world.authorize(prompt=prompt)) for prompt in metadata["prompt_values_supported"]
    }
    assert pages == {
        "none": "/callback",
        "login": "/login",
        "consent": "/consent",
        "select_account": "/login",
        "create": "/enrol",
    }
    assert error_of(world.authorize(prompt="sign_up")) == "invalid_request"


CONTRACTS: dict[Callable[[World, Metadata], None], tuple[str, ...]] = {
    scopes: ("scopes_supported",),
    response_types: ("response_types_supported",),
    response_modes: ("response_modes_supported",),
    grant_types: ("grant_types_supported",),
    subject_types: ("subject_types_supported",),
    signing_algorithms: ("id_token_signing_alg_values_supported",),
    signed_answers: ("authorization_signing_alg_values_supported",),
    auth_methods: (
        "token_endpoint_auth_methods_supported",
        "token_endpoint_auth_signing_alg_values_supported",
    ),
    authentication_elsewhere: tuple(
        f"{endpoint}_endpoint_auth_{part}_supported"
        for endpoint in ("introspection", "revocation")
        for part in ("methods", "signing_alg_values")
    ),
    code_challenge_methods: ("code_challenge_methods_supported",),
    acr_values: ("acr_values_supported",),
    claims: ("claims_supported", "claim_types_supported"),
    request_objects: ("request_parameter_supported", "request_object_signing_alg_values_supported"),
    pushed_requests: ("request_uri_parameter_supported", "require_pushed_authorization_requests"),
    claims_parameter: ("claims_parameter_supported",),
    verified_claims: (
        "verified_claims_supported",
        "trust_frameworks_supported",
        "claims_in_verified_claims_supported",
        "evidence_supported",
        "electronic_records_supported",
        "attachments_supported",
    ),
    issuer_in_answers: ("issuer", "authorization_response_iss_parameter_supported"),
    prompts: ("prompt_values_supported",),
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


def test_nothing_is_advertised_that_no_contract_tries(metadata: Metadata) -> None:
    tried = {member for members in CONTRACTS.values() for member in members} | {"ui_locales_supported"}
    addresses = {name for name in metadata if name.endswith(("_endpoint", "_uri"))}
    assert set(metadata) == tried | addresses
