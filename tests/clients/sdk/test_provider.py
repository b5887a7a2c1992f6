"""The SDK by itself, without any framework: what a portal other than our sample may ask of it."""

import logging
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from clients.sdk import AnswerRejected, NotStartedHere, Provider, Registration, SignIn, discovery, pending
from tests.clients.fake_provider import CLIENT_ID, CLIENT_SECRET, FakeProvider, ec_key
from tests.fakes import FakeClock

CALLBACK = "http://portal.localhost/callback"


class FakeSeconds:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def seconds() -> FakeSeconds:
    return FakeSeconds()


@pytest.fixture
def portal(provider: FakeProvider, clock: FakeClock, seconds: FakeSeconds) -> Provider:
    registration = Registration(provider.issuer, CLIENT_ID, CLIENT_SECRET, "openid", level=2)
    return Provider(registration, clock=clock, monotonic=seconds)


def answer_to(provider: FakeProvider, address: str, **changes: str | None) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(provider.authorize(address, **changes)).query))


def signed_in(portal: Provider, provider: FakeProvider, **asked: Any) -> SignIn:
    browser: dict[str, Any] = {}
    address = portal.begin(browser, CALLBACK, **asked)
    return portal.finish(browser, answer_to(provider, address))


def test_max_age_is_asked_for_and_held_to(portal: Provider, provider: FakeProvider) -> None:
    browser: dict[str, Any] = {}
    assert "max_age=100" in portal.begin(browser, CALLBACK, max_age=100)
    assert signed_in(portal, provider, max_age=100).sub == "the-person"
    provider.age = 300
    with pytest.raises(AnswerRejected):
        signed_in(portal, provider, max_age=100)


def test_a_withdrawn_key_is_not_believed_for_longer_than_an_hour(
    portal: Provider, provider: FakeProvider, seconds: FakeSeconds
) -> None:
    signed_in(portal, provider)
    provider.signing_key, provider.published = provider.published[0], [ec_key("successor")]
    assert signed_in(portal, provider).sub == "the-person"
    seconds.now += discovery.KEPT_SECONDS + 1
    with pytest.raises(AnswerRejected):
        signed_in(portal, provider)


def test_metadata_and_keys_are_read_once_an_hour(
    portal: Provider, provider: FakeProvider, seconds: FakeSeconds
) -> None:
    for _ in range(3):
        signed_in(portal, provider)
    assert provider.seen.count("/.well-known/openid-configuration") == 1
    assert provider.seen.count("/jwks") == 1
    seconds.now += discovery.KEPT_SECONDS + 1
    signed_in(portal, provider)
    assert provider.seen.count("/.well-known/openid-configuration") == 2
    assert provider.seen.count("/jwks") == 2


def test_a_state_counts_once_and_in_its_browser(portal: Provider, provider: FakeProvider) -> None:
    browser: dict[str, Any] = {}
    answer = answer_to(provider, portal.begin(browser, CALLBACK))
    with pytest.raises(NotStartedHere):
        portal.finish({}, answer)
    assert portal.finish(browser, answer).sub == "the-person"
    with pytest.raises(NotStartedHere):
        portal.finish(browser, answer)


def test_what_another_version_left_in_the_browser_starts_again(
    portal: Provider, provider: FakeProvider
) -> None:
    for junk in (None, "text", [1], [{"state": "s"}], {"state": "s"}):
        browser: dict[str, Any] = {pending.KEY: junk}
        answer = answer_to(provider, portal.begin(browser, CALLBACK))
        assert portal.finish(browser, answer).sub == "the-person"


def test_too_much_to_remember_is_a_mistake_of_the_portal(portal: Provider) -> None:
    with pytest.raises(ValueError, match="200"):
        portal.begin({}, CALLBACK, remember="x" * 201)


def test_a_level_that_there_is_not_is_a_mistake_of_the_portal(portal: Provider) -> None:
    with pytest.raises(ValueError, match="level"):
        portal.begin({}, CALLBACK, level=5)


def test_signing_out_names_person_and_way_back(portal: Provider, provider: FakeProvider) -> None:
    url = portal.sign_out_url("the.id.token", "http://portal.localhost/out", locale="zh-CN")
    assert url == (
        f"{provider.issuer}/end_session?id_token_hint=the.id.token"
        "&post_logout_redirect_uri=http%3A%2F%2Fportal.localhost%2Fout&ui_locales=zh-CN"
    )


def test_an_endpoint_in_the_clear_is_not_used(portal: Provider, provider: FakeProvider) -> None:
    provider.change_metadata = lambda metadata: metadata.update(token_endpoint="http://provider.test/token")
    with pytest.raises(Exception, match="cannot be read"):
        portal.begin({}, CALLBACK)


def test_nothing_secret_is_logged_or_shown(
    portal: Provider, provider: FakeProvider, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    browser: dict[str, Any] = {}
    answer = answer_to(provider, portal.begin(browser, CALLBACK))
    started = pending.Pending(
        **{name: value for name, value in browser[pending.KEY][0].items() if name != "state"}
    )
    found = portal.finish(browser, answer)
    shown = f"{caplog.text} {found!r} {portal.registration!r} {started!r}"
    secrets = (
        CLIENT_SECRET,
        answer["code"],
        "an-access-token",
        found.id_token,
        started.code_verifier,
        "张三",
    )
    assert [secret for secret in secrets if secret in shown] == []


def test_either_side_may_start_first() -> None:
    Provider(Registration("http://127.0.0.1:1", CLIENT_ID, CLIENT_SECRET))
