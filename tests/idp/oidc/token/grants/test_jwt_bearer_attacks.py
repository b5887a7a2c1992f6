"""Attacks on the jwt-bearer grant, each by its name."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from joserfc import jws
from joserfc.jwk import OctKey

from idp.audit import AuditContext
from idp.oidc import sharing
from idp.oidc.clients.models import ClientRecord, ClientStatus
from idp.oidc.http import Response
from idp.people.models import Person, PersonStatus
from tests.idp.oidc.clients.signing import ISSUER, new_key, signed
from tests.idp.oidc.test_attacks_on_ends import Interrupted
from tests.idp.oidc.token.exchange.exchanging import ARCHIVE, AT_TAX, forged
from tests.idp.oidc.token.grants.vouching import GATEWAY, GRANTS, JWKS_URI, Gateway, gateway_of
from tests.idp.oidc.world import HALL, TAX, World


@pytest.fixture
def gateway(world: World) -> Gateway:
    return gateway_of(world)


def withdraw(gateway: Gateway, client_id: str = HALL) -> None:
    with gateway.world.provider.sessions.begin() as session:
        context = AuditContext(gateway.world.clock())
        sharing.withdraw(session, gateway.world.person_id, client_id, context=context)


def become(status: PersonStatus) -> Callable[[Gateway], None]:
    def change(gateway: Gateway) -> None:
        with gateway.world.provider.sessions.begin() as session:
            session.get_one(Person, gateway.world.person_id).status = status

    return change


def hand_over(gateway: Gateway) -> None:
    with gateway.world.provider.sessions.begin() as session:
        sharing.end_all_of(session, gateway.world.person_id, gateway.world.clock())


def take_offline_access_back(gateway: Gateway) -> None:
    with gateway.world.provider.sessions.begin() as session:
        consent = session.get_one(sharing.Consent, (gateway.world.person_id, HALL))
        consent.scopes = ["openid", "profile"]


def end_all_of_the_client(gateway: Gateway) -> None:
    """As the security staff do, before a worker has deleted the rows of grants."""
    gateway.world.clock.advance(1)
    with gateway.world.provider.sessions.begin() as session:
        session.get_one(ClientRecord, HALL).ended_before = gateway.world.clock()
    gateway.world.provider.clients.forget(HALL)
    gateway.world.clock.advance(5)


ENDS = {
    "ended at the client": end_all_of_the_client,
    "withdrawn": withdraw,
    "frozen": become(PersonStatus.FROZEN),
    "closed": become(PersonStatus.CLOSED),
    "changed hands": hand_over,
}


@pytest.mark.parametrize("end", ENDS)
def test_attack_a_person_who_left_nothing_open_any_more(gateway: Gateway, end: str) -> None:
    gateway.signed_in()
    token = gateway.made()["access_token"]
    ENDS[end](gateway)
    assert gateway.refused() == "invalid_grant"
    assert gateway.exchange.said(token, ARCHIVE) == {"active": False}


def test_attack_offline_access_was_taken_back(gateway: Gateway) -> None:
    gateway.signed_in()
    take_offline_access_back(gateway)
    assert gateway.refused() == "invalid_grant"


def test_attack_the_grant_was_given_back(gateway: Gateway) -> None:
    """And with the refresh token goes what was got for assertions."""
    tokens = gateway.signed_in()
    token = gateway.made()["access_token"]
    assert gateway.exchange.revoke(tokens["refresh_token"], HALL) == 200
    assert gateway.exchange.said(token, ARCHIVE) == {"active": False}
    assert gateway.refused() == "invalid_grant"


def test_attack_the_grant_ends_in_the_middle(gateway: Gateway) -> None:
    """Of two at the same moment the end wins."""
    tokens, world = gateway.signed_in(), gateway.world
    store = Interrupted(world.clock)
    world.provider = replace(world.provider, store=store)
    world.__post_init__()
    between: list[Response] = []
    store.request = lambda: between.append(gateway.ask(gateway.says())) or between[0]
    assert gateway.exchange.revoke(tokens["refresh_token"], HALL) == 200
    if between and between[0].status == 200:
        found = json.loads(between[0].body)["access_token"]
        assert gateway.exchange.said(found, ARCHIVE) == {"active": False}
    assert gateway.refused() == "invalid_grant"


def test_attack_a_suspended_client(gateway: Gateway) -> None:
    gateway.signed_in()
    token, assertion = gateway.made()["access_token"], gateway.says()
    with gateway.world.provider.sessions.begin() as session:
        session.get_one(ClientRecord, HALL).status = ClientStatus.SUSPENDED
    gateway.world.provider.clients.forget(HALL)
    assert gateway.ask(assertion).status == 401
    assert gateway.exchange.said(token, ARCHIVE) == {"active": False}


def test_attack_a_claim_that_is_wrong(gateway: Gateway) -> None:
    """RFC 7523 section 3 (1 to 7); RFC 7521 section 4.1.1 for the code."""
    gateway.signed_in()
    wrong: tuple[dict[str, Any], ...] = (
        {"iss": None},
        {"iss": "https://elsewhere.example"},
        {"iss": f"{GATEWAY}/"},
        {"sub": None},
        {"sub": ""},
        {"sub": 7},
        {"sub": "x" * 256},
        {"sub": "somebody"},
        {"client_id": None},
        {"client_id": TAX},
        {"aud": None},
        {"aud": "https://elsewhere.example"},
        {"aud": []},
        {"aud": [ISSUER, "https://elsewhere.example"]},
        {"aud": f"{ISSUER}/"},
        {"exp": None},
        {"exp": 0},
        {"exp": "soon"},
        {"exp": True},
        {"exp": 10**12},
        {"nbf": 10**12},
        {"iat": 10**12},
        {"jti": None},
        {"jti": ""},
        {"jti": 7},
        {"jti": "x" * 257},
    )
    for changes in wrong:
        assert gateway.refused(gateway.says(**changes)) == "invalid_grant", changes


def test_attack_an_assertion_comes_again(gateway: Gateway) -> None:
    """RFC 7523 section 3 (7)."""
    gateway.signed_in()
    assertion = gateway.says()
    assert gateway.ask(assertion).status == 200
    assert gateway.refused(assertion) == "invalid_grant"
    gateway.world.clock.advance(61)
    assert gateway.refused(assertion) == "invalid_grant"


def test_attack_another_key_signs(gateway: Gateway) -> None:
    """RFC 7523 section 3 (9), RFC 8725 sections 2.1 and 3.8."""
    gateway.signed_in()
    stranger, claims = new_key(), gateway.claims()
    forged = (
        signed(stranger, claims),
        signed(stranger, claims, kid=gateway.key.kid),
        signed(stranger, claims, jwk=stranger.as_dict(private=False)),
        signed(stranger, claims, jku=JWKS_URI),
        signed(gateway.key, claims).rpartition(".")[0] + ".",
        signed(gateway.key, claims)[:-8] + "AAAAAAAA",
        "x",
        "a.b.c",
        "x" * 20000,
    )
    for one in forged:
        assert gateway.refused(one) == "invalid_grant"


def test_attack_algorithms_are_mixed_up(gateway: Gateway) -> None:
    gateway.signed_in()
    claims = json.dumps(gateway.claims())
    public = OctKey.import_key(json.dumps(gateway.key.as_dict(private=False)).encode())
    header = {"alg": "HS256", "kid": gateway.key.kid}
    assert gateway.refused(jws.serialize_compact(header, claims, public)) == "invalid_grant"
    assert gateway.refused(forged(gateway.claims(), {"alg": "none"})) == "invalid_grant"


def test_attack_another_kind_of_token_of_the_same_issuer(gateway: Gateway) -> None:
    """RFC 8725 section 3.11."""
    gateway.signed_in()
    for typ in ("at+jwt", "logout+jwt", "dpop+jwt", "oauth-authz-req+jwt", "application/at+jwt"):
        assert gateway.refused(signed(gateway.key, gateway.claims(), typ=typ)) == "invalid_grant", typ
    assert gateway.ask(signed(gateway.key, gateway.claims(), typ="JWT")).status == 200


def test_attack_our_own_tokens_as_assertions(gateway: Gateway) -> None:
    tokens = gateway.signed_in()
    for name in ("id_token", "access_token", "refresh_token"):
        assert gateway.refused(tokens[name]) == "invalid_grant"


def test_attack_another_clients_assertion(gateway: Gateway) -> None:
    """Of the same site, where the person has the same sub; it was meant for the hall."""
    gateway.signed_in()
    gateway.trust(clients=(HALL, TAX))
    gateway.exchange.register(TAX, grant_types=GRANTS, minimum_level=1)
    assert gateway.refused(client_id=TAX) == "invalid_grant"
    assert gateway.refused(gateway.says(client_id=TAX), TAX) == "invalid_grant"


def test_attack_a_client_that_the_issuer_may_not_speak_for(gateway: Gateway) -> None:
    gateway.signed_in()
    gateway.trust(clients=("another",))
    assert gateway.refused() == "invalid_grant"


def test_attack_the_client_vouches_for_itself(gateway: Gateway) -> None:
    """Its own keys are for its authentication: for itself there is client_credentials."""
    gateway.signed_in()
    assert gateway.refused(gateway.says(iss=HALL)) == "invalid_grant"
    assert gateway.refused(gateway.says(iss=HALL, sub=HALL)) == "invalid_grant"


def test_attack_a_person_whom_the_client_does_not_know(gateway: Gateway) -> None:
    """By the sub of another site, or of somebody who has never been there."""
    assert gateway.refused() == "invalid_grant"
    gateway.signed_in()
    assert gateway.refused(gateway.says(sub=gateway.exchange.sub(TAX))) == "invalid_grant"
    assert gateway.refused(gateway.says(sub=gateway.world.person_id)) == "invalid_grant"


def test_attack_a_person_who_agreed_to_no_offline_access(gateway: Gateway) -> None:
    gateway.signed_in(scope="openid profile")
    assert gateway.refused() == "invalid_grant"


def test_attack_a_resource_at_another_site_later(gateway: Gateway) -> None:
    """What was gone on with is narrowed, never widened, by an exchange as well."""
    gateway.signed_in()
    assert gateway.refused(resource=AT_TAX) == "invalid_target"
