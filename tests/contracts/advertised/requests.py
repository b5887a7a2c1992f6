"""What an authorization request may say."""

import json

from idp.oidc.authorize.answers import FormPost
from idp.oidc.levels import acr
from tests.contracts.advertised.moves import Metadata, change, error_of, part_of, tokens
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
    change(world, HALL, scope=" ".join(metadata["scopes_supported"]), accepted_parties=["citizen", "agent"])
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

    world.sign_in(level=4, method="licence")
    for value in metadata["acr_values_supported"]:
        assert part_of(tokens(world, claims=essential(value))["id_token"], 1)["acr"] == value
    assert acr(5) not in metadata["acr_values_supported"]
    assert error_of(world.authorize(claims=essential(acr(5)))) == "unmet_authentication_requirements"


def pushed_requests(world: World, metadata: Metadata) -> None:
    """Not needed by everybody."""
    assert not metadata["require_pushed_authorization_requests"]
    assert path_of(world.authorize()) == "/login"
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
