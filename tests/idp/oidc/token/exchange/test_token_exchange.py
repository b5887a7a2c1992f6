"""Token exchange: a service that was called for a person calls the next one for them."""

import json
from pathlib import Path

import pytest

from idp.oidc.clients.changes.manifests import Change, apply
from idp.oidc.clients.fields.exchange import TOKEN_EXCHANGE
from idp.oidc.clients.metadata import MetadataRefused, from_json, read
from idp.oidc.token.exchange.tokens import ACCESS_TOKEN
from tests.idp.oidc.clients.signing import ISSUER, new_key
from tests.idp.oidc.conftest import NOW
from tests.idp.oidc.token.exchange.exchanging import (
    ARCHIVE,
    AT_ARCHIVE,
    AT_DESK,
    AT_TAX,
    AT_VAULT,
    DESK,
    VAULT,
    Exchange,
    agree_with_tax,
    token_for_desk,
)
from tests.idp.oidc.world import HALL, SPA, TAX

KEY = new_key()


def test_a_service_calls_the_next_one_for_the_person(desk: Exchange) -> None:
    token = token_for_desk(desk.world)
    found = desk.made(token)
    # RFC 8693 section 2.2.1; no refresh token, no id_token.
    assert found.keys() == {"access_token", "issued_token_type", "token_type", "expires_in", "scope"}
    assert (found["issued_token_type"], found["token_type"]) == (ACCESS_TOKEN, "Bearer")
    assert (found["scope"], found["expires_in"]) == ("openid profile", 600)
    said = desk.said(found["access_token"], ARCHIVE)
    assert said["active"]
    assert (said["client_id"], said["aud"], said["scope"]) == (DESK, AT_ARCHIVE, "openid profile")
    assert said["act"] == {"sub": DESK}
    assert (said["acr"], said["amr"]) == ("urn:yitong:acr:2", ["pwd"])
    (event,) = desk.world.events("token_exchanged")
    assert (event.client_id, event.person_id) == (DESK, desk.world.person_id)
    kept = json.loads(event.payload)
    assert (kept["subject_client_id"], kept["server_client_id"], kept["actors"]) == (HALL, ARCHIVE, [DESK])
    assert desk.said(token, DESK)["active"]  # RFC 8693 section 2.1: the subject token is as it was


def test_sub_is_the_one_that_the_server_knows_and_nobody_else_is_told(desk: Exchange) -> None:
    """Core section 8.1: the desk must not learn who its caller's person is at the tax office."""
    agree_with_tax(desk.world)
    token = desk.made(token_for_desk(desk.world), resource=AT_TAX)["access_token"]
    said = desk.said(token, TAX)
    assert said["sub"] == desk.sub(TAX) != desk.sub(HALL)
    assert "." not in token  # opaque, so that it cannot be read on the way
    to_the_desk = desk.said(token, DESK)
    assert to_the_desk["active"]
    assert "sub" not in to_the_desk
    assert not {"granted_to", "consent", "grant"} & {*said, *to_the_desk}
    same_site = desk.made(token_for_desk(desk.world))["access_token"]
    assert desk.said(same_site, ARCHIVE)["sub"] == desk.sub(HALL) == desk.sub(ARCHIVE)


def test_the_person_must_have_agreed_with_another_site(desk: Exchange) -> None:
    token = token_for_desk(desk.world)
    assert desk.refused(token, resource=AT_TAX) == "invalid_target"
    agree_with_tax(desk.world)
    token = token_for_desk(desk.world)
    assert desk.made(token, resource=AT_TAX)["scope"] == "openid profile"
    desk.register(TAX, purpose_code="something-else")
    assert desk.refused(token, resource=AT_TAX) == "invalid_target"


def test_scopes_are_those_that_both_sites_may_have(desk: Exchange) -> None:
    desk.register(TAX, scope="openid")
    agree_with_tax(desk.world, "openid")
    token = token_for_desk(desk.world, scope="openid profile resident_number")
    assert desk.made(token, resource=AT_TAX)["scope"] == "openid"
    assert desk.made(token)["scope"] == "openid profile"
    assert desk.refused(token, resource=AT_TAX, scope="profile") == "invalid_scope"


def test_a_level_that_no_longer_counts_is_not_told(desk: Exchange) -> None:
    agree_with_tax(desk.world)
    desk.register(TAX, presence_seconds=60)
    token = token_for_desk(desk.world)
    assert desk.said(desk.made(token, resource=AT_TAX)["access_token"], TAX)["acr"] == "urn:yitong:acr:3"
    desk.world.clock.advance(61)
    # The tax office asks level 3 of everybody; the archive asks for none.
    assert desk.refused(token, resource=AT_TAX) == "invalid_target"
    assert desk.said(desk.made(token)["access_token"], ARCHIVE)["acr"] == "urn:yitong:acr:3"
    desk.register(ARCHIVE, presence_seconds=60)
    assert desk.said(desk.made(token)["access_token"], ARCHIVE)["acr"] == "urn:yitong:acr:2"


