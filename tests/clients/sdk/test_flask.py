"""Flask's extension: who may open a page, who is led where, and what stays on the server."""

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Response
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.test import TestResponse

from clients.sdk import NotCovered, SignInRefused, StepUpNeeded, raise_for_step_up
from clients.sdk.flask import RelyingParty
from clients.sdk.flask_configuration import is_local
from clients.sdk.flask_visitors import JUST_SECONDS, VISIT
from tests.clients.fake_provider import FakeProvider
from tests.clients.sdk.flask_portal import ORIGIN, Portal, configured, query
from tests.fakes import FakeClock

WHOM = {"type": "organisation", "sub": "the-company", "role": "agent", "mandate_id": "m", "matters": ["tax"]}


@pytest.fixture
def portal(provider: FakeProvider, clock: FakeClock) -> Portal:
    return Portal(provider, clock)


def test_who_opens_a_page_is_led_to_sign_in_and_back_to_it(portal: Portal) -> None:
    back = portal.sign_in("/me?tab=2")
    assert back.location == "/me?tab=2"
    page = portal.get(back.location)
    assert page.text.startswith("the-person at 2")
    assert page.headers["Cache-Control"] == "no-store"


def test_a_higher_level_and_a_fresher_proof_are_asked_for_together(portal: Portal, clock: FakeClock) -> None:
    portal.sign_in()
    sent = portal.get("/filing")
    assert (query(sent)["acr_values"], query(sent)["max_age"]) == ("urn:yitong:acr:3", "600")
    assert portal.come_back(sent).location == "/filing"
    assert portal.get("/filing").text == "filed"
    # A minute old when it came, and with half a minute for clocks that differ.
    clock.advance(600 + 30 - 60)
    assert portal.get("/filing").text == "filed"
    clock.advance(1)
    assert query(portal.get("/filing"))["max_age"] == "600"


@pytest.mark.parametrize(
    "ask",
    [
        lambda portal: portal.post("/filing"),
        lambda portal: portal.get("/filing", Accept="application/json"),
        lambda portal: portal.get("/filing", **{"Sec-Fetch-Mode": "cors"}),
    ],
    ids=["a form", "a program", "a script"],
)
def test_what_is_no_page_gets_the_challenge(portal: Portal, ask: Callable[[Portal], TestResponse]) -> None:
    nobody = ask(portal)
    assert (nobody.status_code, nobody.headers["WWW-Authenticate"]) == (401, 'Bearer realm="sign-in"')
    assert nobody.get_json()["sign_in"] == "/sign-in"
    portal.sign_in()
    told = ask(portal)
    assert told.status_code == 401
    assert 'error="insufficient_user_authentication"' in told.headers["WWW-Authenticate"]
    assert 'acr_values="urn:yitong:acr:3", max_age="600"' in told.headers["WWW-Authenticate"]
    with pytest.raises(StepUpNeeded) as caught:
        raise_for_step_up(401, told.headers)
    assert (caught.value.level, caught.value.max_age) == (3, 600)


def test_a_service_that_wants_more_leads_to_the_provider(portal: Portal) -> None:
    portal.sign_in()
    portal.challenge = {"WWW-Authenticate": 'Bearer error="insufficient_user_authentication", max_age="5"'}
    assert query(portal.get("/service"))["max_age"] == "5"


def test_a_service_that_is_never_content_does_not_send_people_round_in_circles(
    portal: Portal, clock: FakeClock
) -> None:
    portal.challenge = {
        "WWW-Authenticate": 'Bearer error="insufficient_user_authentication", acr_values="urn:yitong:acr:2"'
    }
    portal.sign_in()
    assert portal.get("/service").status_code == 403
    clock.advance(JUST_SECONDS)
    assert portal.get("/service").status_code == 302


