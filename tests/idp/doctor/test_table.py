"""No error of the protocol is without a diagnosis, and no case is there for nothing."""

import re
from collections import Counter

import pytest

from idp.doctor.case import Case
from idp.doctor.table import BAR, CASES, case_of
from idp.oidc.authorize.request import AuthorizationRequest
from idp.oidc.next_step import Step
from idp.sandbox.outcomes import polls
from idp.sandbox.outcomes.catalogue import CATALOGUE, Place
from idp.sandbox.outcomes.endings import ending
from tests.idp.doctor.raised import WHATEVER, all_raised, refused_tokens

ASKED = AuthorizationRequest(
    client_id="hall",
    redirect_uri="https://hall.example/callback",
    scopes=("openid",),
    state=None,
    response_mode="query",
    nonce=None,
    code_challenge=None,
    prompt=(),
    max_age=None,
    acr_values=(),
    essential_acr=(),
    ui_locales=(),
    hinted_sub=None,
)
RAISED = sorted(set(all_raised()), key=lambda one: (one.where, one.description, one.detail))


def test_the_walk_finds_what_is_raised() -> None:
    assert len(RAISED) > 200
    assert {"invalid_request", "invalid_client", "invalid_grant", "invalid_dpop_proof"} <= {
        one.error for one in RAISED
    }


@pytest.mark.parametrize("raised", RAISED, ids=lambda one: f"{one.where} {one.description[:40]}")
def test_every_error_that_is_raised_has_a_case(raised: object) -> None:
    description = getattr(raised, "description")  # noqa: B009
    error, detail = raised.error, raised.detail  # type: ignore[attr-defined]
    if description == WHATEVER:
        # Its words come from elsewhere: each of them is held to below.
        return
    assert case_of(error, description, detail) is not None, raised


@pytest.mark.parametrize(
    ("error", "said"),
    [
        ("invalid_request", "claims: id_token is not an object."),
        ("invalid_request", "purpose: blanks around it, or nothing else."),
        ("invalid_authorization_details", "authorization_details: an unknown type."),
        ("invalid_client_metadata", "redirect_uris: https://spa.example/*: must be absolute"),
        ("invalid_redirect_uri", "redirect_uri is missing."),
    ],
)
def test_words_that_are_put_together_elsewhere_have_a_case(error: str, said: str) -> None:
    assert case_of(error, said, "") is not None


def test_every_way_in_which_a_token_is_refused_has_a_case() -> None:
    wrapped = {
        "The request object is not valid.": "{}",
        "Client authentication failed.": "client_assertion: {}",
        "The DPoP proof is not valid.": "{}",
    }
    for where, said in refused_tokens():
        for description, detail in wrapped.items():
            assert case_of("invalid_request", description, detail.format(said)) is not None, where


def test_each_case_has_a_name_of_its_own_and_is_reached() -> None:
    assert [name for name, count in Counter(case.name for case in CASES).items() if count > 1] == []
    reached = {found.name for one in RAISED if (found := case_of(one.error, one.description, one.detail))}
    of_tokens = {
        found.name
        for _where, said in refused_tokens()
        for description, detail in (
            ("The request object is not valid.", said),
            ("Client authentication failed.", f"client_assertion: {said}"),
            ("The DPoP proof is not valid.", said),
        )
        if (found := case_of("", description, detail))
    }
    elsewhere = {"claims-misshapen", "purpose-misshapen", "code-unknown", "access-expired"} | {
        *("refresh-other-key", "secret-revoked", "secret-expired", "forced-in-the-sandbox")
    }
    assert {case.name for case in CASES} - reached - of_tokens - elsewhere == set()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_case_says_what_was_broken_and_what_mends_it(case: Case) -> None:
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", case.name)
    assert case.broken.endswith((".", "~"))
    assert case.mend
    assert case.rules
    assert all(rule.url.startswith("https://") or rule.title == "Yitong" for rule in case.rules)
    assert all(said.count(BAR) <= 1 for said in case.said)


def test_what_no_case_knows_is_none() -> None:
    assert case_of("server_error", "Something else.", "") is None


@pytest.mark.parametrize(
    "outcome", [one.name for one in CATALOGUE if one.place in {Place.ENDING, Place.POLLING}]
)
def test_what_a_sandbox_forced_is_told_as_forced(outcome: str) -> None:
    """Or whoever looks would mend what is not broken."""
    found = polls.answer(outcome, 0) or ending((outcome,), ASKED, Step.ISSUE)
    assert found is not None
    case = case_of(found.error, found.description, found.detail)
    assert case is not None
    assert case.name == "forced-in-the-sandbox"
