"""Userinfo: opened by a live token alone, and only as far as the person agreed."""

import json

import pytest

from idp import sessions
from idp.audit import AuditContext
from idp.oidc import sharing
from idp.oidc.http import FORM, Request, Response
from idp.oidc.keys.jwt import ID_TOKEN
from tests.idp.oidc.world import HALL, World, fields_of, parameters

PATH = "/oauth2/userinfo"


def tokens_of(world: World, scope: str = "openid profile") -> dict[str, str]:
    tokens: dict[str, str] = json.loads(world.token(world.code(scope=scope)).body)
    return tokens


@pytest.fixture
def token(world: World) -> str:
    world.sign_in()
    return tokens_of(world)["access_token"]


def challenge(response: Response) -> str:
    return dict(response.headers)["WWW-Authenticate"]


def test_each_scope_releases_its_claims_and_each_release_is_an_event(world: World) -> None:
    world.sign_in()
    response = world.authorize(scope="openid phone resident_number")
    response = world.agree(response, chosen=("phone",))
    token = json.loads(world.token(fields_of(response)["code"]).body)["access_token"]
    claims = json.loads(world.userinfo(token).body)
    assert set(claims) == {
        "sub",
        "phone_number",
        "phone_number_verified",
        "resident_number",
        "resident_number_type",
    }
    assert claims["phone_number"] == "+8613800138000"
    assert claims["resident_number"] == "11010519491231002X"
    world.userinfo(token)
    released = world.events("claims_released")
    assert len(released) == 2
    assert json.loads(released[0].payload) == {
        "purpose": "service-hall",
        "scopes": ["openid", "phone", "resident_number"],
        "through": "userinfo",
    }
    assert (released[0].client_id, released[0].person_id) == (HALL, world.person_id)


def test_openid_alone_releases_the_sub_and_nothing_else(world: World) -> None:
    world.sign_in()
    tokens = tokens_of(world, "openid")
    assert set(json.loads(world.userinfo(tokens["access_token"]).body)) == {"sub"}
    assert world.events("claims_released") == []


def test_who_sends_no_token_gets_a_bare_challenge(world: World) -> None:
    response = world.endpoints[PATH](Request("GET", PATH))
    assert (response.status, challenge(response), response.body) == (401, "Bearer", b"")
    basic = Request("GET", PATH, {"authorization": "Basic eDp5"})
    assert challenge(world.endpoints[PATH](basic)) == "Bearer"


def test_a_token_may_come_in_a_form_and_in_one_place(world: World, token: str) -> None:
    posted = Request("POST", PATH, form=parameters({"access_token": token}), content_type=FORM)
    assert world.endpoints[PATH](posted).status == 200
    header = {"authorization": f"Bearer {token}"}
    both = Request("POST", PATH, header, form=parameters({"access_token": token}), content_type=FORM)
    assert world.endpoints[PATH](both).status == 400
    in_address = Request("GET", PATH, query=parameters({"access_token": token}))
    assert world.endpoints[PATH](in_address).status == 400
    assert token not in str(world.events("claims_released"))


def test_a_token_lives_for_its_seconds(world: World, token: str) -> None:
    world.clock.advance(599)
    assert world.userinfo(token).status == 200
    world.clock.advance(1)
    refused = world.userinfo(token)
    assert refused.status == 401
    assert 'error="invalid_token"' in challenge(refused)


def test_an_id_token_or_a_changed_token_opens_nothing(world: World, token: str) -> None:
    world.clock.advance(1)
    id_token = tokens_of(world)["id_token"]
    for other in (id_token, token[:-2] + "xx", token.replace(".", "", 1), "", "x"):
        assert world.userinfo(other).status == 401


def test_signing_out_ends_the_token(world: World, token: str) -> None:
    with world.provider.sessions.begin() as session:
        found = sessions.find(session, world.cookies[sessions.COOKIE], world.clock())
        assert found is not None
        assert sessions.end(session, found.sid, world.clock())
    assert world.userinfo(token).status == 401


def test_withdrawing_the_consent_ends_the_token(world: World, token: str) -> None:
    with world.provider.sessions.begin() as session:
        context = AuditContext(world.clock())
        assert sharing.withdraw(session, world.person_id, HALL, context=context)
        assert not sharing.withdraw(session, world.person_id, "tax", context=context)
    assert world.userinfo(token).status == 401
    assert len(world.events("consent_withdrawn")) == 1
    # What a new consent allows is new: the old token stays closed.
    assert world.userinfo(tokens_of(world)["access_token"]).status == 200
    assert world.userinfo(token).status == 401


def test_agreeing_to_more_leaves_what_was_agreed_open(world: World, token: str) -> None:
    world.clock.advance(1)
    wider = tokens_of(world, "openid profile phone")["access_token"]
    assert world.userinfo(wider).status == world.userinfo(token).status == 200


def test_a_token_of_our_own_key_with_another_type_is_refused(world: World, token: str) -> None:
    claims = json.loads(_payload(token))
    signer = world.provider.keys.current().signer("ES256", world.clock())
    assert world.userinfo(signer.sign(claims, typ=ID_TOKEN)).status == 401


def test_other_methods_are_refused(world: World) -> None:
    assert world.endpoints[PATH](Request("DELETE", PATH)).status == 405
    assert world.endpoints[PATH](Request("OPTIONS", PATH)).status == 204


def _payload(token: str) -> bytes:
    from idp.crypto.digests import from_base64url

    return from_base64url(token.split(".")[1])
