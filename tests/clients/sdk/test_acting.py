"""What a portal makes of `acting_for`: all of it, or nothing."""

import json
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clients.sdk import (
    ActingFor,
    AnswerRejected,
    NotCovered,
    Provider,
    Registration,
    SignInRefused,
    acting_for,
    require_matter,
)
from clients.sdk.acting import of_both
from tests.clients.conftest import Browser
from tests.clients.fake_provider import CLIENT_ID, CLIENT_SECRET, FakeProvider
from tests.fakes import FakeClock

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
BASE: dict[str, Any] = {
    "type": "organisation",
    "sub": "the-company",
    "role": "agent",
    "mandate_id": "the-mandate",
}
OTHER_CODE = "91000000YT00000207"
FULL = {**BASE, "matters": ["tax"], "exp": int(NOW.timestamp()) + 60}
NAMED = {"unified_social_credit_code": "91000000YT00000112", "name": "云岭茶业"}


def whom(**changes: Any) -> dict[str, Any]:
    told = {**FULL, **changes}
    return {"acting_for": {name: value for name, value in told.items() if value is not None}}


def test_who_acts_as_themselves_has_no_such_claim() -> None:
    assert acting_for({"sub": "the-person"}) is None
    require_matter(None, "tax", NOW)


def test_it_is_read_whole() -> None:
    found = acting_for(whom(**NAMED, invented_later="x"))
    assert found == ActingFor(
        *("organisation", "the-company", "agent", "the-mandate", ("tax",)),
        *(datetime.fromtimestamp(FULL["exp"], UTC), NAMED["unified_social_credit_code"], NAMED["name"]),
    )


LIES: dict[str, Any] = {
    "null": {"acting_for": None},
    "a text": {"acting_for": "the-company"},
    "another type": whom(type="robot"),
    "no type": whom(type=None),
    "a type that is no text": whom(type=["organisation"]),
    "a relative of an organisation": whom(role="relative"),
    "an agent of a person": whom(type="person"),
    "a role nobody knows": whom(role="king"),
    "no role": whom(role=None),
    "no sub": whom(sub=None),
    "an empty sub": whom(sub=""),
    "a sub that is a number": whom(sub=1),
    "no mandate": whom(mandate_id=None),
    "no matters, said so": whom(matters=[]),
    "matters as a text": whom(matters="tax"),
    "a matter that is no text": whom(matters=["tax", 1]),
    "an end that is a text": whom(exp="soon"),
    "an end that is true": whom(exp=True),
    "an end beyond all calendars": whom(exp=10**30),
    "a code alone": whom(unified_social_credit_code=NAMED["unified_social_credit_code"]),
    "a name alone": whom(name="云岭茶业"),
    "a code with a letter that none has": whom(**NAMED | {"unified_social_credit_code": "O" * 18}),
    "a person with a code": {
        "acting_for": {**BASE, **NAMED, "type": "person", "role": "relative"},
    },
}


@pytest.mark.parametrize("lie", LIES)
def test_what_cannot_be_read_is_refused(lie: str) -> None:
    with pytest.raises(AnswerRejected) as refused:
        acting_for(LIES[lie])
    assert refused.value.error == "invalid_acting_for"


@given(
    st.dictionaries(
        st.sampled_from((*FULL, *NAMED)), st.none() | st.text() | st.integers() | st.lists(st.text())
    )
)
def test_nothing_else_is_raised(changes: dict[str, Any]) -> None:
    with suppress(AnswerRejected):
        acting_for({"acting_for": {**FULL, **changes}})


def test_a_mandate_covers_its_matters_until_its_end() -> None:
    some, every = acting_for(whom()), acting_for(whom(matters=None, exp=None))
    assert some is not None
    assert every is not None
    require_matter(some, "tax", NOW)
    require_matter(every, "anything", NOW)
    with pytest.raises(NotCovered):
        require_matter(some, "licences", NOW)
    with pytest.raises(NotCovered):
        require_matter(some, "tax", datetime.fromtimestamp(FULL["exp"], UTC))


def test_userinfo_may_say_more_of_the_same() -> None:
    both = of_both(whom(), whom(**NAMED))
    assert both == {**FULL, **NAMED}
    assert of_both({}, {}) is None


