"""The consent page in the whole app: what a request asks in detail can be read, and shows as nothing else."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from idp import sessions
from tests.contracts.advertised.moves import change
from tests.idp.oidc.details.asked import FEE, RECORD, prepare, text
from tests.idp.oidc.test_views import ASKED, ENGLISH, ORIGIN, get, submit
from tests.idp.oidc.world import HALL, REDIRECT_URIS, World

PAGE = ASKED | {"scope": "openid profile phone"}


@pytest.fixture
def person(app: Flask, app_world: World) -> FlaskClient:
    """A browser in which somebody is signed in who is here now."""
    prepare(app_world)
    client = app.test_client()
    client.get("/oauth2/authorize", base_url=ORIGIN)
    app_world.sign_in(level=3, method="face")
    secret = app_world.cookies[sessions.COOKIE]
    client.set_cookie(sessions.COOKIE, secret, domain="id.example", secure=True, httponly=True)
    return client


def asked_for(client: FlaskClient, **asked: str) -> TestResponse:
    response = get(client, "/oauth2/authorize", **(PAGE | asked))
    assert response.location.startswith("/consent?"), response.location
    return client.get(response.location, base_url=ORIGIN, headers=ENGLISH)


def test_details_a_purpose_and_places_are_shown(person: FlaskClient) -> None:
    page = asked_for(person, authorization_details=text(FEE, RECORD), purpose="Transfer of my flat").text
    for words in (
        *("Pay a fee", "123.50 CNY (Chinese Yuan)", str(FEE["payee"]), "asked again each time"),
        *("January 1, 2025", "pension, medical", "not asked about the very same again for 180 days"),
        *("Transfer of my flat", "Tax Office", "A page"),
    ):
        assert words in page


def test_links_say_where_they_lead_and_tell_nothing_of_where_they_were(
    person: FlaskClient, app_world: World
) -> None:
    localized = {"client_name": {"": "City Service Hall"}, "tos_uri": {"": "https://terms.example/a?b"}}
    change(app_world, HALL, localized=localized)
    app_world.provider.clients.forget(HALL)
    page = asked_for(person).text
    (link,) = re.findall(r'<a href="https://terms.example[^>]*>[^<]*</a>', page)
    assert 'rel="noopener noreferrer"' in link
    assert ">terms.example</a>" in link


def test_attack_markup_in_what_a_client_says(person: FlaskClient) -> None:
    mark = '<img src=x onerror="1">{{ 7*7 }}'
    page = asked_for(person, authorization_details=text(FEE | {"fee": mark}), purpose=mark).text
    assert "<img src=x" not in page
    assert page.count("&lt;img src=x onerror=&#34;1&#34;&gt;{{ 7*7 }}") == 2


def test_attack_a_right_to_left_value_turns_nothing_around_it(person: FlaskClient) -> None:
    """Each value stands in an isolate of its own (HTML, the bdi element)."""
    page = asked_for(person, authorization_details=text(FEE | {"payee": "ئۇيغۇر"}), purpose="ئۇيغۇر").text
    assert page.count('<bdi class="said">ئۇيغۇر</bdi>') == 2


def test_attack_details_are_agreed_to_by_another_site(person: FlaskClient, app_world: World) -> None:
    """Neither without the form's token, nor from a page of another origin, nor in a frame."""
    page = asked_for(person, authorization_details=text(FEE))
    assert page.headers["X-Frame-Options"] == "DENY"
    assert "frame-ancestors 'none'" in page.headers["Content-Security-Policy"]
    query = page.request.query_string.decode()
    asked = re.findall(r'name="asked" value="([^"]+)"', page.text)[0]
    forged = {"decision": "agree", "asked": asked}
    for headers in ({}, {"Origin": "https://attacker.example", "Sec-Fetch-Site": "cross-site"}):
        response = person.post("/consent", base_url=ORIGIN, query_string=query, data=forged, headers=headers)
        assert response.status_code == 403
    assert app_world.events("consent_granted") == []


def test_attack_a_page_of_one_request_answers_another(person: FlaskClient, app_world: World) -> None:
    """The form of a small fee, sent to the address of a large one: the large one is shown, and not paid."""
    small = asked_for(person, authorization_details=text(FEE))
    large_fee = FEE | {"amount": {"currency": "CNY", "amount": "49999.00"}}
    large = asked_for(person, authorization_details=text(large_fee))
    hidden = dict(re.findall(r'name="(csrf_token|asked)" value="([^"]+)"', small.text))
    response = person.post(
        "/consent",
        base_url=ORIGIN,
        query_string=large.request.query_string.decode(),
        data={**hidden, "decision": "agree"},
        headers=ENGLISH,
    )
    assert response.status_code == 200
    assert "49,999.00 CNY" in response.text
    assert app_world.events("consent_granted") == []


def test_agreeing_leads_back_and_refusing_gives_nothing(person: FlaskClient, app_world: World) -> None:
    response = submit(person, asked_for(person, authorization_details=text(FEE)), decision="refuse")
    back = person.get(response.location, base_url=ORIGIN).location
    assert parse_qs(urlsplit(back).query)["error"] == ["access_denied"]
    response = submit(person, asked_for(person, authorization_details=text(FEE)), decision="agree")
    back = person.get(response.location, base_url=ORIGIN).location
    assert back.startswith(f"{REDIRECT_URIS[HALL]}?code=")
    assert len(app_world.events("consent_refused")) == len(app_world.events("consent_granted")) == 1


def test_a_box_that_was_left_empty_stays_empty(person: FlaskClient) -> None:
    submit(person, asked_for(person), decision="agree")
    page = asked_for(person, authorization_details=text(FEE)).text
    (box,) = re.findall(r'<input type="checkbox"[^>]*>', page)
    assert "checked" not in box


def test_the_account_says_what_is_agreed_to_for_good(person: FlaskClient, app_world: World) -> None:
    submit(person, asked_for(person, authorization_details=text(FEE, RECORD)), decision="agree")
    account = person.get("/account", base_url=ORIGIN, headers=ENGLISH).text
    assert "Read your social insurance record" in account
    assert "Pay a fee" not in account
    app_world.clock.advance(1)
    person.post(
        f"/account/consents/{HALL}/withdraw",
        base_url=ORIGIN,
        data=dict(re.findall(r'name="(csrf_token)" value="([^"]+)"', account)),
    )
    assert asked_for(person, authorization_details=text(RECORD)).status_code == 200
