"""The pages of a device's code in the whole app: nothing goes on without a click, or elsewhere."""

import json
import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from idp import sessions
from idp.oidc.clients.fields.device import DEVICE_CODE
from tests.counting import Counting
from tests.idp.oidc.device.kiosk import SPA, register
from tests.idp.oidc.test_views import ENGLISH, ORIGIN
from tests.idp.oidc.world import World


@pytest.fixture
def codes(app: Flask, app_world: World) -> dict[str, str]:
    """What a kiosk was given."""
    register(app_world, SPA)
    asked = app_world.post("/oauth2/device_authorization", {"client_id": SPA, "scope": "openid"})
    found: dict[str, str] = json.loads(asked.body)
    return found


@pytest.fixture
def phone(app: Flask, app_world: World, codes: dict[str, str]) -> FlaskClient:
    """A browser in which the person is signed in."""
    client = app.test_client()
    app_world.sign_in()
    secret = app_world.cookies[sessions.COOKIE]
    client.set_cookie(sessions.COOKIE, secret, domain="id.example", secure=True, httponly=True)
    return client


def get(client: FlaskClient, path: str) -> TestResponse:
    return client.get(path.removeprefix(ORIGIN), base_url=ORIGIN, headers=ENGLISH)


def submit(client: FlaskClient, page: TestResponse, **fields: str) -> TestResponse:
    """Send the page's form to where it leads."""
    token = re.search(r'name="csrf_token" value="([^"]+)"', page.text)
    assert token is not None
    query = page.request.query_string.decode()
    return client.post(
        page.request.path,
        base_url=ORIGIN,
        query_string=query,
        data={"csrf_token": token[1], **fields},
        headers=ENGLISH,
    )


def polled(world: World, codes: dict[str, str]) -> dict[str, str]:
    world.clock.advance(5)
    form: dict[str, str | None] = {
        "client_id": SPA,
        "grant_type": DEVICE_CODE,
        "device_code": codes["device_code"],
    }
    found: dict[str, str] = json.loads(world.post("/oauth2/token", form).body)
    return found


def test_from_the_code_to_the_tokens(phone: FlaskClient, app_world: World, codes: dict[str, str]) -> None:
    page = get(phone, "/device")
    answer = submit(phone, page, user_code=codes["user_code"].lower().replace("-", " "))
    assert answer.location.startswith("/device/confirm?entry=")
    page = get(phone, answer.location)
    for words in ("A page", "Just now", "did you start this yourself just now?", "it is fraud"):
        assert words in page.text
    answer = submit(phone, page, decision="mine")
    assert answer.location.startswith("/oauth2/interaction/")
    answer = get(phone, answer.location)
    assert answer.location.startswith("/consent?")
    page = get(phone, answer.location)
    assert "form-action 'self';" in page.headers["Content-Security-Policy"] + ";"
    asked = re.search(r'name="asked" value="([^"]+)"', page.text)
    assert asked is not None
    answer = get(phone, submit(phone, page, decision="agree", asked=asked[1]).location)
    page = get(phone, answer.location)
    assert 'id="approved"' in page.text
    assert "A page goes on there by itself" in page.text
    assert "access_token" in polled(app_world, codes)


def test_a_poll_that_waits_costs_three_commands_and_writes_no_row(
    app: Flask, app_world: World, codes: dict[str, str]
) -> None:
    """There are many of them. The client, and which addresses are blocked, are read again once their moments
    in memory are over."""
    form = {"client_id": SPA, "grant_type": DEVICE_CODE, "device_code": codes["device_code"]}
    client, counting = app.test_client(), Counting(app)
    for _ in range(2):
        app_world.clock.advance(5)
        answer = client.post("/oauth2/token", data=form, base_url=ORIGIN)
        assert answer.get_json()["error"] == "authorization_pending"
    for cost in counting.costs:
        assert all(text.startswith(("SELECT clients.", "SELECT address_blocks.")) for text in cost.statements)
        assert len(cost.statements) <= 2
        # A sandbox looks once more, whether something else was chosen for the app.
        assert len([one for one in cost.commands if one != "get sandbox"]) <= 3
        assert len(cost.commands) <= 4


def test_a_link_with_the_code_does_nothing_by_itself(
    phone: FlaskClient, app_world: World, codes: dict[str, str]
) -> None:
    """RFC 8628 sections 3.3.1 and 5.4: it is shown to be compared."""
    page = get(phone, codes["verification_uri_complete"])
    assert f'value="{codes["user_code"]}"' in page.text
    assert "does the device in front of you show this code?" in page.text
    assert "A page" not in page.text
    assert polled(app_world, codes)["error"] == "authorization_pending"


@pytest.mark.parametrize("given", ["<script>", "BCDF", "A" * 5000, "%00"])
def test_attack_a_link_that_puts_something_else_into_the_page(phone: FlaskClient, given: str) -> None:
    page = get(phone, f"/device?user_code={given}")
    assert page.status_code == 200
    assert "<script>" not in page.text
    field = re.search(r'<input id="user-code"[^>]*>', page.text)
    assert field is not None
    assert "value=" not in field[0]


def test_a_wrong_code_says_so_and_enough_of_them_make_wait(phone: FlaskClient) -> None:
    page = get(phone, "/device")
    answers = [submit(phone, page, user_code="BCDF-GHJK") for _ in range(12)]
    assert answers[0].status_code == 422
    assert "This code is not good" in answers[0].text
    assert answers[-1].status_code == 429
    assert 'id="wait"' in answers[-1].text


def test_saying_no_is_told_to_the_device(phone: FlaskClient, app_world: World, codes: dict[str, str]) -> None:
    question = get(phone, submit(phone, get(phone, "/device"), user_code=codes["user_code"]).location)
    answer = get(phone, submit(phone, question, decision="not_mine").location)
    assert 'id="denied"' in get(phone, answer.location).text
    assert polled(app_world, codes)["error"] == "access_denied"
    assert submit(phone, question, decision="mine").status_code == 400


def test_attack_another_site_sends_the_forms(phone: FlaskClient, codes: dict[str, str]) -> None:
    """CSRF: neither the code nor the yes can be sent from elsewhere."""
    get(phone, "/device")
    for path in ("/device", "/device/confirm?entry=x"):
        for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://thief.example"}, {}):
            form = {"user_code": codes["user_code"], "decision": "mine"}
            assert phone.post(path, base_url=ORIGIN, data=form, headers=headers).status_code == 403


def test_attack_a_swindler_sends_the_address_of_a_page_of_theirs(
    app: Flask, phone: FlaskClient, codes: dict[str, str]
) -> None:
    """Session fixation: what one browser entered shows in no other."""
    swindler = app.test_client()
    answer = submit(swindler, get(swindler, "/device"), user_code=codes["user_code"])
    get(phone, "/device")
    page = get(phone, answer.location)
    assert page.status_code == 400
    assert "A page" not in page.text


@pytest.mark.parametrize("outcome", ["approved", "denied", ""])
def test_the_last_page_is_shown_to_who_has_answered(phone: FlaskClient, outcome: str) -> None:
    get(phone, "/device")
    assert get(phone, f"/oauth2/answered?interaction=made-up&outcome={outcome}").status_code == 400


def test_no_page_of_these_may_be_framed(phone: FlaskClient) -> None:
    """Clickjacking (RFC 9700 section 4.16)."""
    for path in ("/device", "/device/confirm?entry=x", "/oauth2/answered"):
        assert "frame-ancestors 'none'" in get(phone, path).headers["Content-Security-Policy"]
