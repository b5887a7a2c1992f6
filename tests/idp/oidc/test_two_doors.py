"""The fast path and Flask's routes give the same answers, byte for byte."""

import json
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

import pytest
from flask import Flask
from werkzeug.test import Client, EnvironBuilder, run_wsgi_app
from werkzeug.wrappers import Response

from idp.fastpath import FastPath
from idp.oidc import endpoints
from tests.idp.oidc.world import HALL, REDIRECT_URIS, SECRETS, VERIFIER, World, basic

REFERENCE = re.compile(rb"reference [0-9A-Z]{4}-[0-9A-Z]{4}")
Answer = tuple[int, list[tuple[str, str]], bytes]
FORM = "application/x-www-form-urlencoded"
AUTHORIZED = {"Authorization": basic(HALL, SECRETS[HALL])}


class Door:
    """Makes the same request at one of the doors."""

    def __init__(self, application: Any) -> None:
        self._application = application

    def ask(
        self, method: str, path: str, body: bytes = b"", headers: Mapping[str, str] | None = None
    ) -> Answer:
        builder = EnvironBuilder(
            path=path.partition("?")[0],
            query_string=path.partition("?")[2],
            method=method,
            data=body,
            headers=dict(headers or {}),
            content_type=(headers or {}).get("Content-Type", FORM),
        )
        parts, status, answered = run_wsgi_app(self._application, builder.get_environ(), buffered=True)
        return int(status.split()[0]), sorted(answered.to_wsgi_list()), b"".join(parts)


@pytest.fixture
def doors(app: Flask) -> tuple[Door, Door]:
    def flask_alone(environ: Any, start_response: Any) -> Any:
        return Flask.wsgi_app(app, environ, start_response)

    return Door(FastPath(no_app, app.extensions[endpoints.KEY])), Door(flask_alone)


def no_app(_environ: Any, _start_response: Any) -> Any:
    raise AssertionError("the fast path passed a request of its own on")


def without_reference(answer: Answer) -> Answer:
    """References are new each time; so is the order of nothing else."""
    status, headers, body = answer
    replaced = [(name, REFERENCE.sub(b"reference", value.encode()).decode()) for name, value in headers]
    body = REFERENCE.sub(b"reference", body)
    return status, replaced, body


PATHS = (
    "/oauth2/token",
    "/oauth2/userinfo",
    "/oauth2/jwks",
    "/.well-known/openid-configuration",
    "/.well-known/oauth-authorization-server",
)


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"])
def test_every_method_is_answered_alike(doors: tuple[Door, Door], path: str, method: str) -> None:
    fast, flask = (without_reference(door.ask(method, path)) for door in doors)
    assert fast == flask


@pytest.mark.parametrize(
    ("method", "path", "body", "headers"),
    [
        ("POST", "/oauth2/token", b"grant_type=authorization_code&code=x", AUTHORIZED),
        ("POST", "/oauth2/token", b"grant_type=password", AUTHORIZED),
        ("POST", "/oauth2/token", b"grant_type=a&grant_type=b", AUTHORIZED),
        ("POST", "/oauth2/token", b"{}", {**AUTHORIZED, "Content-Type": "application/json"}),
        ("POST", "/oauth2/token", b"x=%ff", AUTHORIZED),
        ("POST", "/oauth2/token", b"x" * 70_000, AUTHORIZED),
        ("POST", "/oauth2/token", b"a=1&" * 200, AUTHORIZED),
        ("POST", "/oauth2/token", b"", {"Authorization": "Basic !"}),
        ("GET", "/oauth2/userinfo", b"", {"Authorization": "Bearer x.y.z"}),
        ("GET", "/oauth2/userinfo?access_token=x", b"", {}),
        ("POST", "/oauth2/userinfo", b"access_token=x", {}),
        ("GET", "/oauth2/userinfo", b"", {"Authorization": "DPoP x", "DPoP": "y"}),
        ("POST", "/oauth2/token", b"grant_type=authorization_code&code=x", {**AUTHORIZED, "DPoP": "y"}),
        ("POST", "/oauth2/token", b"grant_type=a", {**AUTHORIZED, "X-Client-Certificate": "y"}),
        ("GET", "/oauth2/jwks?x=%ff", b"", {}),
        ("GET", "/oauth2/jwks", b"", {"Origin": "https://spa.example", "Cookie": "a=b"}),
    ],
)
def test_every_refusal_is_the_same(
    doors: tuple[Door, Door], method: str, path: str, body: bytes, headers: dict[str, str]
) -> None:
    fast, flask = (without_reference(door.ask(method, path, body, headers)) for door in doors)
    assert fast == flask
    assert fast[0] != 500


def test_tokens_and_claims_are_the_same(doors: tuple[Door, Door], app_world: World) -> None:
    app_world.sign_in()
    answers = []
    for door in doors:
        form = {
            "grant_type": "authorization_code",
            "code": app_world.code(),
            "redirect_uri": REDIRECT_URIS[HALL],
            "code_verifier": VERIFIER,
        }
        status, headers, body = door.ask("POST", "/oauth2/token", urlencode(form).encode(), AUTHORIZED)
        tokens = json.loads(body)
        told = door.ask(
            "GET", "/oauth2/userinfo", headers={"Authorization": f"Bearer {tokens['access_token']}"}
        )
        # Signatures and token ids are new each time; everything around them is not.
        lengths = {
            name: value if name in {"scope", "expires_in", "token_type"} else ""
            for name, value in tokens.items()
        }
        headers = [header for header in headers if header[0] != "Content-Length"]
        answers.append((status, headers, lengths, told))
    assert answers[0] == answers[1]
    assert answers[0][0] == answers[0][3][0] == 200


def test_other_paths_go_on_to_flask(app: Flask) -> None:
    response = Client(app, Response).get("/healthz")
    assert response.status_code == 200
    assert isinstance(Client(app, Response).get("/oauth2/jwks").get_json(), dict)
