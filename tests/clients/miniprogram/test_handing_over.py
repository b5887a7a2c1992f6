"""From the mini-program into the web-view and back: codes that count once, for one telephone."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask

from clients.miniprogram.server.onetime import (
    CODE_SECONDS,
    REMEMBERED_SECONDS,
    TICKET_SECONDS,
    Expired,
    OfAnotherSession,
    OneTime,
    Unknown,
    Used,
)
from clients.sdk import in_memory
from tests.clients.fake_provider import FakeProvider
from tests.clients.miniprogram.conftest import ORIGIN, Telephone, said_by
from tests.fakes import FakeClock

Starts = Callable[..., Telephone]


def test_a_person_signs_in(telephone: Telephone) -> None:
    assert telephone.ask("GET", "/me").get_json() == {"person": None}
    answer = telephone.sign_in()
    assert answer.get_json()["person"] == {"name": "张三", "level": 2}
    assert answer.get_json()["is_another_person"] is False
    assert telephone.ask("GET", "/me").get_json()["person"]["name"] == "张三"
    assert telephone.ask("GET", "/services/records").get_json()["opened"] is True


def test_no_answer_holds_a_token_or_a_number(telephone: Telephone, provider: FakeProvider) -> None:
    code = telephone.code()
    answers = [telephone.hand_over(code), telephone.ask("GET", "/me"), telephone.ask("POST", "/sign-out", {})]
    for answer in answers:
        assert "an-access-token" not in answer.text
        assert "id_token" not in answer.text
        assert provider.userinfo["resident_number"] not in answer.text
        assert answer.headers["Cache-Control"] == "no-store"


def test_a_code_counts_once(telephone: Telephone) -> None:
    code = telephone.code()
    assert telephone.hand_over(code).status_code == 200
    again = telephone.hand_over(code)
    assert (again.status_code, again.get_json()["error"]) == (409, "code_used")
    # And whoever taps twice stays signed in.
    assert telephone.ask("GET", "/me").get_json()["person"]


def test_of_taps_at_once_one_signs_in(telephone: Telephone) -> None:
    code, handle = telephone.code(), telephone.handle

    def tap(_number: int) -> str:
        answer = telephone.ask("POST", "/handovers", {"code": code}, handle=handle)
        return str(answer.get_json().get("error", "signed in"))

    with ThreadPoolExecutor(8) as pool:
        said = list(pool.map(tap, range(8)))
    assert said.count("signed in") == 1
    # Whoever comes later has a handle that ended with the sign-in.
    assert set(said) <= {"signed in", "code_used", "session_unknown"}


def test_a_code_is_good_for_five_minutes(telephone: Telephone, clock: FakeClock) -> None:
    early, late = telephone.code(), telephone.code()
    clock.advance(CODE_SECONDS - 1)
    assert telephone.hand_over(early).status_code == 200
    clock.advance(1)
    answer = telephone.hand_over(late)
    assert (answer.status_code, answer.get_json()["error"]) == (409, "code_expired")


def test_what_is_wrong_with_a_code_is_told_apart(clock: FakeClock) -> None:
    codes = OneTime("code", CODE_SECONDS, in_memory(), clock)
    text = codes.give("mine", "the value")
    with pytest.raises(OfAnotherSession):
        codes.take(text, "theirs")
    assert codes.take(text, "mine") == "the value"
    with pytest.raises(Used):
        codes.take(text, "mine")
    with pytest.raises(Unknown):
        codes.take("never given", "mine")
    late = codes.give("mine", "the value")
    clock.advance(CODE_SECONDS)
    with pytest.raises(Expired):
        codes.take(late, "mine")


def test_a_code_that_nobody_remembers(telephone: Telephone) -> None:
    assert telephone.hand_over("x" * 43).get_json()["error"] == "code_unknown"
    assert (CODE_SECONDS, REMEMBERED_SECONDS) == (300, 600)


@pytest.mark.parametrize("code", ["", "x" * 43, "é", "a\0b"])
def test_a_code_that_never_was(telephone: Telephone, code: str) -> None:
    answer = telephone.hand_over(code)
    assert answer.status_code in {400, 409}
    assert answer.get_json()["error"] in {"code_unknown", "invalid_request"}


def test_the_handle_of_before_the_sign_in_is_worth_nothing_after_it(telephone: Telephone) -> None:
    before = telephone.handle
    telephone.sign_in()
    assert telephone.handle != before
    assert telephone.ask("GET", "/me", handle=before).status_code == 401


def test_attack_a_code_of_the_attackers_sign_in_is_slipped_to_somebody(starts: Starts) -> None:
    """Login CSRF: a link opens the mini-program's page with a code in it."""
    attacker, victim = starts("attacker"), starts("victim")
    code = attacker.code()
    answer = victim.hand_over(code)
    assert (answer.status_code, answer.get_json()["error"]) == (409, "code_of_another_session")
    assert victim.ask("GET", "/me").get_json() == {"person": None}
    # And it was not used up by that.
    assert attacker.hand_over(code).status_code == 200


def test_attack_somebody_opens_the_attackers_ticket(starts: Starts) -> None:
    """What they sign in for is the attacker's start of the mini-program; the code stays with them."""
    attacker, victim = starts("attacker"), starts("victim")
    page = victim.come_back(victim.show(attacker.begin()))
    code = said_by(page)["code"]
    assert victim.hand_over(code).get_json()["error"] == "code_of_another_session"
    # The attacker, who never saw it, has nothing to hand over. Nor is it written where somebody reads it out.
    assert code not in page.text.partition("<main>")[2]
    assert attacker.ask("GET", "/me").get_json() == {"person": None}