def test_a_chain_names_who_acted_before(desk: Exchange) -> None:
    """RFC 8693 section 4.1."""
    first = desk.made(token_for_desk(desk.world))["access_token"]
    second = desk.made(first, ARCHIVE, resource=AT_VAULT)["access_token"]
    said = desk.said(second, VAULT)
    assert said["act"] == {"sub": ARCHIVE, "act": {"sub": DESK}}
    assert said["sub"] == desk.sub(VAULT)
    event = desk.world.events("token_exchanged")[-1]
    assert json.loads(event.payload)["actors"] == [ARCHIVE, DESK]


def test_impersonation_only_where_the_rule_has_it(desk: Exchange) -> None:
    token = token_for_desk(desk.world)
    desk.rule(impersonation=True)
    impersonating = desk.made(token)["access_token"]
    assert "act" not in desk.said(impersonating, ARCHIVE)
    assert json.loads(desk.world.events("token_exchanged")[-1].payload)["actors"] == []
    # Who acted is not forgotten by who comes next.
    desk.rule(impersonation=False)
    desk.rule(ARCHIVE, impersonation=True)
    acted = desk.made(desk.made(token)["access_token"], ARCHIVE, resource=AT_VAULT)["access_token"]
    assert desk.said(acted, VAULT)["act"] == {"sub": ARCHIVE, "act": {"sub": DESK}}


def test_an_actor_token_says_again_who_acts(desk: Exchange) -> None:
    actor = {"actor_token": desk.own_token(), "actor_token_type": ACCESS_TOKEN}
    desk.rule(impersonation=True)
    desk.world.clock.advance(100)
    found = desk.made(token_for_desk(desk.world), **actor)
    assert desk.said(found["access_token"], ARCHIVE)["act"] == {"sub": DESK}
    assert found["expires_in"] == 500  # no longer than the token that it was got with


def test_an_audience_is_a_resource_or_who_serves_it(desk: Exchange) -> None:
    token = token_for_desk(desk.world)
    for named in ({"audience": ARCHIVE}, {"audience": AT_ARCHIVE}, {"audience": [ARCHIVE, AT_ARCHIVE]}):
        found = desk.made(token, resource=None, **named)
        assert desk.said(found["access_token"], ARCHIVE)["aud"] == AT_ARCHIVE
    assert desk.refused(token, resource=None) == "invalid_target"
    assert desk.refused(token, resource=None, audience=VAULT) == "invalid_target"
    assert desk.refused(token, audience=TAX) == "invalid_target"  # one server at a time


def test_it_lives_no_longer_than_what_it_was_got_for(desk: Exchange) -> None:
    token = token_for_desk(desk.world)
    desk.world.clock.advance(450)
    found = desk.made(token)
    assert found["expires_in"] == 150
    desk.world.clock.advance(149)
    assert desk.said(found["access_token"], ARCHIVE)["active"]
    desk.world.clock.advance(1)
    assert desk.said(found["access_token"], ARCHIVE) == {"active": False}
    assert desk.refused(token) == "invalid_request"


def test_a_bound_token_is_exchanged_for_a_bound_one(desk: Exchange) -> None:
    token = token_for_desk(desk.world, key=KEY)
    assert desk.refused(token) == "invalid_request"
    own = new_key()
    found = desk.made(token, key=own)
    assert found["token_type"] == "DPoP"
    assert desk.said(found["access_token"], ARCHIVE)["cnf"] == {"jkt": own.thumbprint()}


def test_giving_it_back_ends_it_and_not_the_first_clients_grant(desk: Exchange) -> None:
    token = token_for_desk(desk.world)
    first, second = (desk.made(token)["access_token"] for _ in range(2))
    assert desk.revoke(first, DESK) == 200
    assert desk.said(first, ARCHIVE) == {"active": False}
    assert desk.refused(first, ARCHIVE, resource=AT_VAULT) == "invalid_request"
    assert desk.said(second, ARCHIVE)["active"]
    assert desk.said(token, DESK)["active"]
    assert desk.revoke(second, HALL) == 400  # RFC 7009 section 2.1: another client's


def test_a_client_may_narrow_its_own_token(desk: Exchange) -> None:
    rule = {"subject_client": HALL, "resources": [AT_ARCHIVE], "scope": "openid"}
    grants = ["authorization_code", "refresh_token", TOKEN_EXCHANGE]
    desk.register(HALL, grant_types=grants, token_exchange=[rule])
    found = desk.made(token_for_desk(desk.world, resource=None), HALL)
    assert found["scope"] == "openid"
    assert desk.said(found["access_token"], ARCHIVE)["act"] == {"sub": HALL}


