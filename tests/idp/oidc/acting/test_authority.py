"""`authority`, for who builds on the draft: what `acting_for` says of an organisation, as verified claim."""

import json
from datetime import timedelta
from typing import Any

import pytest

from idp.session_clients import MYSELF
from tests.contracts.advertised.moves import part_of
from tests.idp.business.registering import CODE, COMPANY
from tests.idp.oidc.acting.hats import OTHER_CODE, Hats

SCOPE = "openid profile phone organisation"
EVIDENCE = [{"type": {"value": "electronic_record"}, "record": None, "time": None}]


@pytest.fixture(autouse=True)
def accepted(hats: Hats) -> None:
    hats.accept(scope=SCOPE, authorization_details_types=["mandate"])


def wanted(*claims: str, place: str = "userinfo") -> str:
    verification = {"trust_framework": None, "evidence": EVIDENCE}
    every = {name: {"essential": True} for name in claims}
    return json.dumps({place: {"verified_claims": {"verification": verification, "claims": every}}})


def told(hats: Hats, choice: str, **asked: str) -> dict[str, Any]:
    """`verified_claims` of userinfo, or nothing."""
    asked = {"scope": "openid", "claims": wanted("authority"), **asked}
    found = hats.tokens(choice, **asked)
    answer = json.loads(hats.world.userinfo(found["access_token"]).body)
    verified: dict[str, Any] = answer.get("verified_claims", {})
    return verified


def test_a_legal_representative_is_one_by_the_register(hats: Hats) -> None:
    assert told(hats, hats.root())["claims"]["authority"] == [
        {
            "applies_to": {
                "organization_name": COMPANY,
                "registration_number": [{"number": CODE, "issuer": "GB 32100"}],
                "registered_jurisdiction": "CN",
            },
            "permission": [{"role": "legal_representative", "may_delegate": True}],
            "granted_by": {"method": "appointed", "granting_body": "business register"},
        }
    ]


def test_an_agent_has_matters_an_end_and_a_principal_that_passed_it_on(hats: Hats) -> None:
    (found,) = told(hats, hats.agent("invoices", "tax_filing", days=40))["claims"]["authority"]
    end = (hats.world.clock() + timedelta(days=40, hours=8)).date().isoformat()
    assert found["applies_to"]["registration_number"][0]["number"] == OTHER_CODE
    assert found["permission"] == [
        {
            "role": "agent",
            "validity": [{"end": end}],
            "function": ["invoices", "tax_filing"],
            "may_delegate": False,
        }
    ]
    assert found["granted_by"] == {"method": "delegated"}


def test_one_matter_that_was_asked_for_is_all_that_it_says(hats: Hats) -> None:
    asked = json.dumps([{"type": "mandate", "matter": "tax_filing"}])
    (found,) = told(hats, hats.root(), authorization_details=asked)["claims"]["authority"]
    assert found["permission"][0]["function"] == ["tax_filing"]


def test_the_business_register_stands_behind_it_and_behind_nothing_else(hats: Hats) -> None:
    root = hats.root()
    records = {
        claims: [
            one["record"]["type"]
            for one in told(hats, root, claims=wanted(*claims), prompt="select_account")["verification"][
                "evidence"
            ]
        ]
        for claims in (("name",), ("authority",), ("name", "authority"))
    }
    both = ["population_register", "business_register"]
    assert records == {("name",): both[:1], ("authority",): both, ("name", "authority"): both}


def test_it_goes_into_an_id_token_where_it_is_asked_for_there(hats: Hats) -> None:
    found = hats.tokens(hats.root(), scope="openid", claims=wanted("authority", place="id_token"))
    claims = part_of(found["id_token"], 1)
    assert (
        claims["verified_claims"]["claims"]["authority"][0]["permission"][0]["role"]
        == claims["acting_for"]["role"]
    )
    # The claim beside it is told without code and name, for nobody asked for these.
    assert "name" not in claims["acting_for"]
    (event,) = [json.loads(one.payload) for one in hats.world.events("claims_released")]
    assert event["scopes"] == ["organisation", "verification"]


def test_who_acts_as_themselves_or_for_a_person_has_none(hats: Hats) -> None:
    hats.root()
    mandate, _ = hats.relative()
    assert told(hats, MYSELF) == {}
    assert told(hats, mandate, prompt="select_account") == {}


def test_attack_it_is_asked_for_outside_of_verified_claims(hats: Hats) -> None:
    asked = json.dumps({"userinfo": {"authority": {"essential": True}}})
    found = hats.tokens(hats.root(), scope="openid", claims=asked)
    assert "authority" not in json.loads(hats.world.userinfo(found["access_token"]).body)
    assert COMPANY not in json.dumps(hats.world.userinfo(found["access_token"]).body.decode())


def test_attack_a_person_who_leaves_the_organisation_out(hats: Hats) -> None:
    voluntary = wanted("authority").replace('{"essential": true}', "null")
    assert told(hats, hats.root(), claims=voluntary) == {}


def test_attack_a_client_without_the_scope(hats: Hats) -> None:
    hats.accept(scope="openid profile phone")
    assert told(hats, hats.root()) == {}
