"""Attacks on token exchange, each by its name."""

import json
from typing import Any

import pytest
from joserfc import jws
from joserfc.jwk import OctKey

from idp.crypto.digests import from_base64url
from idp.oidc.clients.fields.exchange import JWT_BEARER, TOKEN_EXCHANGE
from idp.oidc.clients.models import ClientRecord
from idp.oidc.clients.resources import claim
from idp.oidc.token.exchange.lineage import CLIENTS_AT_MOST, actors
from idp.oidc.token.exchange.tokens import ACCESS_TOKEN
from tests.idp.oidc.clients.signing import new_key
from tests.idp.oidc.registration.registering import opened as by_itself
from tests.idp.oidc.token.exchange.exchanging import (
    ARCHIVE,
    AT_ARCHIVE,
    AT_DESK,
    AT_TAX,
    AT_VAULT,
    DESK,
    VAULT,
    Exchange,
    forged,
    token_for_desk,
)
from tests.idp.oidc.world import HALL, SPA, TAX

ID_TOKEN, REFRESH_TOKEN, ANY_JWT = (
    f"urn:ietf:params:oauth:token-type:{name}" for name in ("id_token", "refresh_token", "jwt")
)


def given(desk: Exchange, **changes: str) -> dict[str, Any]:
    """All that the hall gets for a code."""
    found: dict[str, Any] = json.loads(desk.world.token(desk.world.code(**changes)).body)
    return found


def test_attack_a_scope_that_the_subject_token_does_not_have(desk: Exchange) -> None:
    """RFC 8693 section 2.1, RFC 6749 section 6: less, never more, whatever rule and consent allow."""
    desk.world.code(scope="openid profile phone resident_number")
    token = token_for_desk(desk.world)
    for scope in ("openid resident_number", "phone", "offline_access", "licences:read", "everything"):
        assert desk.refused(token, scope=scope) == "invalid_scope", scope


def test_attack_a_scope_that_was_asked_for_and_is_beyond_the_rule(desk: Exchange) -> None:
    token = token_for_desk(desk.world, scope="openid profile resident_number")
    assert desk.made(token)["scope"] == "openid profile"
    assert desk.refused(token, scope="resident_number") == "invalid_scope"


def test_attack_a_scope_comes_back_by_a_second_exchange(desk: Exchange) -> None:
    narrow = desk.made(token_for_desk(desk.world), scope="openid")["access_token"]
    assert desk.refused(narrow, ARCHIVE, resource=AT_VAULT, scope="profile") == "invalid_scope"
    assert desk.made(narrow, ARCHIVE, resource=AT_VAULT)["scope"] == "openid"


def test_attack_a_target_that_no_rule_names(desk: Exchange) -> None:
    """RFC 8693 section 2.2.2, RFC 8707 section 2."""
    token = token_for_desk(desk.world)
    for target in (AT_VAULT, AT_DESK, "https://nobody.example/", "urn:example:archive#", "x"):
        assert desk.refused(token, resource=target) == "invalid_target", target
        assert desk.refused(token, resource=[AT_ARCHIVE, target]) == "invalid_target", target
        assert desk.refused(token, resource=None, audience=target) == "invalid_target", target


def test_attack_a_resource_changes_its_server_after_the_rule_was_made(desk: Exchange) -> None:
    """The new one is at another site: the person has not agreed with it."""
    with desk.world.provider.sessions.begin() as session:
        claim(session, ARCHIVE, [])
        claim(session, TAX, [AT_TAX, AT_ARCHIVE])
    assert desk.refused(token_for_desk(desk.world)) == "invalid_target"


def test_attack_too_many_targets(desk: Exchange) -> None:
    assert desk.refused(token_for_desk(desk.world), resource=[AT_ARCHIVE] * 9) == "invalid_target"


def test_attack_a_client_without_a_rule(desk: Exchange) -> None:
    token = token_for_desk(desk.world)
    assert desk.refused(token, TAX) == "unauthorized_client"
    desk.rule(subject_client=SPA)
    assert desk.refused(token) == "invalid_request"


def test_attack_a_rule_for_one_client_is_used_for_anothers_tokens(desk: Exchange) -> None:
    """The vault's rule is for tokens of the archive; what came to it from the desk it must not pass on."""
    desk.register(ARCHIVE, token_exchange=[{"subject_client": HALL, "resources": [AT_VAULT]}])
    token = desk.made(token_for_desk(desk.world))["access_token"]
    assert desk.refused(token, ARCHIVE, resource=AT_VAULT) == "invalid_request"