def test_who_comes_from_their_account_at_the_provider_is_led_to_sign_in(
    portal: Portal, provider: FakeProvider
) -> None:
    sent = portal.get(f"/initiate?iss={provider.issuer}&target_link_uri=https://evil.test")
    assert portal.come_back(sent).location == "/"
    assert portal.post("/initiate", iss=provider.issuer).location == "/"
    for query_string in ("", "?iss=https://evil.test"):
        assert portal.get(f"/initiate{query_string}").status_code == 400


def test_what_somebody_may_do_for_another(portal: Portal, provider: FakeProvider) -> None:
    portal.sign_in()
    assert portal.get("/tax").text == "none"
    provider.userinfo["acting_for"] = WHOM
    provider.change_claims = lambda claims: claims.update(acting_for=WHOM)
    portal.come_back(portal.get("/sign-in"))
    assert portal.get("/tax").text == "the-company"
    refused = portal.get("/pension")
    assert refused.status_code == 403
    assert "Your mandate" in refused.text


@pytest.mark.parametrize(
    "to", ["https://evil.test/", "//evil.test/", "/\\evil.test", "evil", "/a\nb", "/" * 300]
)
def test_attack_a_link_that_leads_elsewhere_after_the_sign_in(portal: Portal, to: str) -> None:
    sent = portal.browser.get("/sign-in", base_url=ORIGIN, query_string={"to": to})
    assert portal.come_back(sent).location == "/"


@given(st.text())
def test_a_path_of_ours_begins_with_one_slash_and_has_no_second_meaning(text: str) -> None:
    path = f"/{text}"
    if is_local(path):
        parts = urlsplit(f"http://portal.localhost{path}")
        assert urlsplit(path).netloc == ""
        assert parts.netloc == "portal.localhost"
        assert "\\" not in path
        assert not path.startswith("//")
    assert not is_local(text) or text.startswith("/")


def test_attack_a_number_that_somebody_knew_before_the_sign_in(portal: Portal) -> None:
    portal.sign_in()
    with portal.browser.session_transaction(base_url=ORIGIN) as session:
        known = session[VISIT]
    portal.sign_in("/sign-in")
    with portal.browser.session_transaction(base_url=ORIGIN) as session:
        assert session[VISIT] != known
    thief = portal.app.test_client()
    with thief.session_transaction(base_url=ORIGIN) as session:
        session[VISIT] = known
    assert thief.get("/me", base_url=ORIGIN).status_code == 302


def test_a_session_on_the_server_gets_a_new_id(portal: Portal) -> None:
    class Renewing(type(portal.app.session_interface)):  # type: ignore[misc]
        renewed = 0

        def regenerate(self, _session: Any) -> None:
            self.renewed += 1

    portal.app.session_interface = interface = Renewing()
    portal.sign_in()
    assert interface.renewed == 1


def test_an_answer_that_says_something_twice_is_refused(portal: Portal, provider: FakeProvider) -> None:
    back = provider.authorize(portal.get("/me").location).removeprefix(ORIGIN)
    assert portal.get(f"{back}&iss={provider.issuer}").status_code == 502
    assert "/token" not in provider.seen


def test_the_back_button_after_a_sign_in_is_no_error(portal: Portal, provider: FakeProvider) -> None:
    back = provider.authorize(portal.get("/me").location).removeprefix(ORIGIN)
    assert portal.get(back).location == "/me"
    assert portal.get(back).location == "/"


def test_signing_out_ends_both_sides(portal: Portal, provider: FakeProvider) -> None:
    portal.sign_in()
    token = portal.get("/me").text.split()[-1]
    assert portal.post("/sign-out", csrf_token="made-up").status_code == 400
    out = portal.post("/sign-out", csrf_token=token)
    assert out.status_code == 303
    assert out.location.startswith(f"{provider.issuer}/end_session?id_token_hint=")
    assert query(out)["post_logout_redirect_uri"] == f"{ORIGIN}/"
    assert portal.get("/me").status_code == 302
    assert portal.post("/sign-out").location == "/"


