"""One matter is asked for: the sign-in, its tokens and whatever follows are for that one (RFC 9396)."""

import json
from typing import Any

import pytest

from idp.oidc import asking
from idp.oidc.clients.cache import SECONDS
from idp.oidc.details.words import described
from idp.session_clients import MYSELF
from tests.contracts.advertised.moves import change, error_of, part_of
from tests.idp.business.registering import CODE
from tests.idp.oidc.acting.hats import OTHER_CODE, Hats
from tests.idp.oidc.world import BROWSER, HALL, fields_of, path_of

PARAMETER = "authorization_details"
OFFLINE = "openid profile phone offline_access"


def matters(*codes: str, **more: str) -> str:
    return json.dumps([{"type": "mandate", "matter": code, **more} for code in codes])


@pytest.fixture(autouse=True)
def accepted(hats: Hats) -> None:
    hats.accept(authorization_details_types=["mandate"])


def told(found: dict[str, Any]) -> list[str]:
    """The matters that every answer says."""
    first, *others = ["matters" in one and one["matters"] for one in hats_claims(found)]
    assert all(one == first for one in others)
    assert isinstance(first, list)
    return first


def hats_claims(found: dict[str, Any]) -> list[dict[str, Any]]:
    return [part_of(found[name], 1)["acting_for"] for name in ("id_token", "access_token")]


def test_who_may_do_everything_comes_for_one_matter(hats: Hats) -> None:
    found = hats.tokens(hats.root(), **{PARAMETER: matters("tax_filing")})
    claim, *_ = every = hats.claims(found)
    assert all(one == claim for one in every)
    assert claim["matters"] == ["tax_filing"]
    granted = [{"type": "mandate", "matter": "tax_filing", "mandate_id": claim["mandate_id"]}]
    assert found[PARAMETER] == part_of(found["access_token"], 1)[PARAMETER] == granted
    assert hats.said(found["access_token"])[PARAMETER] == granted


def test_those_are_offered_who_cover_it(hats: Hats) -> None:
    root, agent = hats.root(), hats.agent("invoices")
    response = hats.world.authorize(**{PARAMETER: matters("tax_filing")})
    for choice in (MYSELF, agent):
        with pytest.raises(AssertionError, match="not on the page"):
            hats.choose(response, choice)
    assert path_of(hats.choose(response, root)) == "/consent"


def test_one_organisation_may_be_named(hats: Hats) -> None:
    root, agent = hats.root(), hats.agent()
    for code, choice, other in ((CODE, root, agent), (OTHER_CODE, agent, root)):
        asked = {PARAMETER: matters("tax_filing", organisation=code), "prompt": "select_account"}
        with pytest.raises(AssertionError, match="not on the page"):
            hats.choose(hats.world.authorize(**asked), other)
        found = hats.tokens(choice, **asked)
        assert told(found) == ["tax_filing"]
        # What a portal compares: the question came through a browser, this does not.
        (granted,) = found[PARAMETER]
        assert (granted["organisation"], granted["mandate_id"]) == (code, hats_claims(found)[0]["mandate_id"])


def test_what_was_chosen_before_and_does_not_cover_it_is_asked_anew(hats: Hats) -> None:
    root, agent = hats.root(), hats.agent("invoices")
    for before in (MYSELF, agent):
        hats.tokens(before, prompt="select_account")
        asked = {PARAMETER: matters("tax_filing")}
        assert path_of(hats.world.authorize(**asked)) == "/choose"
        assert error_of(hats.world.authorize(prompt="none", **asked)) == "account_selection_required"
    assert told(hats.tokens(root, **{PARAMETER: matters("tax_filing")})) == ["tax_filing"]


def test_one_token_is_for_fewer_and_the_next_for_all_again(hats: Hats) -> None:
    change(hats.world, HALL, scope=OFFLINE)
    asked = matters("tax_filing", "invoices")
    first = hats.tokens(hats.root(), scope="openid offline_access", **{PARAMETER: asked})
    assert told(first) == ["tax_filing", "invoices"]
    narrow = json.loads(hats.refreshed(first["refresh_token"], **{PARAMETER: matters("invoices")}).body)
    assert told(narrow) == ["invoices"]
    assert hats.claims(narrow)[2]["matters"] == ["invoices"]
    assert told(json.loads(hats.refreshed(first["refresh_token"]).body)) == ["tax_filing", "invoices"]
    assert hats.said(first["refresh_token"])["acting_for"]["matters"] == ["tax_filing", "invoices"]


