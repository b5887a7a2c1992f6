"""Attacks on what is told of for whom somebody acts, each by its name."""

import json
from datetime import timedelta
from typing import Any

import pytest

from idp.business.organisation_kinds import OrganisationStatus
from idp.mandates.models import Role
from idp.oidc.clients.cache import SECONDS
from idp.oidc.clients.resources import claim
from idp.oidc.http import Response
from idp.session_clients import MYSELF
from tests.contracts.advertised.moves import change, error_of, part_of, tokens
from tests.idp.oidc.acting.hats import EVERYBODY, OTHER_CODE, Hats
from tests.idp.oidc.clients.signing import jwks_of, new_key, signed
from tests.idp.oidc.world import HALL, REDIRECT_URIS, TAX, fields_of

OFFLINE = "openid profile phone offline_access"
AT_TAX = "https://api.tax.example/"
EVERY_CLAIM = json.dumps({place: {"acting_for": {"essential": True}} for place in ("id_token", "userinfo")})


def every_answer(hats: Hats, found: dict[str, Any]) -> str:
    """All that a client can read of a sign-in."""
    parts = [part_of(found[name], 1) for name in ("id_token", "access_token")]
    userinfo = hats.world.userinfo(found["access_token"]).body.decode()
    return json.dumps([parts, userinfo, hats.said(found["access_token"])])


def serve(hats: Hats) -> None:
    """The tax office serves a resource that the hall's tokens may be for."""
    with hats.world.provider.sessions.begin() as session:
        claim(session, TAX, [AT_TAX])


@pytest.mark.parametrize("asked", [{}, {"prompt": "select_account"}, {"claims": EVERY_CLAIM}])
def test_attack_a_client_that_accepts_citizens_alone_learns_for_whom_somebody_acts(
    hats: Hats, asked: dict[str, str]
) -> None:
    hats.accept(TAX, minimum_level=2)
    root = hats.root()
    hats.tokens(root, TAX)
    hats.world.sign_in()
    found = tokens(hats.world, **asked)
    assert "acting_for" not in every_answer(hats, found)
    assert root not in every_answer(hats, found)


def test_attack_a_client_asks_for_the_scope_without_accepting_anybody(hats: Hats) -> None:
    hats.root()
    assert error_of(hats.world.authorize(scope="openid organisation")) == "invalid_scope"


def test_attack_two_sectors_find_that_the_same_organisation_comes_to_both(hats: Hats) -> None:
    hats.accept()
    hats.accept(TAX, minimum_level=2)
    mandate, principal = hats.relative()
    root = hats.root()
    for choice in (mandate, root):
        answers = []
        for client_id in (HALL, TAX):
            found = hats.tokens(choice, client_id, prompt="select_account")
            claims = [part_of(found[name], 1) for name in ("id_token", "access_token")]
            assert not any(secret in json.dumps(claims) for secret in (choice, principal))
            answers.append({claims[0]["sub"], *claims[0]["acting_for"].values()})
        assert answers[0] & answers[1] <= {"organisation", "person", "legal_representative", "relative"}


FORGED = {"type": "organisation", "sub": "x", "role": "legal_representative", "mandate_id": "x"}


def test_attack_acting_for_in_the_parameters_of_a_request(hats: Hats) -> None:
    hats.accept()
    response = hats.world.authorize(acting_for=json.dumps(FORGED), mandate_id="x")
    found = json.loads(hats.world.token(fields_of(hats.world.agree(response))["code"]).body)
    assert "acting_for" not in every_answer(hats, found)