def test_the_narrower_of_two_answers_counts() -> None:
    assert of_both(whom(matters=["tax", "social"]), whom(matters=["tax"])) == FULL
    assert of_both(whom(matters=["tax"]), whom(matters=None)) == FULL
    assert of_both(whom(matters=None), whom(matters=["tax"])) == FULL
    with pytest.raises(AnswerRejected):
        of_both(whom(matters=["tax"]), whom(matters=["social"]))


@pytest.mark.parametrize("changes", [{"sub": "another"}, {"role": "administrator"}, {"mandate_id": "other"}])
def test_two_answers_for_different_ones_are_refused(changes: dict[str, str]) -> None:
    with pytest.raises(AnswerRejected):
        of_both(whom(), whom(**changes))
    with pytest.raises(AnswerRejected):
        of_both(whom(), {})
    with pytest.raises(AnswerRejected):
        of_both({}, whom())


def test_attack_an_answer_whose_userinfo_drops_the_hat_signs_nobody_in(
    browser: Browser, provider: FakeProvider
) -> None:
    provider.change_claims = lambda claims: claims.update(whom())
    assert browser.sign_in().status_code == 502
    provider.userinfo.update(whom(**NAMED))
    assert browser.sign_in().location == "/me"


@pytest.fixture
def party(provider: FakeProvider) -> Provider:
    registration = Registration(provider.issuer, CLIENT_ID, CLIENT_SECRET, "openid organisation", 2)
    return Provider(registration, clock=FakeClock(datetime.now(UTC)))


def asked(party: Provider, provider: FakeProvider, claims: dict[str, Any], **asked: Any) -> Any:
    """Ask for a sign-in and take the provider's answer to it."""
    provider.change_claims = lambda all_claims: all_claims.update(claims)
    provider.userinfo.update(claims)
    browser: dict[str, Any] = {}
    location = party.begin(browser, "http://portal.localhost/back", **asked)
    answer = dict(parse_qsl(urlsplit(provider.authorize(location)).query))
    return parse_qs(urlsplit(location).query), lambda: party.finish(browser, answer).acting_for


def test_one_matter_is_asked_for_and_answered(party: Provider, provider: FakeProvider) -> None:
    code = NAMED["unified_social_credit_code"]
    query, answer = asked(party, provider, whom(), choose=True, matter="tax", organisation=code)
    details = [{"type": "mandate", "matter": "tax", "organisation": code}]
    granted = {**details[0], "mandate_id": BASE["mandate_id"]}
    provider.change_token = lambda token: token.update(authorization_details=[granted])
    assert (query["prompt"], json.loads(query["authorization_details"][0])) == (["select_account"], details)
    assert answer().sub == "the-company"


@pytest.mark.parametrize(
    "granted",
    [
        None,
        "nothing that is a list",
        ["nothing that is an object"],
        [{"organisation": OTHER_CODE}],
        [{"organisation": None}],
        [{"mandate_id": "another"}],
        [{"matter": "social"}],
    ],
)
def test_attack_the_organisation_is_changed_in_the_browser_on_the_way_to_the_provider(
    party: Provider, provider: FakeProvider, granted: Any
) -> None:
    """Who may act for two of them comes back for the other one, or for whichever they like: what was begun
    for the one must not be finished for it."""
    code = NAMED["unified_social_credit_code"]
    as_asked = {"type": "mandate", "matter": "tax", "organisation": code, "mandate_id": BASE["mandate_id"]}
    if isinstance(granted, list):
        granted = [{**as_asked, **one} if isinstance(one, dict) else one for one in granted]
    if granted is not None:
        provider.change_token = lambda token: token.update(authorization_details=granted)
    _, answer = asked(party, provider, whom(), matter="tax", organisation=code)
    with pytest.raises(AnswerRejected):
        answer()


def test_an_organisation_without_a_matter_is_asked_of_nobody(party: Provider) -> None:
    with pytest.raises(ValueError, match="with a matter"):
        party.begin({}, "http://portal.localhost/back", organisation=OTHER_CODE)


@pytest.mark.parametrize("claims", [{}, whom(matters=None), whom(matters=["social"])])
def test_attack_another_answer_than_for_that_matter_is_refused(
    party: Provider, provider: FakeProvider, claims: dict[str, Any]
) -> None:
    _, answer = asked(party, provider, claims, matter="tax")
    with pytest.raises(SignInRefused):
        answer()
