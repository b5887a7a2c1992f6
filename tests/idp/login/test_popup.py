"""A sign-in in a popup stays with its opener from its first answer to its last; nothing else does."""

from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.idp.login.visitor import CALLBACKS, HALL, TAX, Site, Visitor

OPENER = "Cross-Origin-Opener-Policy"
KEPT, PARTED = {("unsafe-none",)}, {("same-origin",)}


class Window(FlaskClient):
    """Notes what every answer said of it."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.said: list[tuple[str, ...]] = []

    def open(self, *arguments: Any, **named: Any) -> TestResponse:
        response = super().open(*arguments, **named)
        self.said.append(tuple(response.headers.getlist(OPENER)))
        return response


class Opened(Visitor):
    """By a page of a portal. `client_id`: whose."""

    client: Window

    def __init__(self, site: Site, client_id: str = HALL) -> None:
        super().__init__(site)
        self._client_id = client_id

    def said(self) -> set[tuple[str, ...]]:
        """Since the last time."""
        found = set(self.client.said)
        self.client.said.clear()
        return found

    def _environment(self) -> dict[str, Any]:
        found = super()._environment()
        referer = CALLBACKS[self._client_id].removesuffix("callback")
        return {**found, "headers": {**found["headers"], "Referer": referer}}


@pytest.fixture
def window(site: Site) -> Opened:
    site.app.test_client_class = Window
    return Opened(site)


@pytest.mark.parametrize("response_mode", ["query", "form_post"])
def test_from_the_request_to_the_code(window: Opened, response_mode: str) -> None:
    window.authorize(display="popup", response_mode=response_mode)
    assert window.path == "/login"
    window.submit("password-form", number="123", password="x")
    window.sign_in(password="not the right one")
    window.sign_in()
    window.agree()
    assert window.is_back_at_the_portal or 'name="code"' in window.body
    assert window.said() == KEPT
    # Signed in and agreed to: no page at all.
    window.site.clock.advance(1)
    window.authorize(display="popup", response_mode=response_mode)
    assert window.said() == KEPT


def test_saying_no_and_cancelling_keep_it(window: Opened) -> None:
    window.authorize(display="popup").click("cancel")
    assert window.query["error"] == "access_denied"
    window.authorize(display="popup").sign_in()
    assert window.path == "/consent"
    form = window.page.forms["consent-form"]
    window.submit("consent-form", url=window.url, **form.fields, decision="refuse")
    assert window.query["error"] == "access_denied"
    assert window.said() == KEPT


def test_every_page_of_the_way_keeps_it(site: Site) -> None:
    """Also those that find nothing to show yet, or anymore: what they lead to belongs to the sign-in."""
    site.app.test_client_class = Window
    window = Opened(site, TAX)
    window.authorize(TAX, display="popup")
    asked = window.query["interaction"]
    paths = {
        rule.rule
        for rule in site.app.url_map.iter_rules()
        if rule.endpoint.startswith("login.") and "GET" in (rule.methods or ()) and not rule.arguments
    }
    assert {"/login", "/enrol", "/recover", "/login/sms", "/login/face", "/login/presence"} <= paths
    window.said()
    for path in sorted(paths | {"/consent"}):
        window.client.get(f"{path}?interaction={asked}", **window._environment())
        assert window.said() == KEPT, path


def test_what_goes_wrong_on_the_way_keeps_it(window: Opened) -> None:
    window.authorize(display="popup")
    login = window.url
    window.client.post(login, data={"csrf_token": "forged"}, **window._environment())
    window.site.clock.advance(window.site.services.settings.protocol.interaction_seconds)
    assert window.get(login).status == 400
    window.site.clock.advance(2 * 3600)
    assert window.get(login).status == 400
    assert window.said() == KEPT
    window.client.delete_cookie("__Host-browser", domain="id.example")
    assert window.get(login).status == 400
    assert window.said() == KEPT


def test_pages_of_an_ordinary_sign_in_are_parted_from_who_opened_them(window: Opened) -> None:
    window.authorize().sign_in()
    window.agree()
    window.get("/account")
    assert window.said() == PARTED


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/account",
        "/account/password",
        "/account/passkeys",
        "/oauth2/logout",
        "/healthz",
        "/no-such-page",
    ],
)
def test_attack_an_address_that_looks_like_a_popups(window: Opened, path: str) -> None:
    """Of a sign-in the id alone counts, and of other pages nothing."""
    window.authorize(display="popup").sign_in()
    asked = window.query["interaction"]
    window.said()
    for named in (f"interaction={asked}", "interaction=popup.x", f"interaction_id={asked}", "display=popup"):
        window.client.get(f"{path}?{named}", **window._environment())
    assert window.said() == PARTED


def test_attack_an_id_that_nobody_made_shows_the_same_to_everybody(window: Opened) -> None:
    def shown() -> list[tuple[int, str]]:
        pages = []
        for path in ("/login", "/login/presence", "/consent", "/oauth2/interaction/popup.x"):
            answer = window.client.get(f"{path}?interaction=popup.x", **window._environment())
            pages.append((answer.status_code, answer.headers.get("Location", "")))
        return pages

    window.get("/login")
    before = shown()
    window.authorize().sign_in()
    assert shown() == before
    assert {status for status, _ in before} == {400}


def test_an_id_of_a_popup_without_its_mark_is_no_id(window: Opened) -> None:
    window.authorize(display="popup")
    asked = window.query["interaction"]
    assert asked.startswith("popup.")
    assert window.get(f"/login?interaction={asked.removeprefix('popup.')}").status == 400
