"""jwt-bearer: what a person left open to a client, opened by the word of whom the operator trusts."""

import json
from typing import Any

import pytest

from idp import sessions, settings
from idp.oidc.clients.fields.exchange import JWT_BEARER
from idp.oidc.clients.metadata import MetadataRefused, read
from idp.oidc.http import Request
from idp.settings import SettingsWrong
from tests.idp.oidc.clients.signing import ISSUER
from tests.idp.oidc.token.exchange.exchanging import ARCHIVE, AT_ARCHIVE, AT_VAULT, VAULT
from tests.idp.oidc.token.grants.vouching import GATEWAY, JWKS_URI, Gateway, gateway_of
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


def test_a_service_that_is_called_with_it_may_call_the_next_one(gateway: Gateway) -> None:
    """At the same level, and no longer than the grant stands."""
    tokens, exchange = gateway.signed_in(), gateway.exchange
    rule = {"subject_client": HALL, "resources": [AT_VAULT], "scope": "openid"}
    exchange.register(ARCHIVE, token_exchange=[rule])
    found = exchange.made(gateway.made()["access_token"], ARCHIVE, resource=AT_VAULT)["access_token"]
    said = exchange.said(found, VAULT)
    assert (said["acr"], said["act"], said["scope"]) == ("urn:yitong:acr:1", {"sub": ARCHIVE}, "openid")
    assert not {"auth_time", "amr"} & said.keys()
    exchange.register(VAULT, minimum_level=2)
    assert exchange.refused(gateway.made()["access_token"], ARCHIVE, resource=AT_VAULT) == "invalid_target"
    assert exchange.revoke(tokens["refresh_token"], HALL) == 200
    assert exchange.said(found, VAULT) == {"active": False}


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


def test_what_was_refused_was_not_used(gateway: Gateway) -> None:
    gateway.signed_in()
    assertion = gateway.says()
    assert gateway.refused(assertion, scope="phone") == "invalid_scope"
    assert gateway.ask(assertion).status == 200


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