@pytest.mark.parametrize("resource", [None, AT_TAX])
def test_attack_a_token_that_was_meant_for_somebody_else(desk: Exchange, resource: str | None) -> None:
    """A confused deputy: the desk has it from a log, or from another server, and would act on it."""
    token = token_for_desk(desk.world, resource=resource)
    assert desk.refused(token) == "invalid_request"


def test_attack_an_exchanged_token_is_passed_on_by_who_is_not_its_server(desk: Exchange) -> None:
    token = desk.made(token_for_desk(desk.world))["access_token"]
    desk.register(
        VAULT,
        grant_types=[TOKEN_EXCHANGE],
        token_exchange=[{"subject_client": DESK, "resources": [AT_ARCHIVE]}],
    )
    assert desk.refused(token, VAULT) == "invalid_request"


def test_attack_another_clients_token_says_who_acts(desk: Exchange) -> None:
    """Forged `act`: the actor is who has authenticated, whatever token is shown."""
    token = token_for_desk(desk.world)
    desk.register(VAULT, grant_types=["client_credentials"])
    for actor in (desk.own_token(VAULT), token, given(desk)["id_token"], "x", forged({"sub": VAULT})):
        shown = {"actor_token": actor, "actor_token_type": ACCESS_TOKEN}
        assert desk.refused(token, **shown) == "invalid_request"


def test_attack_act_is_asked_for_in_the_request(desk: Exchange) -> None:
    found = desk.made(token_for_desk(desk.world), act=json.dumps({"sub": "somebody"}), may_act=DESK)
    said = desk.said(found["access_token"], ARCHIVE)
    assert said["act"] == {"sub": DESK}
    assert "may_act" not in said


def test_attack_a_loop_of_exchanges(desk: Exchange) -> None:
    """Nobody acts twice, so no token goes round and comes back with another mask."""
    rules = [{"subject_client": one, "resources": [AT_ARCHIVE], "scope": "openid"} for one in (HALL, ARCHIVE)]
    desk.register(DESK, token_exchange=rules)
    first = desk.made(token_for_desk(desk.world))["access_token"]
    with desk.world.provider.sessions.begin() as session:
        session.get_one(ClientRecord, DESK).sector = "hall.example"
    desk.world.provider.clients.forget(DESK)
    back = desk.made(first, ARCHIVE, resource=AT_DESK)["access_token"]
    assert desk.refused(back) == "invalid_request"


def test_attack_an_endless_chain(desk: Exchange) -> None:
    names = [DESK, *(f"hop{number}" for number in range(CLIENTS_AT_MOST))]
    token = token_for_desk(desk.world)
    for before, client_id, after in zip([HALL, *names], names, names[1:], strict=False):
        rule = {"subject_client": before, "resources": [f"urn:example:{after}"], "scope": "openid"}
        rule["impersonation"] = client_id == "hop1"
        if client_id != DESK:
            desk.rule(client_id, **rule)
        else:
            desk.register(DESK, token_exchange=[rule])
        desk.add(
            after,
            f"urn:example:{after}",
            sector="hall.example",
            grant_types=[TOKEN_EXCHANGE],
            token_exchange=[{"subject_client": client_id, "resources": [AT_VAULT]}],
        )
        token = desk.made(token, client_id, resource=f"urn:example:{after}")["access_token"]
    assert list(actors(desk.said(token, names[-1])["act"])) == names[-2::-1]
    assert desk.refused(token, names[-1], resource=AT_VAULT) == "invalid_request"


def test_attack_algorithms_are_mixed_up(desk: Exchange) -> None:
    """RFC 8725 section 2.1: not `none`, nor our public key as a secret, nor a key that the token brings."""
    world = desk.world
    token = token_for_desk(world)
    head, payload, signature = token.split(".")
    kid = json.loads(from_base64url(head))["kid"]
    keys = json.loads(world.provider.keys.current().jwks)["keys"]
    (key,) = [key for key in keys if key["kid"] == kid]
    secret = OctKey.import_key(json.dumps(key).encode())
    claims: dict[str, Any] = json.loads(from_base64url(payload))
    mac = jws.serialize_compact(
        {"alg": "HS256", "typ": "at+jwt", "kid": key["kid"]}, json.dumps(claims), secret
    )
    own = new_key()
    brought = jws.serialize_compact(
        {"alg": "ES256", "typ": "at+jwt", "jwk": own.as_dict(private=False)}, json.dumps(claims), own
    )
    for one in (forged(claims), mac, brought, f"{head}.{payload}.", f"{head}.{payload}.{signature[:-4]}AAAA"):
        assert desk.refused(one) == "invalid_request"


