"""Answers at the redirect_uri, and errors that sign-ins end with."""

import pytest

from tests.idp.oidc.world import HALL, TAX, fields_of, path_of
from tests.idp.sandbox.outcomes.stage import Stage, body, claims

OURS = "https://id.example"


@pytest.fixture(autouse=True)
def signed_in(stage: Stage) -> None:
    stage.world.sign_in()


def test_without_a_script_nothing_is_changed(stage: Stage) -> None:
    fields = stage.back()
    assert (fields["state"], fields["iss"]) == ("the-state", OURS)
    assert stage.state()["script"] is None


@pytest.mark.parametrize(
    ("outcome", "state", "iss"),
    [
        ("redirect_wrong_state", "another", OURS),
        ("redirect_missing_state", None, OURS),
        ("redirect_missing_iss", "the-state", None),
        ("redirect_wrong_iss", "the-state", "https://somebody-else.invalid"),
    ],
)
def test_an_answer_is_wrong_in_one_respect(
    stage: Stage, outcome: str, state: str | None, iss: str | None
) -> None:
    stage.choose(outcome)
    fields = stage.back()
    if state == "another":
        assert fields.pop("state") not in {"", "the-state"}
        state = None
    assert (fields.get("state"), fields.get("iss")) == (state, iss)
    assert "code" in fields
    assert stage.seen() == ["answered code"]
    assert not stage.fault_seen()


def test_who_redeems_the_code_of_such_an_answer_is_seen(stage: Stage) -> None:
    stage.choose("redirect_wrong_state")
    assert stage.world.token(stage.back()["code"]).status == 200
    assert stage.seen() == ["answered code", "token_requested 200"]
    assert stage.fault_seen()


def test_a_code_that_was_used_opens_nothing_and_ends_what_it_gave(stage: Stage) -> None:
    """RFC 6749 section 4.1.2, RFC 9700 section 4.5: it is a real code, and really comes a second time."""
    code = stage.back()["code"]
    tokens = body(stage.world.token(code))
    stage.choose("redirect_replayed_code")
    fields = stage.back(state="of this sign-in")
    assert (fields["code"], fields["state"], fields["iss"]) == (code, "of this sign-in", OURS)
    response = stage.world.token(fields["code"])
    assert (response.status, body(response)["error"]) == (400, "invalid_grant")
    assert stage.seen() == ["answered code", "token_requested 400"]
    assert stage.world.userinfo(tokens["access_token"]).status == 401
    assert len(stage.world.events("code_replayed")) == 1


def test_where_no_code_was_used_the_first_sign_in_is_honest_and_not_counted(stage: Stage) -> None:
    stage.choose("redirect_replayed_code")
    code = stage.back()["code"]
    assert (stage.state()["left"], stage.state()["runs"]) == (1, [])
    assert stage.world.token(code).status == 200
    assert stage.back()["code"] == code
    assert stage.state()["left"] == 0


def test_a_code_that_nobody_got_tokens_for_is_none_that_was_used(stage: Stage) -> None:
    code = stage.back()["code"]
    assert stage.world.token(code, code_verifier="w" * 43).status == 400
    assert stage.world.token("never-one").status == 400
    stage.choose("redirect_replayed_code")
    assert stage.back()["code"] != code
    assert stage.state()["left"] == 1


def test_attack_a_code_that_was_not_redeemed_is_played_to_somebody_else(stage: Stage) -> None:
    """With a public client anybody refreshes what they got, and adds what they like to the request: the next
    person would be signed in by the fresh code of whoever did (RFC 9700 section 4.5)."""
    tokens = stage.tokens(scope="openid offline_access", prompt="consent")
    redeemed = stage.outcomes.sent_before.code(HALL)
    fresh = stage.back()["code"]
    form = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]}
    assert stage.world.token(fresh, **form).status == 200
    assert stage.outcomes.sent_before.code(HALL) == redeemed
    stage.choose("redirect_replayed_code")
    assert stage.back()["code"] == redeemed


def test_codes_of_other_apps_are_not_played(stage: Stage) -> None:
    stage.world.sign_in(level=3, method="face")
    other = stage.back(TAX)["code"]
    assert stage.world.token(other, TAX).status == 200
    stage.choose("redirect_replayed_code")
    assert stage.back()["code"] != other
    assert stage.state()["left"] == 1


def test_it_is_over_after_as_many_sign_ins_as_chosen(stage: Stage) -> None:
    stage.choose("redirect_missing_iss", sign_ins=2)
    assert ["iss" in stage.back() for _ in range(4)] == [False, False, True, True]
    state = stage.state()
    assert (state["left"], len(state["runs"])) == (0, 2)


def test_or_when_it_is_switched_off(stage: Stage) -> None:
    stage.choose("redirect_missing_iss", sign_ins=None)
    assert ["iss" in stage.back() for _ in range(3)] == [False] * 3
    stage.scripts.end(HALL)
    assert "iss" in stage.back()


