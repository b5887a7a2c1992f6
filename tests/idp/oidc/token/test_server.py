"""The token endpoint: what it refuses, with which code, and what is written down."""

import json

import pytest

from idp.audit import AuditUnavailable
from idp.error_references import explain
from idp.oidc.http import FORM, Request, Response
from idp.storage.ephemeral import StoreUnavailable
from tests.idp.oidc.world import HALL, REDIRECT_URIS, SPA, World, basic, parameters


def error_of(response: Response) -> str:
    return str(json.loads(response.body)["error"])


def test_a_code_is_good_once(world: World) -> None:
    world.sign_in()
    code = world.code()
    token = json.loads(world.token(code).body)["access_token"]
    assert world.userinfo(token).status == 200
    refused = world.token(code)
    assert (refused.status, error_of(refused)) == (400, "invalid_grant")
    assert len(world.events("code_replayed")) == 1
    assert world.userinfo(token).status == 401


def test_a_code_of_another_client_is_refused_and_spent(world: World) -> None:
    world.sign_in()
    code = world.code(HALL)
    assert error_of(world.token(code, SPA, redirect_uri=REDIRECT_URIS[HALL])) == "invalid_grant"
    assert error_of(world.token(code)) == "invalid_grant"


def test_a_public_client_is_known_by_its_verifier(world: World) -> None:
    world.sign_in()
    assert world.token(world.code(SPA), SPA).status == 200
    assert error_of(world.token(world.code(SPA), SPA, code_verifier="x" * 43)) == "invalid_grant"
    assert error_of(world.token(world.code(SPA), SPA, code_verifier=None)) == "invalid_grant"


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"grant_type": None}, "invalid_request"),
        ({"grant_type": "password"}, "unsupported_grant_type"),
        ({"code": None}, "invalid_request"),
        ({"code": "unknown"}, "invalid_grant"),
        ({"redirect_uri": None}, "invalid_grant"),
    ],
)
def test_a_wrong_request_gets_the_code_of_the_specification(
    world: World, changes: dict[str, str | None], error: str
) -> None:
    world.sign_in()
    response = world.token(world.code(), **changes)
    assert (response.status, error_of(response)) == (400, error)
    assert dict(response.headers)["Cache-Control"] == "no-store"


def test_a_wrong_secret_is_a_401_with_a_challenge(world: World) -> None:
    response = world.post(
        "/oauth2/token",
        {"grant_type": "authorization_code", "code": "x"},
        authorization=basic(HALL, "wrong"),
    )
    assert (response.status, error_of(response)) == (401, "invalid_client")
    assert dict(response.headers)["WWW-Authenticate"].startswith("Basic ")


def test_an_error_has_a_reference_that_explains_it_and_an_event(world: World) -> None:
    response = world.post("/oauth2/token", {"client_id": "nobody"})
    description = json.loads(response.body)["error_description"]
    reference = description.rpartition("reference ")[2].rstrip(")")
    cause = explain(world.provider.store, reference)
    assert cause is not None
    assert (cause.where, cause.error, cause.detail) == (
        "token",
        "invalid_client",
        "unknown or suspended client",
    )
    (event,) = world.events("token_refused")
    assert json.loads(event.payload) == {"error": "invalid_client", "detail": reference}


def test_parameters_come_in_a_form_and_once(world: World) -> None:
    as_json = Request("POST", "/oauth2/token", content_type="application/json")
    assert error_of(world.endpoints["/oauth2/token"](as_json)) == "invalid_request"
    in_address = Request("POST", "/oauth2/token", query=parameters({"grant_type": "x"}), content_type=FORM)
    assert error_of(world.endpoints["/oauth2/token"](in_address)) == "invalid_client"
    twice = parameters({"code": "1"}).values | {"grant_type": ("authorization_code", "authorization_code")}
    request = Request("POST", "/oauth2/token", form=type(in_address.form)(twice), content_type=FORM)
    assert error_of(world.endpoints["/oauth2/token"](request)) == "invalid_request"


def test_other_methods_are_told_which_one_is_right(world: World) -> None:
    response = world.endpoints["/oauth2/token"](Request("GET", "/oauth2/token"))
    assert (response.status, dict(response.headers)["Allow"]) == (405, "POST")
    preflight = world.endpoints["/oauth2/token"](Request("OPTIONS", "/oauth2/token"))
    assert preflight.status == 204
    assert dict(preflight.headers)["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize("failure", [StoreUnavailable("gone"), AuditUnavailable("gone")])
def test_nothing_is_acknowledged_that_is_not_kept(world: World, failure: Exception) -> None:
    from dataclasses import replace

    from idp.oidc.endpoints import served

    class Broken:
        def __getattr__(self, name: str) -> object:
            raise failure

    broken = {"store": Broken()} if isinstance(failure, StoreUnavailable) else {"audit": Broken()}
    world.sign_in()
    code = world.code()
    world.endpoints = served.table(replace(world.provider, **broken))  # type: ignore[arg-type]
    response = world.token(code)
    assert (response.status, error_of(response)) == (503, "temporarily_unavailable")
    assert b"access_token" not in response.body