def test_who_signs_out_takes_their_tokens_along(portal: Portal, provider: FakeProvider) -> None:
    provider.change_metadata = lambda metadata: metadata.update(
        revocation_endpoint=f"{provider.issuer}/revoke"
    )
    provider.change_token = lambda token: token.update(refresh_token="a-refresh-token")
    provider.answers["/revoke"] = (200, b"")
    portal.sign_in()
    portal.post("/sign-out", csrf_token=portal.get("/me").text.split()[-1])
    assert provider.seen[-1] == "/revoke"


def test_a_notice_ends_the_visit_and_a_bad_one_says_why(portal: Portal, provider: FakeProvider) -> None:
    portal.sign_in()
    for form in ({}, {"logout_token": "rubbish"}):
        refused = portal.post("/back-channel-logout", **form)
        assert (refused.status_code, refused.get_json()["error"]) == (400, "invalid_request")
    assert portal.get("/me").status_code == 200
    told = portal.post("/back-channel-logout", logout_token=provider.logout_token())
    assert (told.status_code, told.headers["Cache-Control"]) == (200, "no-store")
    assert portal.get("/me").status_code == 302


def test_a_call_for_the_person_carries_a_fresh_token(
    portal: Portal, provider: FakeProvider, clock: FakeClock
) -> None:
    assert portal.get("/token").status_code == 302
    provider.change_token = lambda token: token.update(refresh_token="a-refresh-token")
    portal.sign_in("/token")
    assert portal.get("/token").get_json() == {"Authorization": "Bearer an-access-token"}
    new = {"access_token": "a-new-one", "token_type": "Bearer", "expires_in": 600}
    provider.answers["/token"] = (200, json.dumps(new).encode())
    clock.advance(571)
    assert portal.get("/token").get_json() == {"Authorization": "Bearer a-new-one"}
    # The grant has ended: back to the provider.
    provider.answers["/token"] = (400, b'{"error": "invalid_grant"}')
    clock.advance(600)
    assert portal.get("/token").status_code == 302


@pytest.mark.parametrize(
    ("changes", "status", "words"),
    [
        ({"code": None, "error": "access_denied"}, 200, "nothing was shared"),
        ({"state": "made-up"}, 400, "not from this browser"),
        ({"iss": "http://evil.test"}, 502, "failed a check"),
        (
            {"code": None, "error": "server_error", "error_description": "<b> (reference A)"},
            403,
            "&lt;b&gt; (ref",
        ),
    ],
)
def test_failures_have_a_page(
    portal: Portal, provider: FakeProvider, changes: dict[str, str | None], status: int, words: str
) -> None:
    back = provider.authorize(portal.get("/me").location, **changes)
    page = portal.get(back.removeprefix(ORIGIN))
    assert page.status_code == status
    assert words in page.text
    assert page.headers["Referrer-Policy"] == "no-referrer"


def test_a_provider_that_is_away_is_a_page(portal: Portal, provider: FakeProvider) -> None:
    provider.answers["/.well-known/openid-configuration"] = (500, b"")
    for path in ("/sign-in", "/me"):
        page = portal.get(path)
        assert (page.status_code, page.headers["Retry-After"]) == (503, "30")


def test_a_page_of_the_applications_own_counts(provider: FakeProvider, clock: FakeClock) -> None:
    app = configured(provider.issuer)
    app.register_error_handler(SignInRefused, lambda _problem: ("mine", 418))
    RelyingParty(app, clock=clock)
    app.register_error_handler(NotCovered, lambda _problem: ("mine, too", 418))
    assert app.test_client().get("/callback?state=x", base_url=ORIGIN).text == "mine"


def test_an_open_page_is_not_kept_from_caches(portal: Portal) -> None:
    answer = portal.get("/open")
    assert (answer.text, answer.headers.get("Cache-Control")) == ("None", None)


def test_a_view_keeps_its_name_and_its_answer(portal: Portal) -> None:
    def page(number: int) -> Response:
        return Response(str(number))

    assert portal.party.login_required(page).__name__ == "page"
    portal.app.add_url_rule("/page/<int:number>", "page", portal.party.login_required(page))
    portal.sign_in()
    assert portal.get("/page/7").text == "7"
