"""jwt-bearer: what a person left open to a client, opened by the word of whom the operator trusts."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from joserfc import jws
from joserfc.jwk import OctKey

from idp import sessions, settings
from idp.audit import AuditContext
from idp.oidc import sharing
from idp.oidc.clients.exchange_fields import JWT_BEARER
from idp.oidc.clients.metadata import MetadataRefused, read
from idp.oidc.clients.models import ClientRecord, ClientStatus
from idp.oidc.http import Request, Response
from idp.people.models import Person, PersonStatus
from idp.settings import SettingsWrong
from tests.idp.oidc.clients.signing import ISSUER, new_key, signed
from tests.idp.oidc.test_attacks_on_ends import Interrupted
from tests.idp.oidc.token.exchange.exchanging import ARCHIVE, AT_ARCHIVE, AT_TAX, AT_VAULT, forged
from tests.idp.oidc.token.grants.vouching import GATEWAY, GRANTS, JWKS_URI, Gateway, gateway_of
from tests.idp.oidc.world import HALL, SECRETS, SPA, TAX, World, basic

DISCOVERY = "/.well-known/openid-configuration"


@pytest.fixture
def gateway(world: World) -> Gateway:
    return gateway_of(world)


def test_what_was_left_open_is_opened(gateway: Gateway) -> None:
    gateway.signed_in()
    found = gateway.made()
    # RFC 7521 section 4.1: no refresh token; nobody has signed in, so no id_token.
    assert found.keys() == {"access_token", "token_type", "expires_in", "scope"}
    assert found["scope"] == "openid profile"
    said = gateway.exchange.said(found["access_token"], ARCHIVE)
    assert said["active"]
    assert (said["sub"], said["aud"], said["client_id"]) == (gateway.exchange.sub(HALL), AT_ARCHIVE, HALL)
    assert said["acr"] == "urn:yitong:acr:1"
    assert not {"auth_time", "amr"} & said.keys()
    event = gateway.world.events("token_issued")[-1]
    assert (event.client_id, event.person_id) == (HALL, gateway.world.person_id)
    kept = json.loads(event.payload)
    assert (kept["grant_type"], kept["vouched_by"]) == (JWT_BEARER, "gateway")


def test_it_goes_on_without_the_session(gateway: Gateway) -> None:
    gateway.signed_in()
    with gateway.world.provider.sessions.begin() as session:
        sessions.end_all_of(session, gateway.world.person_id, gateway.world.clock())
    gateway.world.clock.advance(86400)
    assert gateway.exchange.said(gateway.made()["access_token"], ARCHIVE)["active"]


def test_use_by_the_word_of_another_does_not_keep_a_grant_alive(gateway: Gateway) -> None:
    gateway.signed_in()
    for _ in range(29):
        gateway.world.clock.advance(86400)
        gateway.made()
    gateway.world.clock.advance(86400)
    assert gateway.refused() == "invalid_grant"


def test_it_is_for_the_resources_that_the_person_was_asked_for(gateway: Gateway) -> None:
    """RFC 8707 section 2.2; and never for userinfo."""
    gateway.signed_in(resource=None)
    assert gateway.refused() == "invalid_target"
    assert gateway.refused(resource=ISSUER) == "invalid_target"
    assert gateway.refused(resource=AT_ARCHIVE) == "invalid_target"
    gateway.signed_in()
    assert gateway.made(resource=AT_ARCHIVE)
    assert gateway.refused(resource=AT_VAULT) == "invalid_target"
    assert gateway.world.userinfo(gateway.made()["access_token"]).status == 401


def test_scopes_are_within_consent_registration_and_the_issuers_word(gateway: Gateway) -> None:
    gateway.signed_in(scope="openid profile resident_number offline_access")
    assert gateway.made()["scope"] == "openid profile"
    assert gateway.made(scope="openid")["scope"] == "openid"
    for scope in ("phone", "resident_number", "offline_access", "licences:read"):
        assert gateway.refused(scope=scope) == "invalid_scope"
    gateway.trust(scope="openid resident_number offline_access")
    assert gateway.made()["scope"] == "openid"


def test_a_level_that_the_client_or_the_server_asks_for_is_not_reached_by_anybodys_word(
    gateway: Gateway,
) -> None:
    gateway.signed_in()
    gateway.exchange.register(ARCHIVE, minimum_level=2)
    assert gateway.refused() == "invalid_target"
    gateway.exchange.register(HALL, minimum_level=2)
    assert gateway.refused() == "invalid_grant"


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


ENDS = {
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


@pytest.mark.parametrize(
    "changes",
    [
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
    ],
)
def test_attack_a_claim_that_is_wrong(gateway: Gateway, changes: dict[str, Any]) -> None:
    """RFC 7523 section 3 (1 to 7); RFC 7521 section 4.1.1 for the code."""
    gateway.signed_in()
    assert gateway.refused(gateway.says(**changes)) == "invalid_grant"


def test_fair_variants_are_taken(gateway: Gateway) -> None:
    gateway.signed_in()
    now = int(gateway.world.clock().timestamp())
    for changes in (
        {"aud": [ISSUER]},
        {"aud": f"{ISSUER}/oauth2/token"},
        {"iat": None},
        {"nbf": now},
        {"exp": now + 300},
        {"other": "ignored"},
    ):
        assert gateway.ask(gateway.says(**changes)).status == 200


def test_a_strict_client_is_named_the_issuer_alone(gateway: Gateway) -> None:
    gateway.signed_in()
    gateway.exchange.register(HALL, profile="oauth21")
    assert gateway.ask(gateway.says()).status == 200
    assert gateway.refused(gateway.says(aud=f"{ISSUER}/oauth2/token")) == "invalid_grant"


def test_an_assertion_lives_as_long_as_the_setting_says(gateway: Gateway) -> None:
    gateway.signed_in()
    now = int(gateway.world.clock().timestamp())
    assert gateway.refused(gateway.says(exp=now + 320)) == "invalid_grant"


def test_attack_an_assertion_comes_again(gateway: Gateway) -> None:
    """RFC 7523 section 3 (7)."""
    gateway.signed_in()
    assertion = gateway.says()
    assert gateway.ask(assertion).status == 200
    assert gateway.refused(assertion) == "invalid_grant"
    gateway.world.clock.advance(61)
    assert gateway.refused(assertion) == "invalid_grant"


def test_what_was_refused_was_not_used(gateway: Gateway) -> None:
    gateway.signed_in()
    assertion = gateway.says()
    assert gateway.refused(assertion, scope="phone") == "invalid_scope"
    assert gateway.ask(assertion).status == 200


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


@pytest.mark.parametrize(
    "typ", ["at+jwt", "logout+jwt", "dpop+jwt", "oauth-authz-req+jwt", "application/at+jwt"]
)
def test_attack_another_kind_of_token_of_the_same_issuer(gateway: Gateway, typ: str) -> None:
    """RFC 8725 section 3.11."""
    gateway.signed_in()
    assert gateway.refused(signed(gateway.key, gateway.claims(), typ=typ)) == "invalid_grant"
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


def test_a_public_client_and_one_that_is_not_registered_for_it(gateway: Gateway) -> None:
    gateway.signed_in()
    answer = gateway.world.post(
        "/oauth2/token", {"grant_type": JWT_BEARER, "client_id": SPA, "assertion": gateway.says()}
    )
    assert json.loads(answer.body)["error"] == "unauthorized_client"
    assert gateway.refused(client_id=TAX) == "unauthorized_client"
    who = basic(HALL, SECRETS[HALL])
    without = gateway.world.post("/oauth2/token", {"grant_type": JWT_BEARER}, authorization=who)
    assert json.loads(without.body)["error"] == "invalid_request"


def test_it_is_advertised_where_somebody_is_trusted(world: World) -> None:
    def offered() -> list[str]:
        found: list[str] = json.loads(world.endpoints[DISCOVERY](Request("GET", DISCOVERY)).body)[
            "grant_types_supported"
        ]
        return found

    assert JWT_BEARER not in offered()
    gateway_of(world)
    assert JWT_BEARER in offered()


@pytest.mark.parametrize(
    "changes",
    [
        {"token_endpoint_auth_method": "none"},
        {
            "profile": "fapi2-security",
            "token_endpoint_auth_method": "private_key_jwt",
            "jwks_uri": "https://d.example/jwks",
            "id_token_signed_response_alg": "ES256",
        },
    ],
)
def test_a_registration_is_of_a_confidential_client_outside_of_fapi(changes: dict[str, Any]) -> None:
    fields = {"client_id": "d", "sector": "d.example", "client_name": "D", "response_types": []}
    with pytest.raises(MetadataRefused, match="jwt-bearer"):
        read({**fields, "grant_types": [JWT_BEARER], **changes})


@pytest.mark.parametrize(
    "changes", [{"clients": []}, {"jwks_uri": "ftp://a"}, {"issuer": ""}, {"colour": "red"}, {"scope": None}]
)
def test_a_wrong_issuer_in_the_settings_stops_the_start(changes: dict[str, Any]) -> None:
    trusted = {"issuer": GATEWAY, "jwks_uri": JWKS_URI, "clients": [HALL], "scope": "openid", **changes}
    known = settings.load({}).model_dump(by_alias=True)
    known["protocol"]["assertion_issuers"] = {"gateway": trusted}
    with pytest.raises(SettingsWrong, match="assertion_issuers"):
        settings.validate(known)
