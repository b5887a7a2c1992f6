"""When the one decider asks for whom a person acts: its table, on facts of every kind."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idp.mandates.models import Role
from idp.mandates.standing import Standing
from idp.oidc.acting.choice import UNDECIDED, Acting
from idp.oidc.clients.metadata import Client
from idp.oidc.interaction import Interaction
from idp.oidc.next_step import Facts, Step, next_step
from idp.session_clients import MYSELF
from idp.sessions import SignIn
from tests.idp.oidc.asked import NOW, PRESENCE, ago, agreed, client, interaction, signed_in

HAT = Standing("m", Role.AGENT, "person", "o", None, (), None, False)
HATS = Acting(hats=(HAT,))
WORN = Acting("m", HAT)
NOBODY = Acting(self_fits=False)
ME = Acting(MYSELF)
EVERYBODY = ("citizen", "business", "agent")


def accepting(*parties: str) -> Client:
    known = client()
    return replace(known, metadata=known.metadata.model_copy(update={"accepted_parties": parties}))


def step(
    acting: Acting,
    *,
    asked: Interaction | None = None,
    sign_in: SignIn | None = None,
    parties: tuple[str, ...] = EVERYBODY,
) -> Step:
    facts = Facts(sign_in or signed_in((2, 60)), accepting(*parties), agreed(), PRESENCE, "sub", acting)
    return next_step(asked or interaction(), facts, NOW)


@pytest.mark.parametrize(
    ("acting", "expected"),
    [
        (UNDECIDED, Step.ISSUE),
        (HATS, Step.CHOOSE),
        (Acting(may_be_more=True), Step.CHOOSE),
        (NOBODY, Step.CHOOSE),
        (Acting(counts_no_more=True), Step.CHOOSE),
        (WORN, Step.ISSUE),
        (ME, Step.ISSUE),
    ],
)
def test_who_may_act_for_others_chooses_once(acting: Acting, expected: Step) -> None:
    assert step(acting) is expected
    # prompt=none: OpenID Connect Core 1.0 section 3.1.2.6.
    instead = Step.ACCOUNT_SELECTION_REQUIRED if expected is Step.CHOOSE else expected
    assert step(acting, asked=interaction(prompt=("none",))) is instead


@pytest.mark.parametrize("acting", [UNDECIDED, HATS, Acting(may_be_more=True), NOBODY])
def test_attack_a_client_asks_in_silence_who_of_its_visitors_may_act_for_others(acting: Acting) -> None:
    """By prompt=none, of people who have never agreed to anything with it: one answer for all of them."""
    facts = Facts(signed_in((2, 60)), accepting(*EVERYBODY), None, PRESENCE, "sub", acting)
    assert next_step(interaction(prompt=("none",)), facts, NOW) is Step.CONSENT_REQUIRED


def test_a_client_of_citizens_asks_nobody() -> None:
    for acting in (HATS, NOBODY, UNDECIDED):
        assert step(acting, parties=("citizen",)) is Step.ISSUE


def test_select_account_asks_who_has_signed_in_before_it() -> None:
    asked = interaction(ago(30), prompt=("select_account",))
    assert step(UNDECIDED, asked=asked) is Step.CHOOSE
    just_now = signed_in((2, 29))
    assert step(UNDECIDED, asked=asked, sign_in=just_now, parties=("citizen", "agent")) is Step.ISSUE
    # Where organisations come, the page can still add the one that they represent.
    assert step(UNDECIDED, asked=asked, sign_in=just_now) is Step.CHOOSE
    assert step(ME, asked=asked) is Step.ISSUE
    # Where there is nothing to select from, it is a sign-in.
    assert step(UNDECIDED, asked=asked, parties=("citizen",)) is Step.LOGIN


@pytest.mark.parametrize("prompt", ["login", "create"])
def test_what_was_proved_before_counts_for_no_prompt_that_wants_it_anew(prompt: str) -> None:
    asked = interaction(ago(30), prompt=(prompt,))
    assert step(WORN, asked=asked) in {Step.LOGIN, Step.ENROL}


@pytest.mark.parametrize("acting", [HATS, WORN, NOBODY, Acting(may_be_more=True)])
def test_nobody_acts_for_others_whom_a_phone_alone_binds_to_their_name(acting: Acting) -> None:
    assert step(acting, sign_in=signed_in((1, 5))) is Step.LOGIN
    assert step(acting, sign_in=signed_in((1, 5), account_level=1)) is Step.ENROL
    assert step(ME, sign_in=signed_in((1, 5))) is Step.ISSUE


def test_where_citizens_are_not_accepted_a_verified_account_is_asked_for_first() -> None:
    weak = signed_in((1, 5), account_level=1)
    assert step(UNDECIDED, sign_in=weak, parties=("business",)) is Step.ENROL


@given(
    st.booleans(),
    st.booleans(),
    st.sampled_from((None, MYSELF, "m")),
    st.booleans(),
    st.sampled_from(((), ("none",), ("select_account",), ("consent",))),
    st.sampled_from((EVERYBODY, ("business",), ("citizen",), ("agent", "citizen"))),
)
def test_nothing_is_issued_that_nobody_chose(
    has_hats: bool, may_be_more: bool, choice: str | None, fits: bool, prompt: tuple[str, ...], parties: Any
) -> None:
    """To who acts for others: theirs was asked; to who acts as themselves: that was accepted."""
    acting = Acting(
        choice,
        HAT if choice == "m" else None,
        (HAT,) if has_hats and choice is None else (),
        may_be_more and choice is None,
        fits,
    )
    if step(acting, asked=interaction(ago(5), prompt=prompt), parties=parties) is not Step.ISSUE:
        return
    if choice is None and parties != ("citizen",):
        assert fits
        assert not acting.hats
        assert not acting.may_be_more
