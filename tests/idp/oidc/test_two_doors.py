"""The fast path and Flask's routes give the same answers, byte for byte."""

import json
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.test import Client, EnvironBuilder, run_wsgi_app
from werkzeug.wrappers import Response

from idp import browser, fastpath, sessions
from idp import headers as headers_of_idp
from idp.audit.models import AuditEvent
from idp.crypto.digests import digest, new_secret
from idp.oidc.authorize import endpoint as authorization
from tests.idp.oidc.world import HALL, REDIRECT_URIS, SECRETS, VERIFIER, World, basic

REFERENCE = re.compile(rb"reference [0-9A-Z]{4}-[0-9A-Z]{4}")
LEFT = re.compile(r";r=\d+;t=")
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
        # What is left to the client is one less at the second door.
        named = [(name, LEFT.sub(";t=", value)) for name, value in answered.to_wsgi_list()]
        return int(status.split()[0]), sorted(named), b"".join(parts)


@pytest.fixture
def doors(app: Flask) -> tuple[Door, Door]:
    def flask_alone(environ: Any, start_response: Any) -> Any:
        return Flask.wsgi_app(app, environ, start_response)

    return Door(fastpath.before(app, no_app)), Door(flask_alone)


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
    "/oauth2/device_authorization",
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
        ("POST", "/oauth2/device_authorization", b"scope=openid", AUTHORIZED),
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


AUTHORIZATION = {
    "client_id": HALL,
    "redirect_uri": REDIRECT_URIS[HALL],
    "response_type": "code",
    "scope": "openid profile",
    "state": "the-state",
    "nonce": "the-nonce",
    "code_challenge": digest(VERIFIER),
    "code_challenge_method": "S256",
}


def address(**changes: str | None) -> str:
    asked = {name: value for name, value in {**AUTHORIZATION, **changes}.items() if value is not None}
    return f"/oauth2/authorize?{urlencode(asked)}"