def test_attack_a_refresh_for_a_matter_that_was_not_granted(hats: Hats) -> None:
    change(hats.world, HALL, scope=OFFLINE)
    asked = {PARAMETER: matters("tax_filing")}
    first = hats.tokens(hats.root(), scope="openid offline_access", **asked)
    for other in (
        matters("invoices"),
        matters("tax_filing", "invoices"),
        matters("tax_filing", organisation=CODE),
    ):
        refused = hats.refreshed(first["refresh_token"], **{PARAMETER: other})
        assert json.loads(refused.body)["error"] == "invalid_authorization_details"


def test_attack_a_grant_without_matters_is_given_some_by_a_refresh(hats: Hats) -> None:
    change(hats.world, HALL, scope=OFFLINE)
    first = hats.tokens(MYSELF, scope="openid offline_access")
    refused = hats.refreshed(first["refresh_token"], **{PARAMETER: matters("tax_filing")})
    assert json.loads(refused.body)["error"] == "invalid_authorization_details"


def test_attack_a_matter_that_is_gone_does_not_leave_a_mandate_for_everything(hats: Hats) -> None:
    change(hats.world, HALL, scope=OFFLINE)
    first = hats.tokens(hats.root(), scope="openid offline_access", **{PARAMETER: matters("tax_filing")})
    change(hats.world, HALL, authorization_details_types=[])
    hats.world.clock.advance(SECONDS + 1)
    assert json.loads(hats.refreshed(first["refresh_token"]).body)["error"] == "invalid_grant"
    assert hats.said(first["refresh_token"]) == {"active": False}


def test_attack_a_mandate_that_covers_less_by_now(hats: Hats) -> None:
    change(hats.world, HALL, scope=OFFLINE)
    mandate = hats.agent("tax_filing", "invoices")
    found = hats.tokens(mandate, scope="openid offline_access", **{PARAMETER: matters("tax_filing")})
    hats.mandates.change(mandate, matters=["tax_filing"])
    assert hats.claims(found)[2]["matters"] == ["tax_filing"]
    hats.mandates.change(mandate, matters=["invoices"])
    assert hats.world.userinfo(found["access_token"]).status == 401
    assert hats.said(found["access_token"]) == {"active": False}
    assert json.loads(hats.refreshed(found["refresh_token"]).body)["error"] == "invalid_grant"
    assert hats.said(found["refresh_token"]) == {"active": False}


def test_attack_the_mandate_is_narrowed_while_the_code_is_out(hats: Hats) -> None:
    mandate = hats.agent("tax_filing", "invoices")
    response = hats.choose(hats.world.authorize(**{PARAMETER: matters("tax_filing")}), mandate)
    code = fields_of(hats.world.agree(response))["code"]
    hats.mandates.change(mandate, matters=["invoices"])
    refused = hats.world.token(code)
    assert json.loads(refused.body)["error"] == "invalid_grant"
    assert hats.world.events("claims_released") == []


def test_attack_a_client_that_accepts_citizens_alone_asks_for_a_matter(hats: Hats) -> None:
    hats.accept(parties=["citizen"])
    hats.root()
    assert (
        error_of(hats.world.authorize(**{PARAMETER: matters("tax_filing")}))
        == "invalid_authorization_details"
    )


def test_attack_a_client_names_the_mandate_itself(hats: Hats) -> None:
    root = hats.root()
    for forged in ({"mandate_id": root}, {"acting_for": root}, {"locations": "urn:a"}):
        asked = matters("tax_filing", **forged)
        assert error_of(hats.world.authorize(**{PARAMETER: asked})) == "invalid_authorization_details"


def test_an_organisation_that_nobody_knows_is_like_one_that_the_person_has_nothing_to_do_with(
    hats: Hats,
) -> None:
    hats.root()
    answers = []
    for code in (OTHER_CODE, CODE):
        if code == CODE:
            hats.mandates.firm(77, OTHER_CODE)
        response = hats.world.authorize(**{PARAMETER: matters("tax_filing", organisation=OTHER_CODE)})
        answers.append((response.status, path_of(response)))
    assert answers[0] == answers[1] == (303, "/choose")


def test_a_matter_is_agreed_to_each_time_as_the_next_may_be_for_another(hats: Hats) -> None:
    root = hats.root()
    hats.tokens(root, **{PARAMETER: matters("tax_filing")})
    response = hats.world.authorize(**{PARAMETER: matters("tax_filing")})
    assert path_of(response) == "/consent"
    question = asking.question(
        hats.world.provider, hats.world.get("/consent"), fields_of(response)["interaction"], BROWSER
    )
    assert question is not None
    assert [described(one, "en", this_once=True).one_time for one in question.details] == [True]
