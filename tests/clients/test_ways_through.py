"""What people do: several tabs, the back button, no cookies, saying no, a provider that is away."""

import re
import socket
from pathlib import Path

import pytest
from flask import Flask

from clients.sdk import pending
from clients.sdk.flask_visitors import VISIT
from tests.clients.conftest import ORIGIN, Browser, open_portal
from tests.clients.fake_provider import FakeProvider
from tests.clients.test_answer_checks import detail_of, kind_of
from tests.fakes import FakeClock

COOKIE_BYTES = 4093


def test_each_tab_comes_back_to_what_it_wanted(browser: Browser) -> None:
    records, filing, plain = (
        browser.start("/services/records"),
        browser.start("/services/filing"),
        browser.start("/sign-in"),
    )
    assert browser.come_back(filing).location == "/services/filing"
    assert browser.come_back(records).location == "/services/records"
    assert browser.come_back(plain).location == "/me"


def test_many_tabs_leave_a_cookie_that_browsers_keep(browser: Browser) -> None:
    tabs = [browser.start("/services/filing") for _ in range(12)]
    cookie = browser.client.get_cookie("portal-tax", domain="portal.localhost")
    assert cookie is not None
    assert len(cookie.value) < COOKIE_BYTES / 2
    for tab in tabs[-pending.AT_MOST :]:
        assert browser.come_back(tab).location == "/services/filing"


def test_the_oldest_of_too_many_tabs_starts_again(browser: Browser) -> None:
    first = browser.start()
    for _ in range(pending.AT_MOST):
        browser.start()
    answer = browser.come_back(first)
    assert (answer.status_code, kind_of(answer.text)) == (400, "not_started")
    assert 'id="sign-in"' in answer.text


def test_the_back_button_after_signing_in_is_no_error(browser: Browser, provider: FakeProvider) -> None:
    callback = provider.authorize(browser.start()).removeprefix(ORIGIN)
    assert browser.get(callback).location == "/me"
    asked = provider.seen.count("/token")
    assert browser.get(callback).location == "/me"
    assert provider.seen.count("/token") == asked


def test_the_back_button_without_a_sign_in_offers_a_new_one(browser: Browser, provider: FakeProvider) -> None:
    callback = provider.authorize(browser.start(), code=None, error="access_denied").removeprefix(ORIGIN)
    assert kind_of(browser.get(callback).text) == "cancelled"
    assert kind_of(browser.get(callback).text) == "not_started"


def test_a_browser_without_cookies_gets_a_page_that_says_so(browser: Browser) -> None:
    location = browser.start()
    browser.client.delete_cookie("portal-tax", domain="portal.localhost")
    answer = browser.come_back(location)
    assert (answer.status_code, kind_of(answer.text)) == (400, "not_started")
    assert "cookies" in answer.text


def test_a_sign_in_that_was_left_open_too_long_starts_again(browser: Browser, clock: FakeClock) -> None:
    location = browser.start()
    clock.advance(pending.SECONDS)
    assert kind_of(browser.come_back(location).text) == "not_started"


def test_an_answer_slipped_in_by_somebody_else_is_refused(
    browser: Browser, portal: Flask, provider: FakeProvider
) -> None:
    attacker = Browser(portal.test_client(), provider)
    answer = provider.authorize(attacker.start()).removeprefix(ORIGIN)
    assert kind_of(browser.get(answer).text) == "not_started"
    assert browser.get("/me").status_code == 302


def test_words_of_an_answer_that_nobody_asked_for_are_not_shown(
    browser: Browser, provider: FakeProvider
) -> None:
    answer = browser.get(
        f"/callback?error=server_error&error_description=Call+12345&iss={provider.issuer}&state=made-up"
    )
    assert kind_of(answer.text) == "not_started"
    assert "12345" not in answer.text


def test_a_person_who_says_no_is_told_that_nothing_was_given(browser: Browser) -> None:
    answer = browser.come_back(browser.start(), code=None, error="access_denied")
    assert (answer.status_code, kind_of(answer.text)) == (200, "cancelled")


def test_an_error_shows_the_reference_of_the_provider(browser: Browser) -> None:
    words = "The acr asked for cannot be reached here. (reference ABC234)"
    answer = browser.come_back(
        browser.start(), code=None, error="unmet_authentication_requirements", error_description=words
    )
    assert (answer.status_code, kind_of(answer.text)) == (403, "refused")
    assert detail_of(answer.text) == words


def test_a_code_that_the_provider_does_not_know_shows_its_reference(browser: Browser) -> None:
    answer = browser.come_back(browser.start(), code="made-up")
    assert (answer.status_code, kind_of(answer.text)) == (403, "refused")
    assert "ABC234" in detail_of(answer.text)


def test_an_answer_that_holds_nothing_is_refused(browser: Browser) -> None:
    assert kind_of(browser.come_back(browser.start(), code=None).text) == "refused"


BROKEN = [(500, b"{}"), (200, b"<html>"), (200, b"3"), (503, b"")]


