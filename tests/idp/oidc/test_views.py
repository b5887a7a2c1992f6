"""The room's pages in the whole app: consent, sign-out, and what is shown when a sign-in cannot go on."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from idp import browser, sessions
from idp.error_references import explain
from tests.idp.oidc.world import CHALLENGE, HALL, REDIRECT_URIS, World

ORIGIN = "https://id.example"
ENGLISH = {"Accept-Language": "en"}
ASKED = {
    "client_id": HALL,
    "redirect_uri": REDIRECT_URIS[HALL],
    "response_type": "code",
    "scope": "openid profile phone",
    "state": "the-state",
    "code_challenge": CHALLENGE,
    "code_challenge_method": "S256",
}


@pytest.fixture
def person(app: Flask, app_world: World) -> FlaskClient:
    """A browser in which the person is signed in."""
    client = app.test_client()
    client.get("/oauth2/authorize", base_url=ORIGIN)
    app_world.clock.advance(1)
    app_world.sign_in()
    client.set_cookie(
        sessions.COOKIE, app_world.cookies[sessions.COOKIE], domain="id.example", secure=True, httponly=True
    )
    return client


def get(client: FlaskClient, path: str, **query: str) -> TestResponse:
    return client.get(path, base_url=ORIGIN, query_string=query, headers=ENGLISH)


def submit(client: FlaskClient, page: TestResponse, **fields: str | list[str]) -> TestResponse:
    """Fill in the page's form and send it to the page's address."""
    hidden = dict(re.findall(r'name="(csrf_token|asked)" value="([^"]+)"', page.text))
    assert "csrf_token" in hidden
    query = page.request.query_string.decode()
    return client.post(page.request.path, base_url=ORIGIN, query_string=query, data={**hidden, **fields})


def consent_page(client: FlaskClient) -> TestResponse:
    response = get(client, "/oauth2/authorize", **ASKED)
    assert response.status_code == 303
    assert response.location.startswith("/consent?"), response.location
    return client.get(response.location, base_url=ORIGIN, headers=ENGLISH)


def test_a_stranger_is_led_to_the_login_page_with_a_browser_cookie(app: Flask) -> None:
    client = app.test_client()
    response = get(client, "/oauth2/authorize", **ASKED)
    assert response.location.startswith("/login?interaction=")
    cookie = client.get_cookie(browser.COOKIE, domain="id.example")
    assert cookie is not None
    assert (cookie.secure, cookie.http_only, cookie.same_site) == (True, True, "Lax")
    assert client.get(response.location, base_url=ORIGIN).status_code == 200


def test_the_consent_page_says_what_to_whom_why_and_for_how_long(person: FlaskClient) -> None:
    page = consent_page(person)
    assert page.status_code == 200
    for words in ("City Service Hall", "hall.localhost:8001", "To show you your applications", "180"):
        assert words in page.text
    assert "13800138000" not in page.text
    assert 'name="scope" value="phone"' in page.text
    assert "form-action 'self' http://hall.localhost:8001" in page.headers["Content-Security-Policy"]
    assert page.headers["Cache-Control"] == "no-store"
    assert page.headers["X-Frame-Options"] == "DENY"


def test_agreeing_leads_back_with_a_code_and_is_remembered(person: FlaskClient, app_world: World) -> None:
    response = submit(person, consent_page(person), decision="agree", scope="phone")
    assert response.location.startswith("/oauth2/interaction/")
    response = person.get(response.location, base_url=ORIGIN)
    assert response.location.startswith(REDIRECT_URIS[HALL] + "?code=")
    assert "state=the-state" in response.location
    again = get(person, "/oauth2/authorize", **ASKED)
    assert again.location.startswith(REDIRECT_URIS[HALL] + "?code=")
    assert len(app_world.events("consent_granted")) == 1


def test_refusing_leads_back_with_an_error(person: FlaskClient, app_world: World) -> None:
    response = submit(person, consent_page(person), decision="refuse")
    response = person.get(response.location, base_url=ORIGIN)
    assert "error=access_denied" in response.location
    assert len(app_world.events("consent_refused")) == 1


def test_a_consent_needs_the_token_of_its_form(person: FlaskClient, app_world: World) -> None:
    page = consent_page(person)
    query = page.request.query_string.decode()
    response = person.post(
        "/consent", base_url=ORIGIN, query_string=query, data={"decision": "agree", "csrf_token": "x"}
    )
    assert response.status_code == 403
    response = person.post(
        "/consent",
        base_url=ORIGIN,
        query_string=query,
        data={"decision": "agree"},
        headers={"Sec-Fetch-Site": "cross-site"},
    )
    assert response.status_code == 403
    assert app_world.events("consent_granted") == []


def test_the_consent_page_has_nothing_to_ask_twice(person: FlaskClient) -> None:
    page = consent_page(person)
    assert submit(person, page, decision="agree").status_code == 303
    response = submit(person, page, decision="agree")  # from another tab: on to the one decider
    assert response.location.startswith("/oauth2/interaction/")


def test_a_finished_sign_in_leads_back_to_the_portal(person: FlaskClient) -> None:
    response = submit(person, consent_page(person), decision="agree")
    person.get(response.location, base_url=ORIGIN)
    page = person.get(response.location, base_url=ORIGIN)
    assert page.status_code == 400
    assert 'data-kind="finished"' in page.text
    assert 'href="http://hall.localhost:8001/"' in page.text


def test_expired_foreign_and_cookieless_sign_ins_are_explained(
    app: Flask, person: FlaskClient, app_world: World
) -> None:
    page = consent_page(person)
    address = f"{page.request.path}?{page.request.query_string.decode()}"
    stranger = app.test_client()
    assert 'id="cookies-blocked"' in stranger.get(address, base_url=ORIGIN).text
    assert 'data-kind="foreign"' in stranger.get(address, base_url=ORIGIN).text
    app_world.clock.advance(901)
    assert 'data-kind="expired"' in person.get(address, base_url=ORIGIN).text
    assert 'data-kind="unknown"' in get(person, "/consent", interaction="x").text


def test_an_error_of_the_client_is_a_page_with_a_reference_that_explains_it(
    app: Flask, app_world: World
) -> None:
    page = get(app.test_client(), "/oauth2/authorize", **{**ASKED, "redirect_uri": "https://evil.example/"})
    assert page.status_code == 400
    assert 'href="https://evil.example' not in page.text
    reference = re.search(r'id="reference">([^<]+)<', page.text)
    assert reference is not None
    cause = explain(app_world.provider.store, reference[1])
    assert cause is not None
    assert cause.error == "invalid_request"
    assert "redirect_uri is not registered" in cause.description
    assert cause.detail == "given: https://evil.example/"
    assert cause.client_id == ASKED["client_id"]


def test_who_signs_out_in_doubt_is_asked(person: FlaskClient, app_world: World) -> None:
    response = get(
        person,
        "/oauth2/end_session",
        client_id=HALL,
        post_logout_redirect_uri="http://hall.localhost:8001/bye",
    )
    page = person.get(response.location, base_url=ORIGIN, headers=ENGLISH)
    assert "City Service Hall" in page.text
    assert "form-action 'self' http://hall.localhost:8001" in page.headers["Content-Security-Policy"]
    stay = submit(person, page, decision="stay")
    assert person.get(stay.location, base_url=ORIGIN).status_code == 200
    assert app_world.events("signed_out") == []
    response = submit(person, page, decision="sign_out")
    assert response.location == "http://hall.localhost:8001/bye"
    assert person.get_cookie(sessions.COOKIE, domain="id.example") is None
    assert len(app_world.events("signed_out")) == 1


def test_a_cross_site_post_may_ask_for_a_sign_in_and_for_a_sign_out(person: FlaskClient) -> None:
    headers = {"Sec-Fetch-Site": "cross-site", "Origin": "http://hall.localhost:8001"}
    response = person.post("/oauth2/authorize", base_url=ORIGIN, data=ASKED, headers=headers)
    assert response.location.startswith("/oauth2/authorize?posted=")
    response = person.get(response.location, base_url=ORIGIN)
    assert response.location.startswith("/consent?")
    response = person.post("/oauth2/end_session", base_url=ORIGIN, data={}, headers=headers)
    assert response.status_code == 400  # an empty body is no form


def test_pages_come_in_the_language_that_the_portal_asks_for(person: FlaskClient) -> None:
    response = get(person, "/oauth2/authorize", **ASKED, ui_locales="zh-CN")
    page = person.get(response.location, base_url=ORIGIN)
    assert '<html lang="zh-CN">' in page.text
    assert "市政务服务大厅" in page.text
