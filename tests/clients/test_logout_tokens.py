"""The provider says that a session is over: the portal believes what it must and nothing else.

The numbers are those of OpenID Connect Back-Channel Logout 1.0 section 2.6.
"""

import time
from typing import Any

import pytest
from werkzeug.test import TestResponse

from clients.sdk import LogoutNotice
from clients.sdk.discovery import KEYS_ANEW_SECONDS
from tests.clients.conftest import ORIGIN, Browser
from tests.clients.fake_provider import FakeProvider, ec_key, shared_secret_key

PATH = "/back-channel-logout"
NOW = int(time.time())
EVENT = "http://schemas.openid.net/event/backchannel-logout"


def told(browser: Browser, token: str) -> TestResponse:
    """The provider speaks to the portal, without any browser's cookies."""
    stranger = Browser(browser.client.application.test_client(), browser.provider)
    return stranger.post(PATH, logout_token=token)


def is_signed_in(browser: Browser) -> bool:
    return browser.get("/me").status_code == 200


def test_a_logout_token_ends_the_visit_of_its_session(browser: Browser, provider: FakeProvider) -> None:
    browser.sign_in()
    answer = told(browser, provider.logout_token())
    assert (answer.status_code, answer.headers["Cache-Control"], answer.data) == (200, "no-store", b"")
    assert not is_signed_in(browser)
    # Section 2.7: nobody signed in is as good.
    assert told(browser, provider.logout_token()).status_code == 200


def test_a_session_elsewhere_goes_on_unless_all_of_the_person_are_meant(
    browser: Browser, provider: FakeProvider
) -> None:
    browser.sign_in()
    assert told(browser, provider.logout_token(sid="another-session")).status_code == 200
    assert told(browser, provider.logout_token(sid=None, sub="somebody-else")).status_code == 200
    assert is_signed_in(browser)
    assert told(browser, provider.logout_token(sid=None)).status_code == 200
    assert not is_signed_in(browser)


@pytest.mark.parametrize(
    "changes",
    [
        {"iss": "https://other.example"},  # 4.
        {"aud": "another-client"},
        {"aud": ["tax", "another-client"]},
        {"aud": None},
        {"iat": None},
        {"iat": NOW + 86_400},  # NOW is when this file was loaded: a whole run ago
        {"exp": NOW - 600},
        {"exp": None},
        {"sub": None, "sid": None},  # 5.
        {"sid": 5},
        {"events": None},  # 6.
        {"events": [EVENT]},
        {"events": {EVENT: True}},
        {"events": {"http://schemas.openid.net/event/other": {}}},
        {"nonce": "n"},  # 7.
        {"jti": None},
        {"jti": 1},
    ],
    ids=" and ".join,
)
def test_a_logout_token_with_one_thing_wrong_is_refused(
    browser: Browser, provider: FakeProvider, changes: dict[str, Any]
) -> None:
    browser.sign_in()
    answer = told(browser, provider.logout_token(**changes))
    assert (answer.status_code, answer.get_json()["error"]) == (400, "invalid_request")
    assert answer.headers["Cache-Control"] == "no-store"
    assert is_signed_in(browser)


def test_an_id_token_passed_off_as_a_logout_token_is_refused(
    browser: Browser, provider: FakeProvider
) -> None:
    browser.sign_in()
    for header in ({"alg": "ES256", "kid": "first"}, {"alg": "ES256", "kid": "first", "typ": "JWT"}):
        assert told(browser, provider.logout_token(header=header)).status_code == 400
    assert is_signed_in(browser)


def test_a_signature_of_somebody_else_is_refused(browser: Browser, provider: FakeProvider) -> None:
    browser.sign_in()
    shared = {"alg": "HS256", "kid": "first", "typ": "logout+jwt"}
    unsigned = provider.logout_token().rpartition(".")[0] + "."
    tokens = (
        provider.logout_token(key=ec_key("first")),
        provider.logout_token(key=ec_key("unknown")),
        provider.logout_token(key=shared_secret_key(), header=shared),
        unsigned,
        "rubbish",
    )
    for token in tokens:
        assert told(browser, token).status_code == 400
    for form in ({}, {"logout_token": [provider.logout_token(), provider.logout_token()]}):
        assert browser.client.post(PATH, base_url="http://portal.localhost", data=form).status_code == 400
    assert is_signed_in(browser)


def test_a_logout_token_that_is_replayed_is_refused(browser: Browser, provider: FakeProvider) -> None:
    token = provider.logout_token()
    assert told(browser, token).status_code == 200
    provider.change_claims = lambda claims: claims.update(sid="the-next-session")
    browser.sign_in()
    answer = told(browser, token)
    assert answer.status_code == 400
    assert is_signed_in(browser)


def test_made_up_keys_do_not_make_us_ask_the_provider_each_time(
    browser: Browser, provider: FakeProvider
) -> None:
    browser.sign_in()
    asked = provider.seen.count("/jwks")
    for number in range(5):
        told(browser, provider.logout_token(key=ec_key(f"made-up-{number}")))
    assert provider.seen.count("/jwks") == asked + 1
    assert KEYS_ANEW_SECONDS == 60


def test_a_new_key_of_the_provider_is_found(browser: Browser, provider: FakeProvider) -> None:
    browser.sign_in()
    provider.published = [ec_key("second")]
    assert told(browser, provider.logout_token()).status_code == 200
    assert not is_signed_in(browser)


def test_a_provider_that_does_not_answer_is_asked_to_come_again(
    browser: Browser, provider: FakeProvider
) -> None:
    provider.answers["/jwks"] = (500, b"{}")
    answer = told(browser, provider.logout_token())
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "30")
    del provider.answers["/jwks"]
    assert told(browser, provider.logout_token()).status_code == 200


def test_attack_a_sign_in_whose_session_is_over_before_it_is_finished(
    browser: Browser, provider: FakeProvider
) -> None:
    """The notice overtakes the callback: the visit would outlive its session by hours."""
    callback = provider.authorize(browser.start())
    assert told(browser, provider.logout_token()).status_code == 200
    browser.get(callback.removeprefix(ORIGIN))
    assert not is_signed_in(browser)


def test_a_notice_without_a_session_is_about_the_person() -> None:
    claims = {"sub": "p", "sid": "s"}
    assert LogoutNotice("p", None).is_about(claims)
    assert not LogoutNotice("p", "t").is_about(claims)
    assert not LogoutNotice(None, None).is_about({"sub": "p"})