@pytest.mark.parametrize("broken", BROKEN)
@pytest.mark.parametrize("path", ["/.well-known/openid-configuration", "/token", "/jwks", "/userinfo"])
def test_a_provider_in_trouble_is_a_page_and_not_a_stack_trace(
    browser: Browser, provider: FakeProvider, path: str, broken: tuple[int, bytes]
) -> None:
    provider.answers[path] = broken
    answer = browser.get("/sign-in")
    if answer.status_code == 302:
        answer = browser.come_back(answer.location)
    assert (answer.status_code, kind_of(answer.text)) == (503, "unreachable")
    assert answer.headers["Retry-After"]
    del provider.answers[path]
    assert browser.sign_in().location == "/me"


@pytest.mark.parametrize(
    ("path", "junk"),
    [
        ("/.well-known/openid-configuration", '{"issuer": "ISSUER"}'),
        ("/jwks", '{"keys": [{"kty": "EC", "kid": "first"}]}'),
    ],
)
def test_metadata_and_keys_that_cannot_be_used_are_not_kept(
    browser: Browser, provider: FakeProvider, path: str, junk: str
) -> None:
    provider.answers[path] = (200, junk.replace("ISSUER", provider.issuer).encode())
    answer = browser.get("/sign-in")
    if answer.status_code == 302:
        answer = browser.come_back(answer.location)
    assert kind_of(answer.text) == "unreachable"
    del provider.answers[path]
    assert browser.sign_in().location == "/me"


def test_a_provider_that_is_away_is_a_page(clock: FakeClock, tmp_path: Path) -> None:
    with socket.socket() as nobody_listens:
        nobody_listens.bind(("127.0.0.1", 0))
        issuer = f"http://127.0.0.1:{nobody_listens.getsockname()[1]}"
        portal = open_portal(issuer, clock, tmp_path)
        answer = portal.test_client().get("/sign-in", base_url=ORIGIN)
    assert (answer.status_code, kind_of(answer.text)) == (503, "unreachable")


def test_level_three_runs_out_and_is_asked_for_again(
    browser: Browser, provider: FakeProvider, clock: FakeClock
) -> None:
    provider.age = 300
    assert browser.sign_in("/services/filing").location == "/services/filing"
    clock.advance(600)
    assert browser.get("/services/filing").status_code == 200
    clock.advance(1)
    assert browser.get("/services/filing").location == "/sign-in?service=filing"
    assert browser.get("/services/records").status_code == 200
    assert "acr%3A3" in browser.start("/services/filing")


def test_a_visit_ends_without_use(browser: Browser, clock: FakeClock) -> None:
    browser.sign_in()
    clock.advance(3599)
    assert browser.get("/me").status_code == 200
    clock.advance(3600)
    assert browser.get("/me").status_code == 302


def test_signing_in_gives_the_browser_a_new_visit(browser: Browser) -> None:
    browser.sign_in()
    with browser.client.session_transaction(base_url=ORIGIN) as session:
        before = session[VISIT]
    browser.sign_in()
    with browser.client.session_transaction(base_url=ORIGIN) as session:
        assert session[VISIT] != before
        session[VISIT] = before
    assert browser.get("/me").status_code == 302


def test_the_cookie_holds_nothing_of_the_person(browser: Browser) -> None:
    browser.sign_in()
    with browser.client.session_transaction(base_url=ORIGIN) as session:
        assert set(session) == {VISIT, pending.KEY}
        assert session[pending.KEY] == []


def test_signing_out_needs_the_page_that_we_showed(browser: Browser) -> None:
    browser.sign_in()
    page = browser.get("/me").text
    for wrong in ("", "made-up", "ü"):
        assert browser.post("/sign-out", csrf_token=wrong).status_code == 400
    assert browser.get("/me").status_code == 200
    found = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert found is not None
    answer = browser.post("/sign-out", csrf_token=found[1])
    assert answer.status_code == 303
    assert answer.location.startswith(f"{browser.provider.issuer}/end_session?id_token_hint=")
    assert "portal.localhost%2Fsigned-out" in answer.location
    assert browser.get("/me").status_code == 302
    assert browser.post("/sign-out").location == "/"


def test_who_comes_from_their_list_of_services_is_led_to_sign_in(
    browser: Browser, provider: FakeProvider
) -> None:
    """OpenID Connect Core 1.0 section 4."""
    start = browser.start(f"/initiate?iss={provider.issuer}&target_link_uri=https://evil.example")
    assert browser.come_back(start).location == "/me"
    # Who is signed in already is there at once.
    assert browser.get(f"/initiate?iss={provider.issuer}").location == "/me"
    assert browser.post("/initiate", iss=provider.issuer).location == "/me"


@pytest.mark.parametrize("query", ["", "?iss=https://evil.example"])
def test_attack_another_provider_is_named_as_ours(browser: Browser, query: str) -> None:
    assert browser.get(f"/initiate{query}").status_code == 400
