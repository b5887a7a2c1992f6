"""The SDK by itself: what a portal other than our sample may ask of it."""

from pathlib import Path

import pytest
from flask import Flask, session

from clients.sdk import AnswerRejected, Provider, Registration, openid
from tests.clients.fake_provider import CLIENT_ID, CLIENT_SECRET, FakeProvider, ec_key
from tests.fakes import FakeClock

CALLBACK = "http://portal.test/callback"


def registration(issuer: str, scope: str = "openid") -> Registration:
    return Registration(issuer, CLIENT_ID, CLIENT_SECRET, scope, level=2)


@pytest.fixture
def app() -> Flask:
    app = Flask(__name__)
    app.config["SECRET_KEY"] = "of the test"
    return app


def test_max_age_is_asked_for_and_held_to(app: Flask, provider: FakeProvider, clock: FakeClock) -> None:
    party = Provider(app, registration(provider.issuer), clock=clock)
    for age, is_taken in ((60, True), (300, False)):
        provider.age = age
        with app.test_request_context():
            location = party.sign_in(CALLBACK, max_age=100).location
            under_way = dict(session)
        assert "max_age=100" in location
        with app.test_request_context(provider.authorize(location)):
            session.update(under_way)
            if is_taken:
                assert party.finish().sub == "the-person"
            else:
                with pytest.raises(AnswerRejected):
                    party.finish()


def test_a_withdrawn_key_is_not_believed_for_longer_than_an_hour(
    app: Flask, provider: FakeProvider, clock: FakeClock
) -> None:
    seconds = FakeSeconds()
    party = Provider(app, registration(provider.issuer), clock=clock, monotonic=seconds)

    def sign_in() -> str:
        with app.test_request_context():
            location = party.sign_in(CALLBACK).location
            under_way = dict(session)
        with app.test_request_context(provider.authorize(location)):
            session.update(under_way)
            return party.finish().sub

    sign_in()
    provider.signing_key, provider.published = provider.published[0], [ec_key("successor")]
    assert sign_in() == "the-person"
    seconds.now += openid.KEPT_SECONDS + 1
    with pytest.raises(AnswerRejected):
        sign_in()


class FakeSeconds:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_a_scope_without_openid_is_refused_at_once() -> None:
    with pytest.raises(ValueError, match="openid"):
        registration("http://provider.test", scope="profile")


def test_too_much_to_remember_is_a_mistake_of_the_portal(
    app: Flask, provider: FakeProvider, clock: FakeClock
) -> None:
    party = Provider(app, registration(provider.issuer), clock=clock)
    with app.test_request_context(), pytest.raises(ValueError, match="100"):
        party.sign_in(CALLBACK, remember="x" * 101)


def test_signing_out_names_person_and_way_back(app: Flask, provider: FakeProvider, clock: FakeClock) -> None:
    party = Provider(app, registration(provider.issuer), clock=clock)
    url = party.sign_out_url("the.id.token", "http://portal.test/out", locale="zh-CN")
    assert url == (
        f"{provider.issuer}/end_session?id_token_hint=the.id.token"
        "&post_logout_redirect_uri=http%3A%2F%2Fportal.test%2Fout&ui_locales=zh-CN"
    )


def test_either_side_may_start_first(app: Flask, tmp_path: Path) -> None:
    Provider(app, registration("http://127.0.0.1:1"))
