"""For whom a person acts is told wherever they do, to whoever accepts it, and as it stands then."""

import json
from datetime import timedelta
from typing import Any

from idp.mandates.models import Role
from idp.oidc.clients import resources
from idp.oidc.endpoints import introspection
from idp.oidc.subjects import sub_of
from idp.session_clients import MYSELF
from tests.contracts.advertised.moves import part_of
from tests.idp.business.registering import COMPANY
from tests.idp.oidc.acting.hats import NAMED, OTHER_CODE, Hats
from tests.idp.oidc.clients.signing import jwks_of
from tests.idp.oidc.decrypting import decrypting_key, opened, proved
from tests.idp.oidc.world import HALL, SECRETS, TAX, basic

AT_TAX = "https://api.tax.example/"
SCOPES = "openid profile phone organisation offline_access"


def bare(claim: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in claim.items() if name not in NAMED}


def test_a_legal_representative_is_told_of_everywhere(hats: Hats) -> None:
    hats.accept()
    root = hats.root()
    found = hats.tokens(root)
    in_id_token, in_access_token, userinfo, introspected = hats.claims(found)
    assert in_id_token == in_access_token == userinfo == introspected
    assert in_id_token.keys() == {"type", "sub", "role", "mandate_id"}
    assert (in_id_token["type"], in_id_token["role"]) == ("organisation", "legal_representative")
    assert (
        part_of(found["id_token"], 1)["sub"]
        == json.loads(hats.world.userinfo(found["access_token"]).body)["sub"]
    )


def test_sub_is_the_person_whoever_they_act_for(hats: Hats) -> None:
    hats.accept()
    root = hats.root()
    client = hats.world.provider.clients.find(HALL)
    assert client is not None
    own = sub_of(hats.world.provider.pairwise_key, client, hats.world.person_id)
    for choice in (root, MYSELF):
        found = hats.tokens(choice, prompt="select_account")
        assert part_of(found["id_token"], 1)["sub"] == own
        assert ("acting_for" in part_of(found["id_token"], 1)) == (choice == root)


def test_who_acts_as_themselves_is_told_of_nowhere(hats: Hats) -> None:
    hats.accept()
    hats.root()
    assert hats.claims(hats.tokens(MYSELF)) == (None, None, None, None)


def test_an_agent_comes_with_matters_and_end(hats: Hats) -> None:
    hats.accept()
    mandate = hats.agent("tax_filing", days=30)
    claim, *_ = told = hats.claims(hats.tokens(mandate))
    assert all(one == claim for one in told)
    assert (claim["role"], claim["matters"]) == ("agent", ["tax_filing"])
    assert claim["exp"] == int((hats.world.clock() + timedelta(days=30)).timestamp())


def test_a_principal_is_known_by_their_own_sub(hats: Hats) -> None:
    hats.accept()
    for role in (Role.RELATIVE, Role.GUARDIAN):
        mandate, principal = hats.relative(role=role)
        claim, *_ = hats.claims(hats.tokens(mandate, prompt="select_account"))
        client = hats.world.provider.clients.find(HALL)
        assert client is not None
        assert claim["sub"] == sub_of(hats.world.provider.pairwise_key, client, principal)
        assert (claim["type"], claim["role"]) == ("person", role)


def test_code_and_name_go_out_by_the_scope(hats: Hats) -> None:
    hats.accept(scope=SCOPES)
    root = hats.root()
    in_id_token, in_access_token, userinfo, introspected = hats.claims(
        hats.tokens(root, scope="openid organisation")
    )
    assert userinfo == introspected == {**in_id_token, **NAMED}
    assert in_id_token == in_access_token
    released = [json.loads(one.payload) for one in hats.world.events("claims_released")]
    assert [(one["through"], one["scopes"]) for one in released] == [
        ("id_token", []),
        ("userinfo", ["openid", "organisation"]),
        ("introspection", ["organisation"]),
    ]
    assert {one["mandate_id"] for one in released} == {root}
    assert COMPANY not in str(released)


def test_code_and_name_go_into_the_id_token_by_name(hats: Hats) -> None:
    hats.accept(scope=SCOPES)
    asked = json.dumps({"id_token": {"acting_for": {"essential": True}}})
    in_id_token, in_access_token, userinfo, _ = hats.claims(
        hats.tokens(hats.root(), scope="openid", claims=asked)
    )
    assert in_id_token == {**userinfo, **NAMED}
    assert in_access_token == userinfo == bare(in_id_token)