@pytest.fixture
def browsing(app_world: World) -> dict[str, str]:
    """The headers of a browser that is signed in and has agreed to what the hall asks."""
    app_world.sign_in()
    app_world.code()
    app_world.clock.advance(1)  # what was proved in this very second would count for this request
    cookies = {browser.COOKIE: new_secret(), **app_world.cookies}
    return {"Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items())}


def without_what_is_new(answer: Answer) -> Answer:
    status, headers, body = without_reference(answer)
    new = re.compile(r"(code|interaction|response|session_state)=[A-Za-z0-9_.-]+")
    known = re.compile(r"request \S+|\(reference\+[^)]*\)|reference%20\S+|reference\+[0-9A-Z-]+")
    return status, [(name, known.sub("", new.sub(r"\1=", value))) for name, value in headers], body


@pytest.mark.parametrize(
    ("changes", "leads_to"),
    [
        ({}, REDIRECT_URIS[HALL]),
        ({"response_mode": "fragment"}, f"{REDIRECT_URIS[HALL]}#code="),
        ({"response_mode": "jwt"}, f"{REDIRECT_URIS[HALL]}?response="),
        ({"prompt": "none"}, f"{REDIRECT_URIS[HALL]}?code="),
        ({"prompt": "none", "acr_values": "urn:yitong:acr:3"}, REDIRECT_URIS[HALL]),
        ({"prompt": "login"}, "/login?interaction="),
        ({"prompt": "consent"}, "/consent?interaction="),
        ({"scope": "openid resident_number"}, "/consent?interaction="),
        ({"code_challenge": None}, f"{REDIRECT_URIS[HALL]}?error="),
        ({"response_type": "token"}, f"{REDIRECT_URIS[HALL]}?error="),
    ],
)
def test_a_session_is_answered_alike(
    doors: tuple[Door, Door], browsing: dict[str, str], changes: dict[str, str | None], leads_to: str
) -> None:
    """Status, place and every header, those that guard the browser and its cookies included."""
    fast, flask = (
        without_what_is_new(door.ask("GET", address(**changes), headers=browsing)) for door in doors
    )
    assert fast == flask
    assert fast[0] == 303
    assert dict(fast[1])["Location"].startswith(leads_to.partition("=")[0])
    assert "X-Frame-Options" in dict(fast[1])
    assert f"{browser.COOKIE}=" not in str(fast[1])


def test_production_asks_for_https_at_both_doors() -> None:
    assert ("Strict-Transport-Security", headers_of_idp.HSTS) in headers_of_idp.beside_a_redirect(hsts=True)


@pytest.mark.parametrize(
    "cookie",
    [
        "",
        f"{sessions.COOKIE}=s",
        f"{browser.COOKIE}={'b' * 43}",
        f"{browser.COOKIE}=short; {sessions.COOKIE}=s",
        f"{browser.COOKIE}={'b' * 43}; {browser.COOKIE}={'c' * 43}; {sessions.COOKIE}=s",
        f"{browser.COOKIE}={'b' * 43}; {sessions.COOKIE}=s; {sessions.COOKIE}=t",
        f'{sessions.COOKIE}=s; other="{browser.COOKIE}={"b" * 43}"',
    ],
)
def test_who_is_not_signed_in_goes_on_to_flask(app: Flask, cookie: str) -> None:
    """Flask knows how a browser comes by its id, and whom to believe which cookie (cookie tossing)."""
    passed = Passed()
    Door(fastpath.before(app, passed)).ask("GET", address(), headers={"Cookie": cookie})
    assert passed.times == 1
    assert authorization.FOUND not in passed.environ


@pytest.mark.parametrize(("method", "body"), [("POST", b""), ("HEAD", b""), ("GET", b"a=b"), ("PUT", b"")])
def test_other_methods_and_bodies_go_on_to_flask(
    app: Flask, browsing: dict[str, str], method: str, body: bytes
) -> None:
    passed = Passed()
    Door(fastpath.before(app, passed)).ask(method, address(), body, headers=browsing)
    assert passed.times == 1
    assert passed.environ["wsgi.input"].read() == body


@pytest.mark.parametrize(
    ("changes", "status", "shown", "noted"),
    [
        ({"response_mode": "form_post"}, 200, b'name="code"', ["code_issued"]),
        ({"client_id": "nobody"}, 400, b"reference", []),
        ({"redirect_uri": "https://elsewhere.example/"}, 400, b"reference", ["authorization_refused"]),
    ],
)
def test_a_page_is_made_by_flask_of_what_the_fast_path_found(
    app: Flask,
    browsing: dict[str, str],
    changes: dict[str, str],
    status: int,
    shown: bytes,
    noted: list[str],
) -> None:
    """The request is worked on once: one code, one event, one cause remembered."""
    passed = Passed(lambda environ, start_response: Flask.wsgi_app(app, environ, start_response))
    issued = len(event_names(app))
    answered, headers, body = Door(fastpath.before(app, passed)).ask(
        "GET", address(**changes), headers=browsing
    )
    assert (answered, passed.times) == (status, 1)
    assert authorization.FOUND in passed.environ
    assert shown in body
    assert dict(headers)["X-Frame-Options"] == "DENY"
    assert event_names(app)[issued:] == noted


def test_a_header_cannot_say_what_the_fast_path_found(app: Flask, browsing: dict[str, str]) -> None:
    name = authorization.FOUND.replace(".", "-")
    status, headers, _ = Door(app.wsgi_app).ask("GET", address(), headers={**browsing, name: "x"})
    assert status == 303
    assert "code=" in dict(headers)["Location"]


class Passed:
    """Stands behind the fast path and notes what comes through."""

    def __init__(self, app: Any = None) -> None:
        self.times = 0
        self.environ: dict[str, Any] = {}
        self._app = app

    def __call__(self, environ: Any, start_response: Any) -> Any:
        self.times += 1
        self.environ = environ
        if self._app is not None:
            return self._app(environ, start_response)
        start_response("204 No Content", [])
        return []


def event_names(app: Flask) -> list[str]:
    with app.extensions["yitong"].engine.connect() as connection:
        return list(connection.scalars(select(AuditEvent.name).order_by(AuditEvent.seq)))


def test_other_paths_go_on_to_flask(app: Flask) -> None:
    response = Client(app, Response).get("/healthz")
    assert response.status_code == 200
    assert isinstance(Client(app, Response).get("/oauth2/jwks").get_json(), dict)
