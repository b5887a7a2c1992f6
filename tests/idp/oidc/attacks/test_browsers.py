"""Attacks through the victim's browser (RFC 9700 sections 4.7, 4.16; OWASP ASVS 3)."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from idp import browser, sessions
from tests.idp.oidc.attacks.conftest import ORIGIN
from tests.idp.oidc.world import CHALLENGE, HALL, REDIRECT_URIS, World

ASKED = {
    "client_id": HALL,
    "redirect_uri": REDIRECT_URIS[HALL],
    "response_type": "code",
    "scope": "openid profile",
    "code_challenge": CHALLENGE,
    "code_challenge_method": "S256",
}
PAGES = ("/login", "/enrol", "/consent", "/account", "/logout", "/nothing/here")
CROSS_SITE = {"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"}


def get(client: FlaskClient, path: str, **query: str) -> TestResponse:
    return client.get(path, base_url=ORIGIN, query_string=query or None)


def token_of(page: TestResponse) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', page.text)
    assert found is not None
    return found[1]


@pytest.mark.parametrize("path", PAGES)
def test_clickjacking(person: FlaskClient, path: str) -> None:
    """RFC 9700 section 4.16: no page of ours appears in another's frame."""
    answer = get(person, path)
    assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Frame-Options"] == "DENY"


def consent_page(person: FlaskClient) -> TestResponse:
    response = get(person, "/oauth2/authorize", **ASKED)
    assert response.location.startswith("/consent?")
    return get(person, response.location)


@pytest.mark.parametrize("headers", [{}, CROSS_SITE, {"Origin": "null"}, {"Sec-Fetch-Site": "same-site"}])
def test_csrf_on_consent(person: FlaskClient, app_world: World, headers: dict[str, str]) -> None:
    """Neither without the form's token, nor, with one that was stolen, from another site."""
    page = consent_page(person)
    query = page.request.query_string.decode()
    form = {"decision": "agree", "asked": "x", **({"csrf_token": token_of(page)} if headers else {})}
    answer = person.post("/consent", base_url=ORIGIN, query_string=query, data=form, headers=headers)
    assert answer.status_code == 403
    assert app_world.events("consent_granted") == []


@pytest.mark.parametrize("headers", [{}, CROSS_SITE, {"Origin": "null"}])
def test_csrf_on_logout(person: FlaskClient, headers: dict[str, str]) -> None:
    page = get(person, "/logout")
    form = {"decision": "sign_out", **({"csrf_token": token_of(page)} if headers else {})}
    assert person.post("/logout", base_url=ORIGIN, data=form, headers=headers).status_code == 403
    assert get(person, "/account").status_code == 200


def test_csrf_on_logout_by_a_link(person: FlaskClient) -> None:
    """What another page leads a browser to asks first."""
    for query in ({}, {"client_id": HALL}, {"id_token_hint": "x.y.z"}):
        get(person, "/oauth2/end_session", **query)
    assert get(person, "/account").status_code == 200


def test_session_fixation(app: Flask, app_world: World) -> None:
    """A secret that the attacker knows, planted before the victim signs in, opens nothing after."""
    app_world.sign_in()
    planted = app_world.cookies[sessions.COOKIE]
    app_world.prove(level=2, method="password")
    attacker = app.test_client()
    attacker.set_cookie(sessions.COOKIE, planted, domain="id.example", secure=True, httponly=True)
    assert get(attacker, "/account").status_code == 303
    assert app_world.cookies[sessions.COOKIE] != planted


def test_session_fixation_by_a_made_up_cookie(app: Flask) -> None:
    client = app.test_client()
    client.set_cookie(sessions.COOKIE, "a" * 43, domain="id.example", secure=True, httponly=True)
    answer = get(client, "/account")
    assert answer.status_code == 303
    assert "/login" in answer.location


def test_an_interaction_of_another_browser(app: Flask, person: FlaskClient) -> None:
    """The attacker's sign-in, begun in the attacker's browser, is not finished by the victim's."""
    attacker = app.test_client()
    answer = get(attacker, "/oauth2/authorize", **ASKED)
    led = re.search(r"interaction=([^&]+)", answer.location)
    assert led is not None
    for path in (f"/oauth2/interaction/{led[1]}", f"/consent?interaction={led[1]}"):
        page = get(person, path)
        assert page.status_code == 400
        assert 'data-kind="foreign"' in page.text


@pytest.mark.parametrize("name", [sessions.COOKIE, browser.COOKIE])
def test_cookie_tossing(app: Flask, app_world: World, name: str) -> None:
    """A neighbour of our host cannot set a `__Host-` cookie; a name that comes twice is no name."""
    assert name.startswith("__Host-")
    app_world.sign_in()
    good = app_world.cookies[sessions.COOKIE]
    for header in (
        f"{sessions.COOKIE}={good}; {sessions.COOKIE}={'a' * 43}",
        f"{sessions.COOKIE}={'a' * 43}; {sessions.COOKIE}={good}",
    ):
        answer = app.test_client().get(
            "/oauth2/authorize", base_url=ORIGIN, query_string=ASKED, headers={"Cookie": header}
        )
        assert answer.location.startswith("/login")


def test_cookies_are_out_of_reach_of_scripts_and_neighbours(app: Flask) -> None:
    """OWASP ASVS 3.3: Secure, HttpOnly, SameSite, no Domain."""
    answer = app.test_client().get("/login", base_url=ORIGIN)
    cookies = answer.headers.getlist("Set-Cookie")
    assert cookies
    for cookie in cookies:
        assert {"Secure", "HttpOnly", "SameSite=Lax"} <= {part.strip() for part in cookie.split(";")}
        assert "domain" not in cookie.lower()


def test_a_script_that_was_planted_in_a_parameter(person: FlaskClient) -> None:
    """Nothing that came with a request is run: everything is escaped, and scripts come from us alone."""
    planted = "<script>alert(1)</script>"
    for query in ({**ASKED, "client_id": planted}, {**ASKED, "redirect_uri": f"https://x/{planted}"}):
        page = get(person, "/oauth2/authorize", **query)
        assert planted not in page.text
        policy = page.headers["Content-Security-Policy"]
        assert "script-src 'none'" in policy or "script-src 'self'" in policy
        assert "unsafe-inline" not in policy