def test_attack_acting_for_in_a_signed_request_object(hats: Hats) -> None:
    key = new_key()
    hats.accept(jwks=jwks_of(key), request_object_signing_alg="ES256")
    now = int(hats.world.clock().timestamp())
    asked = {
        "iss": HALL,
        "aud": hats.world.provider.issuer,
        "client_id": HALL,
        "redirect_uri": REDIRECT_URIS[HALL],
        "response_type": "code",
        "scope": "openid profile",
        "code_challenge": hats.world.authorization().query.get("code_challenge"),
        "code_challenge_method": "S256",
        "iat": now,
        "nbf": now,
        "exp": now + 60,
        "jti": "one",
        "acting_for": FORGED,
        "mandate_id": "x",
        "claims": {"id_token": {"acting_for": {"value": {"role": "legal_representative"}}}},
    }
    response = hats.world.authorize(request=signed(key, asked, typ="oauth-authz-req+jwt"))
    assert isinstance(response, Response)
    found = json.loads(hats.world.token(fields_of(hats.world.agree(response))["code"]).body)
    assert "acting_for" not in every_answer(hats, found)


@pytest.mark.parametrize(
    "wanted",
    [
        {"value": FORGED},
        {"values": [FORGED]},
        {"essential": True, "value": {"role": "legal_representative", "sub": "x"}},
    ],
)
def test_attack_a_value_in_the_claims_parameter_becomes_the_claim(hats: Hats, wanted: dict[str, Any]) -> None:
    hats.accept(scope="openid profile phone organisation")
    mandate = hats.agent("tax_filing")
    asked = json.dumps({"id_token": {"acting_for": wanted}, "userinfo": {"acting_for": wanted}})
    found = hats.tokens(mandate, scope="openid", claims=asked)
    in_id_token, in_access_token, userinfo, _ = hats.claims(found)
    assert in_id_token == in_access_token == userinfo
    assert (userinfo["role"], userinfo["matters"]) == ("agent", ["tax_filing"])


@pytest.mark.parametrize(
    "wanted",
    [{"value": "x"}, {"value": {}}, {"values": []}, {"value": {"matters": ["tax_filing"]}}, {"value": 1}],
)
def test_attack_a_value_that_cannot_be_read(hats: Hats, wanted: dict[str, Any]) -> None:
    hats.accept()
    asked = json.dumps({"id_token": {"acting_for": wanted}})
    assert error_of(hats.world.authorize(claims=asked)) == "invalid_request"


def test_attack_a_mandate_expires_while_its_token_lives(hats: Hats) -> None:
    hats.accept()
    mandate = hats.agent(days=1)
    hats.world.clock.advance(24 * 3600 - 120)
    hats.world.sign_in()
    found = hats.tokens(mandate)
    # A server that validates it by itself sees it end with the mandate.
    assert found["expires_in"] <= 120
    assert part_of(found["access_token"], 1)["exp"] <= part_of(found["id_token"], 1)["acting_for"]["exp"]
    assert hats.said(found["access_token"])["active"]
    hats.world.clock.advance(121)
    assert hats.world.userinfo(found["access_token"]).status == 401
    assert hats.said(found["access_token"]) == {"active": False}


def test_attack_a_token_is_used_after_the_mandate_was_ended(hats: Hats) -> None:
    hats.accept(scope=OFFLINE)
    mandate = hats.agent()
    found = hats.tokens(mandate, scope="openid offline_access")
    hats.mandates.end(mandate, hats.world.person_id)
    assert hats.world.userinfo(found["access_token"]).status == 401
    for name in ("access_token", "refresh_token"):
        assert hats.said(found[name]) == {"active": False}
    assert json.loads(hats.refreshed(found["refresh_token"]).body)["error"] == "invalid_grant"


@pytest.mark.parametrize("broken", ["above", "organisation", "principal"])
def test_attack_the_ladder_breaks_above_and_something_is_still_released(hats: Hats, broken: str) -> None:
    hats.accept(scope="openid profile phone organisation")
    mandate, principal = hats.agent(), ""
    if broken == "principal":
        mandate, principal = hats.relative()
    found = hats.tokens(mandate, scope="openid organisation")
    before = len(hats.world.events("claims_released"))
    if broken == "above":
        boss = hats.mandates.row(hats.mandates.row(mandate).parent_id or "").person_id
        hats.mandates.set_status(boss, "frozen")
    elif broken == "organisation":
        hats.mandates.firm(hats.serial, OTHER_CODE, status=OrganisationStatus.REVOKED)
    else:
        hats.mandates.set_status(principal, "frozen")
    assert hats.world.userinfo(found["access_token"]).status == 401
    assert hats.said(found["access_token"]) == {"active": False}
    assert len(hats.world.events("claims_released")) == before


