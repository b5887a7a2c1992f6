"""Which answers of the authorization endpoint leave a window with the page that opened it; at both doors."""

from collections.abc import Mapping
from urllib.parse import urlencode

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from idp import browser
from idp.crypto.digests import new_secret
from idp.oidc.authorize import popup
from idp.oidc.authorize.checks import Asked
from idp.oidc.http import Parameters, Request
from tests.idp.oidc.asked import client
from tests.idp.oidc.test_two_doors import AUTHORIZATION, FORM, Door, address
from tests.idp.oidc.world import World

OPENER = "Cross-Origin-Opener-Policy"
KEPT, PARTED = ["unsafe-none"], ["same-origin"]
BY_THE_HALL = {"Referer": "http://hall.localhost:8001/"}
ERRORS: tuple[dict[str, str], ...] = ({"response_type": "token"}, {"prompt": "none login"})
PAGES: tuple[dict[str, str], ...] = ({"prompt": "login"}, {"prompt": "consent"})
ANSWERS: tuple[dict[str, str], ...] = ({}, {"response_mode": "fragment"}, {"response_mode": "form_post"})
ASKED = (*ERRORS, *PAGES, *ANSWERS, {"prompt": "none"})


@pytest.fixture(params=["fast", "flask"])
def door(app: Flask, request: pytest.FixtureRequest) -> Door:
    if request.param == "fast":
        return Door(app.wsgi_app)
    return Door(lambda environ, start_response: Flask.wsgi_app(app, environ, start_response))


@pytest.fixture
def browsing(app_world: World) -> dict[str, str]:
    app_world.sign_in()
    app_world.code()
    app_world.clock.advance(1)
    cookies = {browser.COOKIE: new_secret(), **app_world.cookies}
    return {"Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items())}


def policy(door: Door, path: str, headers: Mapping[str, str], body: bytes = b"") -> list[str]:
    """Every header of that name: two would be one that browsers do not understand."""
    status, answered, _ = door.ask("POST" if body else "GET", path, body, headers)
    assert status < 400
    return [value for name, value in answered if name == OPENER]


def test_a_popup_of_the_clients_page_stays_with_it(door: Door, browsing: dict[str, str]) -> None:
    for changes in ASKED:
        assert policy(door, address(**changes, display="popup"), browsing | BY_THE_HALL) == KEPT, changes
        assert policy(door, address(**changes, display="popup"), BY_THE_HALL) == KEPT, changes


@pytest.mark.parametrize("display", [None, "page", "touch", "wap"])
def test_any_other_sign_in_is_parted_from_who_opened_it(
    door: Door, browsing: dict[str, str], display: str | None
) -> None:
    for changes in ASKED:
        assert policy(door, address(**changes, display=display), browsing | BY_THE_HALL) == PARTED, changes


FOREIGN: tuple[dict[str, str], ...] = (
    {},
    {"Referer": ""},
    {"Referer": "https://attacker.example/"},
    {"Referer": "http://hall.localhost:8001.attacker.example/"},
    {"Referer": "http://hall.localhost:8001@attacker.example/"},
    {"Referer": "http://attacker.example/http://hall.localhost:8001/"},
    {"Referer": "https://hall.localhost:8001/"},
    {"Referer": "http://hall.localhost:8002/"},
    {"Referer": "http://tax.localhost:8002/"},
    {"Referer": "http://[::1"},
    {"Referer": "about:blank"},
)


def test_attack_a_foreign_page_opens_popups_to_learn_where_somebody_signs_in(
    door: Door, browsing: dict[str, str]
) -> None:
    """A window that it kept could be seen to reach a portal at once, or to stop at a page of ours."""
    for headers in FOREIGN:
        assert policy(door, address(display="popup"), browsing | headers) == PARTED, headers
    for changes in ASKED:
        path = address(**changes, display="popup")
        assert policy(door, path, browsing | {"Referer": "https://attacker.example/"}) == PARTED, changes


def test_a_posted_request_stays_with_its_opener_on_its_way_to_the_get(door: Door) -> None:
    """Whose Referer the redirect's own policy would take away."""
    form = {"Content-Type": FORM, **BY_THE_HALL}
    body = urlencode({**AUTHORIZATION, "display": "popup"}).encode()
    status, headers, _ = door.ask("POST", "/oauth2/authorize", body, form)
    sent = dict(headers)
    assert (status, sent[OPENER]) == (303, "unsafe-none")
    assert [value for name, value in headers if name == "Referrer-Policy"] == [popup.REFERRED[1]]
    assert policy(door, sent["Location"], BY_THE_HALL) == KEPT
    assert policy(door, sent["Location"], {"Referer": "https://attacker.example/"}) == PARTED
    assert policy(door, "/oauth2/authorize", form, urlencode(AUTHORIZATION).encode()) == PARTED
    assert policy(door, "/oauth2/authorize", form, b"client_id=hall&request=x.y.z") == KEPT


@given(st.text(max_size=60) | st.text("htps:/[]@.#?hal.exmp1", max_size=60))
def test_whatever_a_browser_says_opened_it_is_no_error(said: str) -> None:
    asked = Asked(Parameters({"display": ("popup",)}), client())
    found = popup.is_asked(asked, Request("GET", "/", {"referer": said}))
    assert not found or said.lower().startswith("https://hall.example")


def test_an_origin_is_compared_and_no_path() -> None:
    asked = Asked(Parameters({"display": ("popup",)}), client())
    for said in ("https://hall.example", "https://hall.example/", "https://hall.example/in?a=b"):
        assert popup.is_asked(asked, Request("GET", "/", {"referer": said}))