def test_who_may_act_is_named_by_the_token(desk: Exchange) -> None:
    """RFC 8693 section 4.4."""
    desk.register(HALL, may_act=DESK)
    token = token_for_desk(desk.world)
    assert desk.said(token, DESK)["may_act"] == {"sub": DESK}
    assert desk.said(desk.made(token)["access_token"], ARCHIVE)["active"]
    desk.register(HALL, may_act=ARCHIVE)
    assert desk.refused(token_for_desk(desk.world)) == "invalid_request"


FIELDS = {"client_id": "d", "sector": "d.example", "client_name": "D", "response_types": []}
RULE = {"subject_client": HALL, "resources": [AT_ARCHIVE]}
RULES = {"grant_types": [TOKEN_EXCHANGE], "token_exchange": [RULE]}


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({**RULES, "token_endpoint_auth_method": "none"}, "confidential"),
        ({**RULES, "token_exchange": []}, "rules go with"),
        ({**RULES, "grant_types": []}, "rules go with"),
        ({**RULES, "token_exchange": [RULE, RULE]}, "one rule"),
        ({**RULES, "token_exchange": [{**RULE, "resources": []}]}, "resources"),
        ({**RULES, "token_exchange": [{**RULE, "resources": ["http://a.example/"]}]}, "resources"),
        ({**RULES, "token_exchange": [{**RULE, "scope": "offline_access"}]}, "scope"),
        ({**RULES, "token_exchange": [{**RULE, "impersonate": True}]}, "impersonate"),
        ({**RULES, "may_act": "a b"}, "may_act"),
        (
            {
                **RULES,
                "profile": "fapi2-security",
                "token_endpoint_auth_method": "private_key_jwt",
                "jwks_uri": "https://d.example/jwks",
                "id_token_signed_response_alg": "ES256",
            },
            "not in the profile",
        ),
    ],
)
def test_a_rule_is_whole(fields: dict[str, object], reason: str) -> None:
    with pytest.raises(MetadataRefused, match=reason):
        read({**FIELDS, **fields})


def test_a_manifest_says_who_exchanges_what(desk: Exchange, tmp_path: Path) -> None:
    file = tmp_path / "window.toml"
    file.write_text(
        f"""
        client_id = "window"
        sector = "window.example"
        client_name = "Window"
        grant_types = ["{TOKEN_EXCHANGE}"]
        response_types = []
        may_act = "desk"
        [[token_exchange]]
        subject_client = "hall"
        resources = ["{AT_ARCHIVE}"]
        scope = "openid"
        """
    )
    secrets = desk.world.provider.authenticator.secrets
    with desk.world.provider.sessions.begin() as session:
        applied, again = (apply(session, file, NOW, secrets=secrets, secret_root=None) for _ in range(2))
    assert (applied.change, again.change) == (Change.CREATED, Change.UNCHANGED)
    window = desk.world.provider.clients.find("window")
    assert window is not None
    rule = window.metadata.exchange_rule(HALL)
    assert rule is not None
    assert (rule.resources, rule.scopes, rule.impersonation) == ((AT_ARCHIVE,), {"openid"}, False)
    assert window.metadata.exchange_rule(TAX) is None


def test_registered_rules_are_read_again_as_they_were_written() -> None:
    metadata = read({**FIELDS, **RULES})
    assert from_json({**metadata.to_json(), "client_id": "d", "sector": "d.example"}) == metadata


def test_userinfo_is_no_target(desk: Exchange) -> None:
    """Claims go to whom the person agreed with, by a sign-in there."""
    token = token_for_desk(desk.world)
    assert desk.refused(token, resource=ISSUER) == "invalid_target"
    desk.rule(resources=[ISSUER, AT_ARCHIVE])
    assert desk.refused(token, resource=ISSUER) == "invalid_target"
    assert desk.world.userinfo(desk.made(token)["access_token"]).status == 401


def test_what_the_desk_serves_itself_may_be_a_target(desk: Exchange) -> None:
    """It learns its own `sub` of the person, where the person has agreed with it."""
    desk.register(
        DESK,
        redirect_uris=["https://desk.example/callback"],
        response_types=["code"],
        grant_types=[TOKEN_EXCHANGE, "authorization_code"],
        token_exchange=[{"subject_client": HALL, "resources": [AT_DESK], "scope": "openid"}],
    )
    token = token_for_desk(desk.world)
    assert desk.refused(token, resource=AT_DESK) == "invalid_target"
    desk.world.code(DESK, redirect_uri="https://desk.example/callback", scope="openid")
    found = desk.made(token, resource=AT_DESK)
    assert desk.said(found["access_token"], DESK)["sub"] == desk.sub(DESK)


def test_a_public_client_has_nobody_to_name(desk: Exchange) -> None:
    values = {"grant_type": TOKEN_EXCHANGE, "client_id": SPA, "subject_token": token_for_desk(desk.world)}
    answer = desk.world.post("/oauth2/token", {**values, "subject_token_type": ACCESS_TOKEN})
    assert json.loads(answer.body)["error"] == "unauthorized_client"