def test_attack_an_openid_signs_nobody_in(starts: Starts) -> None:
    """Whoever has the account only, such as by a stolen telephone number, is nobody here."""
    owner = starts("wang")
    owner.sign_in()
    thief = starts("wang")
    assert thief.ask("GET", "/me").get_json() == {"person": None}
    assert thief.ask("GET", "/services/records").get_json()["error"] == "sign_in_needed"


def test_an_account_that_another_person_comes_with_is_noticed(starts: Starts, provider: FakeProvider) -> None:
    starts("wang").sign_in()
    provider.userinfo["sub"] = "somebody-else"
    provider.change_claims = lambda claims: claims.update(sub="somebody-else")
    assert starts("wang").sign_in().get_json()["is_another_person"] is True
    assert starts("wang").sign_in().get_json()["is_another_person"] is False


def test_a_ticket_opens_one_page_within_a_minute(telephone: Telephone, clock: FakeClock) -> None:
    path = telephone.begin()
    assert telephone.show(path).status_code == 302
    assert said_by(telephone.show(path))["error"] == "ticket_used"
    late = telephone.begin()
    clock.advance(TICKET_SECONDS)
    assert said_by(telephone.show(late))["error"] == "ticket_expired"
    assert said_by(telephone.show("/open/never"))["error"] == "ticket_unknown"


def test_a_ticket_is_no_code(telephone: Telephone) -> None:
    ticket = telephone.begin().rpartition("/")[2]
    assert telephone.hand_over(ticket).get_json()["error"] == "code_unknown"


@pytest.mark.parametrize("level", [0, 1, 4, True, "2", None, 2.0])
def test_levels_that_nobody_asks_for(telephone: Telephone, level: object) -> None:
    answer = telephone.ask("POST", "/sign-ins", {"level": level})
    assert (answer.status_code, answer.get_json()["error"]) == (400, "invalid_request")


def test_a_level_runs_out_and_is_asked_for_again(telephone: Telephone, clock: FakeClock) -> None:
    telephone.sign_in()
    refused = telephone.ask("GET", "/services/filing")
    assert (refused.status_code, refused.get_json()) == (403, {"error": "level_too_low", "level": 3})
    telephone.sign_in(level=3)
    assert telephone.ask("GET", "/services/filing").status_code == 200
    clock.advance(15 * 60)
    assert telephone.ask("GET", "/services/filing").get_json()["error"] == "level_too_low"


def test_what_the_provider_answers_is_checked(telephone: Telephone, provider: FakeProvider) -> None:
    for changes, error in (
        ({"state": "another"}, "not_started_here"),
        ({"iss": "https://attacker.test"}, "refused"),
        ({"code": None, "error": "access_denied"}, "cancelled"),
        ({"code": None, "error": "server_error"}, "refused"),
    ):
        page = telephone.come_back(telephone.show(telephone.begin()), **changes)  # type: ignore[arg-type]
        assert said_by(page) == {"code": "", "error": error}
    provider.level = 1
    page = telephone.come_back(telephone.show(telephone.begin()))
    assert said_by(page)["error"] == "level_too_low"


def test_an_answer_in_another_browser_is_not_taken(telephone: Telephone, starts: Starts) -> None:
    opened = telephone.show(telephone.begin())
    stranger = starts("stranger")
    page = stranger.come_back(opened)
    assert said_by(page)["error"] == "not_started_here"


def test_the_provider_is_away(telephone: Telephone, provider: FakeProvider) -> None:
    provider.answers["/.well-known/openid-configuration"] = (503, b"")
    assert said_by(telephone.show(telephone.begin()))["error"] == "provider_unreachable"


def test_signing_out_goes_on_to_the_provider(telephone: Telephone, provider: FakeProvider) -> None:
    telephone.sign_in()
    url = telephone.ask("POST", "/sign-out", {}).get_json()["url"]
    assert telephone.ask("GET", "/me").get_json() == {"person": None}
    out = telephone.show(url.removeprefix(ORIGIN))
    assert out.status_code == 302
    assert out.location.startswith(f"{provider.issuer}/end_session?")
    assert said_by(telephone.show("/signed-out"))["error"] == "signed_out"
    assert telephone.ask("POST", "/sign-out", {}).get_json() == {"url": None}


def test_the_provider_ends_the_session(telephone: Telephone, back_end: Flask, provider: FakeProvider) -> None:
    telephone.sign_in()
    client = back_end.test_client()
    bad = client.post("/back-channel-logout", data={"logout_token": "none"}, base_url=ORIGIN)
    assert bad.status_code == 400
    assert telephone.ask("GET", "/me").get_json()["person"]
    told = client.post(
        "/back-channel-logout", data={"logout_token": provider.logout_token()}, base_url=ORIGIN
    )
    assert told.status_code == 200
    assert telephone.ask("GET", "/me").get_json() == {"person": None}


@pytest.mark.parametrize(
    ("language", "words"),
    [("zh-CN", "登录成功"), ("zh-TW", "登入成功"), ("en", "You are signed in"), ("", "登录成功")],
)
def test_the_page_back_speaks_the_web_views_language(telephone: Telephone, language: str, words: str) -> None:
    opened = telephone.show(telephone.begin())
    location = telephone.provider.authorize(opened.location).removeprefix(ORIGIN)
    page = telephone.show(location, **({"Accept-Language": language} if language else {}))
    assert f"<h1>{words}</h1>" in page.text
    policy = page.headers["Content-Security-Policy"]
    assert "script-src 'self' https://jssdk.example;" in policy
    assert page.headers["Cache-Control"] == "no-store"
    assert page.headers["Referrer-Policy"] == "no-referrer"
