"""The browser's cookie, and forms that come from elsewhere."""

import re

import pytest
from flask.testing import FlaskClient

from idp.browser import COOKIE
from tests.idp.login.visitor import Site

FORM = "/enrol"


def opened(client: FlaskClient) -> dict[str, str]:
    """Open a form's page; its hidden token."""
    found = re.search(r'name="csrf_token" value="([^"]+)"', client.get(FORM, follow_redirects=True).text)
    assert found is not None
    return {"csrf_token": found[1]}


def test_the_cookie_is_bound_to_the_host_and_hidden_from_scripts(site: Site) -> None:
    (set_cookie,) = [
        value
        for value in site.app.test_client().get(FORM).headers.getlist("Set-Cookie")
        if value.startswith(COOKIE)
    ]
    assert COOKIE.startswith("__Host-")
    for attribute in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/"):
        assert attribute in set_cookie
    assert "Domain" not in set_cookie


def test_it_is_set_once(site: Site) -> None:
    client = site.app.test_client()
    client.get(FORM)
    again = client.get(FORM).headers.getlist("Set-Cookie")
    assert not any(value.startswith(COOKIE) for value in again)


@pytest.mark.parametrize("planted", ["short", "x" * 44, "é" * 43, "<" * 43])
def test_a_planted_cookie_that_is_no_id_is_replaced(site: Site, planted: str) -> None:
    answer = site.app.test_client(use_cookies=False).get(FORM, headers={"Cookie": f"{COOKIE}={planted}"})
    assert any(value.startswith(COOKIE) for value in answer.headers.getlist("Set-Cookie"))


def test_a_form_without_the_token_is_refused(site: Site) -> None:
    client = site.app.test_client()
    opened(client)
    assert client.post(FORM, data={"phone": "13800138000"}).status_code == 403


def test_another_browsers_token_is_refused(site: Site) -> None:
    stolen = opened(site.app.test_client())
    client = site.app.test_client()
    opened(client)
    assert client.post(FORM, data=stolen).status_code == 403


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://hall.example"},
        {"Origin": "null"},
    ],
)
def test_a_form_of_another_site_is_refused_even_with_a_token(site: Site, headers: dict[str, str]) -> None:
    client = site.app.test_client()
    token = opened(client)
    assert client.post(FORM, data=token, headers=headers).status_code == 403


def test_who_keeps_no_cookies_is_told_so(site: Site) -> None:
    token = opened(site.app.test_client())
    answer = site.app.test_client(use_cookies=False).post(FORM, data=token)
    assert answer.status_code == 400
    assert 'id="retry"' in answer.text