def test_or_after_an_hour(stage: Stage) -> None:
    stage.choose("redirect_missing_iss", sign_ins=None)
    stage.world.clock.advance(3601)
    stage.world.sign_in()
    assert "iss" in stage.back()


def test_other_apps_are_left_alone(stage: Stage) -> None:
    stage.world.sign_in(level=3, method="face")
    stage.choose("redirect_missing_iss", sign_ins=None)
    assert "iss" in stage.back(TAX)


@pytest.mark.parametrize("outcome", ["redirect_wrong_iss", "redirect_wrong_state"])
def test_errors_are_wrong_as_well(stage: Stage, outcome: str) -> None:
    stage.choose(outcome)
    fields = stage.back(prompt="none")
    assert fields["error"] == "consent_required"
    assert (fields["state"], fields["iss"]) != ("the-state", OURS)
    assert stage.seen() == ["answered consent_required"]


@pytest.mark.parametrize(
    ("outcome", "error"),
    [
        ("level_unmet", "unmet_authentication_requirements"),
        ("temporarily_unavailable", "temporarily_unavailable"),
        ("error_wrong_state", "access_denied"),
        ("account_locked", "access_denied"),
    ],
)
def test_a_sign_in_ends_with_an_error_before_consent(stage: Stage, outcome: str, error: str) -> None:
    stage.choose(outcome)
    fields = fields_of(stage.world.authorize())
    assert fields["error"] == error
    assert (fields["state"] == "the-state") == (outcome != "error_wrong_state")
    assert stage.state()["left"] == 0


def test_the_doctor_is_told_that_it_was_forced(stage: Stage) -> None:
    stage.choose("level_unmet")
    stage.world.authorize()
    (event,) = stage.world.events("authorization_refused")
    assert "unmet_authentication_requirements" in event.payload


def test_consent_is_refused_where_it_would_be_asked(stage: Stage) -> None:
    stage.world.cookies.clear()
    stage.choose("consent_refused")
    response = stage.world.authorize()
    assert path_of(response) == "/login"
    interaction = fields_of(response)["interaction"]
    stage.world.sign_in()
    assert fields_of(stage.world.resume(interaction))["error"] == "access_denied"


def test_a_session_ends_meanwhile(stage: Stage) -> None:
    stage.back()
    stage.choose("session_ended", sign_ins=None)
    assert stage.back()["error"] == "login_required"
    assert stage.back(prompt="none")["error"] == "login_required"


def test_a_frozen_account_is_told_to_nobody_in_silence(stage: Stage) -> None:
    stage.choose("account_locked")
    assert stage.back(prompt="none")["error"] == "login_required"


def test_a_slow_answer_takes_as_long_as_chosen(stage: Stage) -> None:
    stage.choose("slow_authorize", seconds=7)
    stage.back()
    assert stage.slept == [7]


def test_the_token_endpoint_is_slow_and_then_answers(stage: Stage) -> None:
    stage.choose("slow_token", seconds=3)
    stage.tokens()
    assert stage.slept == [3]
    assert stage.seen() == ["answered code", "token_requested 200"]


def test_the_token_endpoint_is_away_and_the_code_is_not_spent(stage: Stage) -> None:
    stage.choose("token_unavailable")
    code = stage.back()["code"]
    response = stage.world.token(code)
    assert (response.status, dict(response.headers)["Retry-After"]) == (503, "1")
    stage.choose("redirect_missing_iss")
    assert stage.world.token(code).status == 503, "what was drawn stays"


def test_the_token_endpoint_answers_nonsense_and_the_code_is_not_spent(stage: Stage) -> None:
    stage.choose("token_nonsense")
    code = stage.back()["code"]
    response = stage.world.token(code)
    assert (response.status, dict(response.headers)["Content-Type"]) == (200, "text/html")
    assert b"<title>" in response.body
    assert stage.outcomes.sent_before.code(HALL) is None
    assert stage.seen() == ["answered code", "token_requested 200"]


def test_no_more_than_a_few_threads_wait(stage: Stage) -> None:
    stage.choose("slow_authorize", sign_ins=None, seconds=5)
    while stage.outcomes.slow.acquire(blocking=False):
        pass
    stage.back()
    assert stage.slept == []


def test_answers_that_are_signed_are_wrong_inside(stage: Stage) -> None:
    """JARM: the app finds the mistake behind a signature that is right."""
    stage.choose("redirect_wrong_iss")
    said = claims(stage.back(response_mode="query.jwt")["response"])
    assert (said["iss"], said["aud"]) == ("https://somebody-else.invalid", HALL)
    stage.choose("redirect_wrong_state")
    assert claims(stage.back(response_mode="query.jwt")["response"])["state"] != "the-state"
