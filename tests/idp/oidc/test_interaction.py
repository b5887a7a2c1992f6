"""The one decider: its truth table, tried on facts of every kind."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idp.oidc import interaction as interactions
from idp.oidc.interaction import Interaction, InteractionExpired, InteractionForeign
from idp.oidc.levels import ACR_VALUES, HIGHEST, acr
from idp.oidc.next_step import Facts, Step, asked_of, level_asked, next_step
from idp.oidc.sharing import Agreed
from idp.sessions import SignIn
from idp.storage.ephemeral.memory import MemoryStore
from tests.fakes import FakeClock
from tests.idp.oidc.asked import (
    NOW,
    PRESENCE,
    SCOPES,
    ago,
    agreed,
    client,
    interaction,
    signed_in,
    step,
)


def test_nobody_signed_in_has_to_sign_in() -> None:
    assert step(interaction(), None, None) is Step.LOGIN


def test_who_signed_in_and_agreed_gets_a_code() -> None:
    assert step(interaction(), signed_in((2, 60)), agreed()) is Step.ISSUE


def test_who_has_not_agreed_is_asked() -> None:
    assert step(interaction(), signed_in((2, 60)), None) is Step.CONSENT
    assert step(interaction(), signed_in((2, 60)), agreed(scopes=("openid",))) is Step.CONSENT
    assert step(interaction(), signed_in((2, 60)), agreed(purpose="another")) is Step.CONSENT
    assert step(interaction(), signed_in((2, 60)), agreed(age=181 * 86400)) is Step.CONSENT


def test_presence_counts_for_a_quarter_of_an_hour() -> None:
    assert step(interaction(), signed_in((3, 900)), agreed(), minimum=3) is Step.ISSUE
    assert step(interaction(), signed_in((3, 901)), agreed(), minimum=3) is Step.PRESENCE
    assert step(interaction(), signed_in((3, 901)), agreed(), minimum=2) is Step.ISSUE


def test_a_password_is_asked_of_who_came_by_text_message() -> None:
    assert step(interaction(), signed_in((1, 10)), agreed(), minimum=2) is Step.LOGIN


def test_an_account_that_was_never_verified_has_to_enrol() -> None:
    self_declared = signed_in((3, 10), account_level=1)
    assert step(interaction(), self_declared, agreed(), minimum=2) is Step.ENROL
    assert step(interaction(), self_declared, agreed(), minimum=1) is Step.ISSUE


def test_prompt_login_needs_a_proof_that_came_after() -> None:
    asked = interaction(ago(30), prompt=("login",))
    assert step(asked, signed_in((2, 60)), agreed()) is Step.LOGIN
    assert step(asked, signed_in((2, 60), (2, 30)), agreed()) is Step.ISSUE
    assert step(interaction(ago(30), prompt=("select_account",)), signed_in((2, 60)), agreed()) is Step.LOGIN


def test_prompt_consent_needs_a_consent_that_came_after() -> None:
    asked = interaction(ago(30), prompt=("consent",))
    assert step(asked, signed_in((2, 60)), agreed(age=31)) is Step.CONSENT
    assert step(asked, signed_in((2, 60)), agreed(age=30)) is Step.ISSUE


@pytest.mark.parametrize(
    ("max_age", "age", "expected"),
    [(60, 60, Step.ISSUE), (60, 61, Step.LOGIN), (0, 1, Step.LOGIN), (0, 0, Step.ISSUE)],
)
def test_max_age_bounds_the_last_proof(max_age: int, age: float, expected: Step) -> None:
    assert step(interaction(max_age=max_age), signed_in((2, age), (2, 5000)), agreed()) is expected


def test_max_age_is_met_by_a_proof_of_this_interaction_however_slow_the_rest() -> None:
    assert step(interaction(ago(300), max_age=10), signed_in((2, 200)), agreed()) is Step.ISSUE


def test_a_hint_at_another_person_is_never_answered_with_this_one() -> None:
    assert step(interaction(hinted_sub="other"), signed_in((2, 5)), agreed()) is Step.LOGIN
    assert step(interaction(hinted_sub="sub"), signed_in((2, 5)), agreed()) is Step.ISSUE


@pytest.mark.parametrize(
    ("sign_in", "consent", "minimum", "expected"),
    [
        (None, None, 1, Step.LOGIN_REQUIRED),
        (signed_in((2, 10)), agreed(), 3, Step.INTERACTION_REQUIRED),
        (signed_in((2, 10), account_level=1), agreed(), 2, Step.INTERACTION_REQUIRED),
        (signed_in((2, 10)), None, 1, Step.CONSENT_REQUIRED),
        (signed_in((2, 10)), agreed(), 2, Step.ISSUE),
    ],
)
def test_prompt_none_answers_instead_of_asking(
    sign_in: SignIn | None, consent: Agreed | None, minimum: int, expected: Step
) -> None:
    assert step(interaction(prompt=("none",)), sign_in, consent, minimum=minimum) is expected


def test_an_essential_level_that_nobody_can_reach_is_refused_before_any_page() -> None:
    assert step(interaction(essential_acr=(acr(5),)), None, None) is Step.UNREACHABLE
    assert step(interaction(essential_acr=("urn:other",)), signed_in((3, 1)), agreed()) is Step.UNREACHABLE
    # One of its values is enough, and none may lie below what the client must have.
    assert step(interaction(essential_acr=(acr(5), acr(3))), None, None) is Step.LOGIN
    assert step(interaction(essential_acr=(acr(1),)), None, None, minimum=3) is Step.UNREACHABLE
    certified, without = interaction(essential_acr=(acr(4),)), Facts(client=client(), highest_level=3)
    assert step(certified, None, None) is Step.LOGIN
    assert next_step(certified, without, NOW) is Step.UNREACHABLE


def test_a_wish_raises_the_level_and_an_unknown_one_is_passed_over() -> None:
    assert level_asked(interaction(acr_values=(acr(5), acr(3))), client(), HIGHEST) == 3
    assert level_asked(interaction(acr_values=("gold", acr(1))), client(2), HIGHEST) == 2
    assert level_asked(interaction(), client(2), HIGHEST) == 2


def test_who_is_to_open_an_account_is_led_there_until_they_have() -> None:
    """Initiating User Registration 1.0 section 4.1, also for somebody who is signed in already."""
    asked = interaction(ago(60), prompt=("create",))
    assert step(asked, None, None) is Step.ENROL
    assert step(asked, signed_in((2, 61)), agreed()) is Step.ENROL
    assert step(asked, signed_in((2, 30)), agreed()) is Step.ISSUE


def test_our_own_pages_ask_for_a_sign_in_alone() -> None:
    account = interactions.new(None, "browser", NOW, seconds=900)
    assert next_step(account, Facts(), NOW) is Step.LOGIN
    sign_in = signed_in((1, 5), account_level=1)
    assert next_step(account, Facts(sign_in), NOW) is Step.RETURN
    assert level_asked(account, None, HIGHEST) == 1


def test_our_own_pages_may_ask_that_a_person_is_here_now() -> None:
    store = MemoryStore(lambda: NOW)
    started = interactions.start_account(store, "browser", NOW, seconds=900, target="/account/x", level=3)
    found = interactions.find(store, started.id, "browser", NOW)
    assert (found, level_asked(found, None, HIGHEST)) == (started, 3)
    for proof, account_level, expected in (
        ((2, 1), 2, Step.PRESENCE),
        ((3, 899), 2, Step.RETURN),
        ((3, 901), 2, Step.PRESENCE),
        ((1, 1), 1, Step.ENROL),
    ):
        facts = Facts(signed_in(proof, account_level=account_level), presence_seconds=PRESENCE)
        assert next_step(found, facts, NOW) is expected


acrs = st.lists(st.sampled_from((*ACR_VALUES, acr(5), "urn:other")), max_size=3).map(tuple)
requests = st.builds(
    interaction,
    started_at=st.integers(0, 2000).map(ago),
    prompt=st.sampled_from(
        ((), ("none",), ("login",), ("consent",), ("login", "consent"), ("select_account",), ("create",))
    ),
    max_age=st.none() | st.integers(0, 2000),
    acr_values=acrs,
    essential_acr=acrs,
    hinted_sub=st.sampled_from((None, "sub", "other")),
    scopes=st.sampled_from((("openid",), ("openid", "profile"), SCOPES)),
)
proofs = st.lists(st.tuples(st.integers(1, 4), st.integers(0, 3000)), min_size=1, max_size=4)
sign_ins = st.none() | st.builds(
    lambda p, level: signed_in(*p, account_level=level), proofs, st.integers(1, 2)
)
consents = st.none() | st.builds(
    agreed,
    age=st.integers(0, 200 * 86400),
    scopes=st.sampled_from((("openid",), ("openid", "profile"), SCOPES)),
)


@given(requests, sign_ins, consents, st.integers(1, 3))
def test_what_is_issued_meets_everything_that_was_asked(
    asked: Interaction, sign_in: SignIn | None, consent: Agreed | None, minimum: int
) -> None:
    if step(asked, sign_in, consent, minimum=minimum) is not Step.ISSUE:
        return
    request = asked.request
    assert request is not None
    assert sign_in is not None
    assert consent is not None
    level = sign_in.level(NOW, PRESENCE)
    reported = asked_of(asked, client(minimum), HIGHEST).reported(level)
    assert level >= minimum
    assert reported >= minimum
    assert reported <= level
    if request.essential_acr:
        assert acr(reported) in request.essential_acr
    elif request.acr_values:
        offered = [value for value in request.acr_values if value in ACR_VALUES]
        assert not offered or level >= int(offered[0][-1])
    came_after = sign_in.authenticated_at >= asked.started_at
    if {"login", "select_account"} & set(request.prompt):
        assert came_after
    if request.max_age is not None and not came_after:
        assert (NOW - sign_in.authenticated_at).total_seconds() <= request.max_age
    assert request.hinted_sub in {None, "sub"}
    assert consent.scopes >= set(request.scopes)
    assert consent.given_at <= NOW < consent.expires_at
    if "consent" in request.prompt:
        assert consent.given_at >= asked.started_at


@given(requests, sign_ins, consents, st.integers(1, 3))
def test_prompt_none_never_shows_a_page_and_others_never_get_its_errors(
    asked: Interaction, sign_in: SignIn | None, consent: Agreed | None, minimum: int
) -> None:
    found = step(asked, sign_in, consent, minimum=minimum)
    assert asked.request is not None
    pages = {Step.LOGIN, Step.ENROL, Step.PRESENCE, Step.CONSENT}
    answers = {Step.LOGIN_REQUIRED, Step.INTERACTION_REQUIRED, Step.CONSENT_REQUIRED}
    assert found not in (pages if "none" in asked.request.prompt else answers)
    assert found is not Step.RETURN


@given(requests, sign_ins, consents, st.integers(1, 3))
def test_following_the_steps_comes_to_an_end(
    asked: Interaction, sign_in: SignIn | None, consent: Agreed | None, minimum: int
) -> None:
    """Whoever does what each page asks gets a code: no request leads in a circle."""
    asked = replace(asked, started_at=min(asked.started_at, NOW))
    taken = []
    for _ in range(6):
        found = step(asked, sign_in, consent, minimum=minimum)
        if found not in {Step.LOGIN, Step.ENROL, Step.PRESENCE, Step.CONSENT}:
            break
        taken.append(found)
        assert asked.request is not None
        if found is Step.LOGIN:
            sign_in = signed_in((2, 0))
            asked = replace(asked, request=replace(asked.request, hinted_sub=None))
        elif found is Step.ENROL:
            sign_in = signed_in((2, 0))
        elif found is Step.PRESENCE:
            needed = level_asked(asked, client(minimum), HIGHEST)
            sign_in = signed_in((2, 0), (needed, 0))
        else:
            consent = agreed(age=0)
    else:
        pytest.fail(f"in a circle: {taken}")
    assert len(taken) <= 4


@given(requests)
def test_an_interaction_is_the_same_after_the_store(asked: Interaction) -> None:
    store = MemoryStore(FakeClock(NOW))
    interactions.keep(store, asked, NOW)
    if asked.expires_at > NOW:
        assert interactions.find(store, asked.id, "browser", NOW) == asked


def test_an_interaction_belongs_to_its_browser_and_its_time() -> None:
    clock = FakeClock(NOW)
    store = MemoryStore(clock)
    asked = interaction()
    interactions.keep(store, asked, NOW)
    with pytest.raises(InteractionForeign):
        interactions.find(store, asked.id, "another browser", NOW)
    clock.advance(901)
    with pytest.raises(InteractionExpired) as over:
        interactions.find(store, asked.id, "browser", clock())
    assert (over.value.kind, over.value.client_id) == ("expired", "hall")
    with pytest.raises(InteractionExpired) as unknown:
        interactions.find(store, "no such id", "browser", NOW)
    assert (unknown.value.kind, unknown.value.client_id) == ("unknown", None)


def test_of_two_tabs_one_finishes() -> None:
    store = MemoryStore(FakeClock(NOW))
    asked = interaction()
    interactions.keep(store, asked, NOW)
    assert [interactions.finish(store, asked), interactions.finish(store, asked)] == [True, False]
    with pytest.raises(InteractionExpired) as over:
        interactions.find(store, asked.id, "browser", NOW)
    assert over.value.kind == "finished"


@pytest.mark.parametrize("target", ["https://evil.example", "//evil.example", "/\\evil.example", "account"])
def test_our_own_pages_are_not_led_elsewhere(target: str) -> None:
    with pytest.raises(ValueError, match="path of this site"):
        interactions.start_account(MemoryStore(FakeClock(NOW)), "b", NOW, seconds=60, target=target)


@pytest.mark.parametrize(
    ("redirect_uri", "source"),
    [
        ("https://hall.example:8443/callback?x=1", "https://hall.example:8443"),
        ("com.example.app:/callback", "com.example.app:"),
    ],
)
def test_forms_may_lead_to_the_portal(redirect_uri: str, source: str) -> None:
    assert interaction(redirect_uri=redirect_uri).form_action == source
