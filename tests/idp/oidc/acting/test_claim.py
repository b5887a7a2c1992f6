"""`acting_for` as a client is told it, and as a token that was given says it again."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idp.mandates.models import Role
from idp.mandates.standing import Standing
from idp.oidc.acting.claim import SaysMore, acting_for, narrowed, still
from idp.oidc.clients.metadata import Client, from_json
from idp.oidc.subjects import sub_of

KEY = b"k" * 32
ENDS = datetime(2027, 1, 1, tzinfo=UTC)
AGENT = Standing(
    mandate_id="the-mandate",
    role=Role.AGENT,
    person_id="the-agent",
    organisation_id="the-company",
    principal_id=None,
    matters=("tax", "social"),
    expires_at=ENDS,
    may_pass_on=False,
)
REPRESENTATIVE = replace(AGENT, role=Role.LEGAL_REPRESENTATIVE, matters=(), expires_at=None)
RELATIVE = replace(AGENT, role=Role.RELATIVE, organisation_id=None, principal_id="the-mother", matters=())


def client(sector: str = "tax.example", **changes: Any) -> Client:
    fields: dict[str, Any] = {"client_id": "tax", "sector": sector, "client_name": "Tax"}
    fields |= {"redirect_uris": ["https://tax.example/callback"], "accepted_parties": ["business", "agent"]}
    return Client(from_json({**fields, **changes}), (), True)


def test_an_agent_is_told_with_matters_and_end() -> None:
    told = acting_for(KEY, client(), AGENT)
    assert told.pop("sub") != told.pop("mandate_id")
    assert told == {
        "type": "organisation",
        "role": "agent",
        "matters": ["tax", "social"],
        "exp": int(ENDS.timestamp()),
    }


def test_who_may_do_everything_for_good_has_neither_matters_nor_end() -> None:
    told = acting_for(KEY, client(), REPRESENTATIVE)
    assert told.keys() == {"type", "sub", "role", "mandate_id"}


def test_attack_the_end_of_a_guardians_mandate_tells_the_childs_birthday() -> None:
    """It ends at midnight of the fourteenth: neither what is issued nor what a token repeats says when."""
    guardian = replace(RELATIVE, role=Role.GUARDIAN)
    told = acting_for(KEY, client(), guardian)
    assert "exp" not in told
    assert still(guardian, told) == told


def test_a_principal_has_the_sub_of_their_own_sign_ins() -> None:
    told = acting_for(KEY, client(), RELATIVE)
    assert (told["type"], told["sub"]) == ("person", sub_of(KEY, client(), "the-mother"))


def test_attack_two_sectors_cannot_tell_that_it_is_the_same_organisation_or_mandate() -> None:
    here, there = acting_for(KEY, client(), AGENT), acting_for(KEY, client("hall.example"), AGENT)
    assert not {here["sub"], here["mandate_id"]} & {there["sub"], there["mandate_id"]}
    assert not {"the-company", "the-mandate"} & {here["sub"], here["mandate_id"]}


def test_clients_with_public_subjects_share_them_as_they_share_people() -> None:
    both = [
        acting_for(KEY, client(sector, subject_type="public"), AGENT) for sector in ("a.example", "b.example")
    ]
    assert both[0] == both[1]
    assert both[0]["sub"] != acting_for(KEY, client("a.example"), AGENT)["sub"]


def test_an_organisation_is_never_known_by_the_sub_of_a_person() -> None:
    same_id = replace(AGENT, organisation_id="one-id")
    assert acting_for(KEY, client(), same_id)["sub"] != sub_of(KEY, client(), "one-id")


def test_what_is_asked_for_is_all_that_is_told() -> None:
    assert acting_for(KEY, client(), AGENT, ("tax",))["matters"] == ["tax"]
    assert acting_for(KEY, client(), REPRESENTATIVE, ("tax",))["matters"] == ["tax"]


def test_attack_asking_for_a_matter_that_the_mandate_has_not_gives_nothing() -> None:
    with pytest.raises(SaysMore):
        acting_for(KEY, client(), AGENT, ("tax", "licences"))


def test_a_renewed_mandate_ends_later_and_the_rest_stays() -> None:
    said = acting_for(KEY, client(), AGENT)
    renewed = replace(AGENT, expires_at=datetime(2028, 1, 1, tzinfo=UTC))
    assert still(renewed, said) == {**said, "exp": 1830297600}
    assert "exp" not in still(replace(AGENT, expires_at=None), said)


def test_a_token_stays_as_narrow_as_it_was_given() -> None:
    said = acting_for(KEY, client(), AGENT, ("tax",))
    assert still(REPRESENTATIVE, said)["matters"] == ["tax"]


@pytest.mark.parametrize("before", [AGENT, REPRESENTATIVE])
def test_attack_a_token_from_before_a_mandate_was_narrowed_says_nothing(before: Standing) -> None:
    said = acting_for(KEY, client(), before)
    with pytest.raises(SaysMore):
        still(replace(AGENT, matters=("tax",)), said)


MATTERS = st.lists(st.sampled_from(("tax", "social", "licences")), unique=True)


@given(held=MATTERS, asked=MATTERS, again=MATTERS)
def test_attack_nothing_widens(held: list[str], asked: list[str], again: list[str]) -> None:
    mandate = replace(AGENT, matters=tuple(held))
    try:
        first = acting_for(KEY, client(), mandate, asked)
        second = narrowed(first, again)
    except SaysMore:
        return
    allowed = set(held or ("tax", "social", "licences"))
    everything = ["tax", "social", "licences"]
    assert set(second.get("matters", everything)) <= set(first.get("matters", everything)) <= allowed
    assert still(mandate, second).get("matters") == second.get("matters")