def test_attack_a_code_is_redeemed_after_the_mandate_was_ended(hats: Hats) -> None:
    hats.accept()
    mandate = hats.agent()
    response = hats.choose(hats.world.authorize(), mandate)
    code = fields_of(hats.world.agree(response))["code"]
    hats.mandates.end(mandate, hats.world.person_id)
    assert json.loads(hats.world.token(code).body)["error"] == "invalid_grant"
    assert hats.world.events("claims_released") == []


def test_attack_a_client_goes_on_after_it_stopped_accepting_agents(hats: Hats) -> None:
    hats.accept(scope=OFFLINE)
    found = hats.tokens(hats.agent(), scope="openid offline_access")
    change(hats.world, HALL, accepted_parties=["citizen", "business"])
    hats.world.clock.advance(SECONDS + 1)
    assert hats.world.userinfo(found["access_token"]).status == 401
    for name in ("access_token", "refresh_token"):
        assert hats.said(found[name]) == {"active": False}
    assert json.loads(hats.refreshed(found["refresh_token"]).body)["error"] == "invalid_grant"


def test_attack_a_token_of_an_agent_is_for_a_server_that_accepts_citizens_alone(hats: Hats) -> None:
    hats.accept()
    serve(hats)
    root = hats.root()
    response = hats.world.authorize(resource=AT_TAX, prompt="select_account")
    with pytest.raises(AssertionError):
        hats.choose(response, root)
    found = hats.tokens(MYSELF, resource=AT_TAX, prompt="select_account")
    assert "acting_for" not in part_of(found["access_token"], 1)
    hats.tokens(root, prompt="select_account")
    # What the person chose for another request does not become themselves without a word.
    refused = hats.world.authorize(resource=AT_TAX, prompt="none")
    assert error_of(refused) == "account_selection_required"


def test_attack_a_server_stops_accepting_agents_and_asks_about_a_token_of_one(hats: Hats) -> None:
    hats.accept(scope=OFFLINE)
    hats.accept(TAX, EVERYBODY)
    serve(hats)
    mandate = hats.agent()
    found = hats.tokens(mandate, scope="openid offline_access", resource=AT_TAX)
    assert hats.said(found["access_token"], TAX)["acting_for"]["role"] == "agent"
    change(hats.world, TAX, accepted_parties=["citizen"])
    hats.world.clock.advance(SECONDS + 1)
    assert hats.said(found["access_token"], TAX) == {"active": False}
    assert json.loads(hats.refreshed(found["refresh_token"]).body)["error"] == "invalid_target"


def test_attack_a_citizens_token_is_for_a_server_that_accepts_businesses_alone(hats: Hats) -> None:
    """It would take for an organisation's what is a person's own, where it looks for no claim."""
    hats.accept(TAX, ["business"])
    serve(hats)
    code = hats.world.code(resource=AT_TAX)
    refused = hats.world.token(code)
    assert json.loads(refused.body)["error"] == "invalid_target"


def test_attack_who_accepts_no_citizens_any_more_is_used_with_tokens_of_some(hats: Hats) -> None:
    hats.accept(scope=OFFLINE)
    serve(hats)
    found = hats.tokens(MYSELF, scope="openid offline_access", resource=AT_TAX)
    assert hats.said(found["access_token"], TAX)["active"]
    change(hats.world, TAX, accepted_parties=["business"])
    hats.world.clock.advance(SECONDS + 1)
    assert hats.said(found["access_token"], TAX) == {"active": False}
    assert json.loads(hats.refreshed(found["refresh_token"]).body)["error"] == "invalid_target"
    change(hats.world, HALL, accepted_parties=["business"])
    hats.world.clock.advance(SECONDS + 1)
    assert json.loads(hats.refreshed(found["refresh_token"]).body)["error"] == "invalid_grant"
    assert hats.said(found["refresh_token"]) == {"active": False}