def test_attack_an_id_token_for_an_access_token_and_the_reverse(desk: Exchange) -> None:
    """RFC 9068 section 2.1, RFC 8725 section 3.11: each is what its type says, whatever the request says."""
    own = {"subject_client": HALL, "resources": [AT_ARCHIVE]}
    grants = ["authorization_code", "refresh_token", TOKEN_EXCHANGE]
    desk.register(HALL, grant_types=grants, token_exchange=[own])
    tokens = given(desk, scope="openid offline_access")
    for name in ("id_token", "refresh_token"):
        for client_id in (HALL, DESK):
            assert desk.refused(tokens[name], client_id) == "invalid_request"
    for kind in (ID_TOKEN, REFRESH_TOKEN, ANY_JWT, "access_token"):
        assert desk.refused(tokens["access_token"], HALL, subject_token_type=kind) == "invalid_request"
        assert desk.refused(tokens["access_token"], HALL, requested_token_type=kind) == "invalid_request"
    assert desk.made(tokens["access_token"], HALL, requested_token_type=ACCESS_TOKEN)


def test_what_is_missing_or_twice_is_refused(desk: Exchange) -> None:
    """RFC 8693 sections 2.1 and 2.2.2."""
    fair = {"subject_token": token_for_desk(desk.world)}
    wrong: tuple[dict[str, Any], ...] = (
        {"subject_token": None},
        {"subject_token_type": None},
        {"actor_token": "x"},
        {"actor_token_type": ACCESS_TOKEN},
        {"subject_token": "x" * 20000},
        {"subject_token": "..."},
        {"scope": ["openid", "profile"]},
        {"subject_token_type": [ACCESS_TOKEN, ACCESS_TOKEN]},
    )
    for changes in wrong:
        assert desk.refused(**{**fair, **changes}) == "invalid_request", changes


def test_attack_a_bound_token_without_its_key(desk: Exchange) -> None:
    """Who got it shows the key; who was sent it shows that it is the one whom it was sent to."""
    rule = {"subject_client": HALL, "resources": [AT_ARCHIVE]}
    grants = ["authorization_code", "refresh_token", TOKEN_EXCHANGE]
    desk.register(HALL, grant_types=grants, token_exchange=[rule])
    key = new_key()
    token = token_for_desk(desk.world, key=key)
    assert desk.refused(token, HALL) == "invalid_request"
    assert desk.refused(token, HALL, key=new_key()) == "invalid_request"
    assert desk.made(token, HALL, key=key)["token_type"] == "DPoP"


def test_attack_a_stolen_exchanged_token_is_looked_into(desk: Exchange) -> None:
    token = desk.made(token_for_desk(desk.world))["access_token"]
    for client_id in (HALL, TAX, VAULT):
        assert desk.said(token, client_id) == {"active": False}


def test_attack_a_client_registers_a_rule_for_itself(desk: Exchange) -> None:
    """Or the grant type: both are the operator's to give."""
    rule = {"subject_client": HALL, "resources": [AT_ARCHIVE], "scope": "openid profile"}
    asked = {"grant_types": ["authorization_code", TOKEN_EXCHANGE, JWT_BEARER], "token_exchange": [rule]}
    made = by_itself(desk.world).made({**asked, "may_act": DESK})
    found = desk.world.provider.clients.find(made["client_id"])
    assert found is not None
    assert found.metadata.grant_types == ("authorization_code",)
    assert (found.metadata.token_exchange, found.metadata.may_act) == ((), None)


def test_attack_a_client_token_poses_as_a_person(desk: Exchange) -> None:
    assert desk.refused(desk.own_token()) == "invalid_request"


def test_errors_say_nothing_of_the_person(desk: Exchange) -> None:
    """Whether the tax office knows somebody is not for the desk to find out."""
    token = token_for_desk(desk.world)
    unknown, not_agreed = (
        json.loads(desk.ask(token, resource=one).body)["error_description"].partition(" (")[0]
        for one in ("https://nobody.example/", AT_TAX)
    )
    assert unknown == not_agreed
