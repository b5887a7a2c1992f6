"""What a portal tells Flask's extension, and what is refused before anybody comes."""

from typing import Any

import pytest

from clients.sdk import Registration
from clients.sdk.flask import Paths, RelyingParty
from tests.clients.fake_provider import FakeProvider
from tests.clients.sdk.flask_portal import ORIGIN, Portal, configured, query
from tests.fakes import FakeClock


def test_an_application_may_have_views_and_paths_of_its_own(provider: FakeProvider) -> None:
    app = configured(provider.issuer, YITONG_CALLBACK_PATH="/here")
    party = RelyingParty(has_views=False)
    party.init_app(app)
    app.add_url_rule("/in", "in", party.sign_in_view)
    sent = app.test_client().get("/in", base_url=ORIGIN)
    assert query(sent)["redirect_uri"] == f"{ORIGIN}/here"
    assert app.test_client().get("/sign-in", base_url=ORIGIN).status_code == 404


@pytest.mark.parametrize(
    "wrong",
    [
        {"YITONG_ISSUER": None},
        {"YITONG_ISSUER": "http://provider.test"},
        {"YITONG_CLIENT_ID": ""},
        {"YITONG_ORIGIN": "http://portal.test"},
        {"YITONG_ORIGIN": "https://portal.test/path"},
        {"YITONG_LEVEL": "3"},
        {"YITONG_LEVEL": 5},
        {"YITONG_SCOPE": "profile"},
        {"YITONG_VISIT_SECONDS": "8h"},
        {"YITONG_IDLE_SECONDS": 0},
        {"YITONG_CALLBACK_PATH": "//evil.test"},
        {"YITONG_PRIVATE_KEY": "{}"},
        {"YITONG_PRIVATE_KEY": "not JSON", "YITONG_CLIENT_SECRET": ""},
        {"YITONG_PRIVATE_KEY": '{"kty": "EC"}', "YITONG_CLIENT_SECRET": ""},
        {"YITONG_PRIVATE_KEY": "[1]", "YITONG_CLIENT_SECRET": ""},
        {"YITONG_DPOP_KEY": '{"kty": "oct", "k": "AAAA"}'},
        {"YITONG_ID_TOKEN_SIGNED_RESPONSE_ALG": "HS256"},
        {"SESSION_COOKIE_SAMESITE": "Strict"},
    ],
)
def test_what_cannot_work_is_refused_at_start(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError):
        RelyingParty(configured("https://provider.test", **wrong))


def test_on_https_the_cookie_is_secure() -> None:
    app = configured("https://provider.test", YITONG_ORIGIN="https://portal.test")
    RelyingParty(app)
    assert (app.config["SESSION_COOKIE_SECURE"], app.config["SESSION_COOKIE_SAMESITE"]) == (True, "Lax")


def test_arguments_come_before_the_configuration() -> None:
    app = configured("https://provider.test")
    registration = Registration("https://other.test", "other", "secret", level=3)
    party = RelyingParty(app, registration, origin="https://here.test", paths=Paths(home="/in"))
    with app.app_context():
        assert party.provider.registration is registration


def test_how_long_a_visit_lasts_is_the_portals_to_say(provider: FakeProvider, clock: FakeClock) -> None:
    portal = Portal(provider, clock, YITONG_VISIT_SECONDS=900, YITONG_IDLE_SECONDS=300)
    portal.sign_in()
    for _ in range(3):
        assert portal.get("/me").status_code == 200
        clock.advance(299)
    assert portal.get("/me").status_code == 200
    clock.advance(3)
    assert portal.get("/me").status_code == 302
    portal.sign_in()
    clock.advance(300)
    assert portal.get("/me").status_code == 302


def test_two_applications_may_share_one_extension(provider: FakeProvider, clock: FakeClock) -> None:
    party = RelyingParty(clock=clock)
    first, second = configured(provider.issuer), configured(provider.issuer, YITONG_LEVEL=4)
    for app in (first, second):
        party.init_app(app)
    for app, level in ((first, 2), (second, 4)):
        sent = app.test_client().get("/sign-in", base_url=ORIGIN)
        assert query(sent)["acr_values"] == f"urn:yitong:acr:{level}"