def test_a_value_that_is_another_leaves_code_and_name_out_and_never_the_claim(hats: Hats) -> None:
    hats.accept(scope=SCOPES)
    root = hats.root()
    for code, is_told in ((OTHER_CODE, False), (NAMED["unified_social_credit_code"], True)):
        value = {"type": "organisation", "unified_social_credit_code": code}
        for wanted in ({"value": value}, {"values": [value, {"type": "person"}]}):
            asked = json.dumps({"userinfo": {"acting_for": {**wanted, "essential": True}}})
            _, _, userinfo, _ = hats.claims(hats.tokens(root, scope="openid", claims=asked))
            assert ("name" in userinfo) == is_told
            assert userinfo["role"] == "legal_representative"


def test_of_a_principal_nothing_goes_out_but_their_sub(hats: Hats) -> None:
    hats.accept(scope=SCOPES)
    mandate, _ = hats.relative()
    _, _, userinfo, _ = hats.claims(hats.tokens(mandate, scope="openid organisation"))
    assert userinfo.keys() == {"type", "sub", "role", "mandate_id"}


def test_a_refresh_token_says_it_anew(hats: Hats) -> None:
    hats.accept(scope=SCOPES)
    mandate = hats.agent("tax_filing", days=30)
    first = hats.tokens(mandate, scope="openid offline_access")
    assert hats.said(first["refresh_token"])["acting_for"] == part_of(first["id_token"], 1)["acting_for"]
    later = hats.world.clock() + timedelta(days=60)
    hats.mandates.change(mandate, expires_at=later)
    found = json.loads(hats.refreshed(first["refresh_token"]).body)
    claim, *_ = told = hats.claims(found)
    assert all(one == claim for one in told)
    assert claim["exp"] == int(later.timestamp())


def test_a_renewed_mandate_is_told_with_its_new_end(hats: Hats) -> None:
    hats.accept()
    mandate = hats.agent(days=30)
    found = hats.tokens(mandate)
    later = hats.world.clock() + timedelta(days=60)
    hats.mandates.change(mandate, expires_at=later)
    in_id_token, _, userinfo, introspected = hats.claims(found)
    assert userinfo == introspected == {**in_id_token, "exp": int(later.timestamp())}


def test_a_signed_userinfo_and_a_signed_introspection_say_it(hats: Hats) -> None:
    hats.accept(userinfo_signed_response_alg="ES256")
    hats.accept(TAX)
    with hats.world.provider.sessions.begin() as session:
        resources.claim(session, TAX, [AT_TAX])
    root = hats.root()
    found = hats.tokens(root)
    claim = part_of(found["id_token"], 1)["acting_for"]
    _, userinfo = proved(hats.world, hats.world.userinfo(found["access_token"]).body.decode())
    assert userinfo["acting_for"] == claim
    token = hats.tokens(root, resource=AT_TAX)["access_token"]
    who = {"authorization": basic(TAX, SECRETS[TAX]), "accept": introspection.JWT}
    answer = hats.world.post(introspection.PATH, {"token": token}, **who)
    _, said = proved(hats.world, answer.body.decode(), "RS256", "ES256")
    assert said["token_introspection"]["acting_for"] == claim


def test_an_encrypted_userinfo_and_an_encrypted_id_token_say_it(hats: Hats) -> None:
    key = decrypting_key()
    hats.accept(
        userinfo_encrypted_response_alg="ECDH-ES",
        id_token_encrypted_response_alg="ECDH-ES",
        jwks=jwks_of(key),
    )
    found = hats.tokens(hats.root())
    _, id_token = opened(found["id_token"], key)
    _, userinfo = opened(hats.world.userinfo(found["access_token"]).body.decode(), key)
    whom = part_of(found["access_token"], 1)["acting_for"]
    assert part_of(id_token, 1)["acting_for"] == json.loads(userinfo)["acting_for"] == whom


def test_each_client_has_its_own_terms(hats: Hats) -> None:
    hats.accept()
    hats.accept(TAX, minimum_level=2)
    root = hats.root()
    here, there = (part_of(hats.tokens(root, one)["id_token"], 1)["acting_for"] for one in (HALL, TAX))
    assert not {here["sub"], here["mandate_id"]} & {there["sub"], there["mandate_id"]}
