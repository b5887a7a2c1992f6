"""What an authorization request may say."""

import json

import pytest

from idp.oidc.authorize.answers import FormPost
from idp.oidc.authorize.request import Shown
from idp.oidc.clients.cache import SECONDS
from idp.oidc.levels import acr
from tests.contracts.advertised.moves import Metadata, change, error_of, part_of, tokens
from tests.idp.oidc.clients.signing import jwks_of, new_key, signed
from tests.idp.oidc.world import (
    HALL,
    REDIRECT_URIS,
    SECRETS,
    World,
    basic,
    fields_of,
    path_of,
)


def scopes(world: World, metadata: Metadata) -> None:
    change(world, HALL, scope=" ".join(metadata["scopes_supported"]))
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