def test_attack_userinfo_of_a_citizen_where_none_is_accepted_any_more(hats: Hats) -> None:
    hats.accept()
    found = hats.tokens(MYSELF)
    change(hats.world, HALL, accepted_parties=["business"])
    hats.world.clock.advance(SECONDS + 1)
    assert hats.world.userinfo(found["access_token"]).status == 401
    assert hats.said(found["access_token"]) == {"active": False}


def test_attack_a_server_learns_code_and_name_that_the_person_gave_to_the_client(hats: Hats) -> None:
    """Only what it may ask for itself."""
    hats.accept(scope="openid profile phone organisation")
    hats.accept(TAX)
    serve(hats)
    found = hats.tokens(hats.root(), scope="openid organisation", resource=AT_TAX)
    assert "name" not in hats.said(found["access_token"], TAX)["acting_for"]
    assert "name" in hats.said(found["access_token"])["acting_for"]


def test_attack_the_names_of_an_organisation_after_the_consent_was_narrowed(hats: Hats) -> None:
    hats.accept(scope="openid profile phone organisation", optional_scope="organisation")
    root = hats.root()
    response = hats.choose(hats.world.authorize(scope="openid organisation"), root)
    code = fields_of(hats.world.agree(response))["code"]
    found = json.loads(hats.world.token(code).body)
    assert "organisation" not in found["scope"]
    _, _, userinfo, introspected = hats.claims(found)
    assert "name" not in userinfo
    assert "name" not in introspected


def test_attack_a_public_client_gets_the_same_and_no_more(hats: Hats) -> None:
    """Public subjects are one name for all clients that have them; pairwise ones never."""
    hats.accept(subject_type="public")
    hats.accept(TAX, minimum_level=2)
    root = hats.root()
    here, there = (
        part_of(hats.tokens(root, one, prompt="select_account")["id_token"], 1)["acting_for"]
        for one in (HALL, TAX)
    )
    assert here["sub"] != there["sub"]
    assert here["mandate_id"] != there["mandate_id"]


def test_attack_a_guardian_whom_the_register_no_longer_confirms(hats: Hats) -> None:
    hats.accept()
    mandate, _ = hats.relative(role=Role.GUARDIAN)
    found = hats.tokens(mandate)
    hats.mandates.change(mandate, confirmed_until=hats.world.clock() - timedelta(seconds=1))
    assert hats.world.userinfo(found["access_token"]).status == 401
    assert hats.said(found["access_token"]) == {"active": False}


def test_attack_as_myself_after_having_acted_for_somebody(hats: Hats) -> None:
    """The grant of the one says nothing of the other."""
    hats.accept()
    root = hats.root()
    acting = hats.tokens(root)
    myself = hats.tokens(MYSELF, prompt="select_account")
    assert "acting_for" not in every_answer(hats, myself)
    assert hats.claims(acting)[2]["role"] == "legal_representative"


def test_attack_a_childs_fourteenth_birthday_while_its_guardians_token_lives(hats: Hats) -> None:
    """When that is, no answer says; the token ends with it all the same, also where nobody is asked."""
    hats.accept()
    mandate, _ = hats.relative(role=Role.GUARDIAN)
    birthday = hats.world.clock() + timedelta(seconds=60)
    hats.mandates.change(mandate, expires_at=birthday)
    found = hats.tokens(mandate)
    assert [one.get("exp") for one in hats.claims(found)] == [None] * 4
    assert part_of(found["access_token"], 1)["exp"] == int(birthday.timestamp())
    assert found["expires_in"] == 60
