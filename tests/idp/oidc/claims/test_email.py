"""The e-mail address: released by its scope or by name, where one was confirmed."""

import json

import pytest
from sqlalchemy import update

from idp.people.models import Person
from tests.contracts.advertised.moves import change
from tests.idp.oidc.claims.test_ordinary import asked, got, items
from tests.idp.oidc.conftest import EMAIL, MANIFESTS
from tests.idp.oidc.world import HALL, SPA, World, fields_of


@pytest.fixture
def hall(world: World) -> World:
    """It may ask for the address."""
    change(world, HALL, scope=f"{MANIFESTS[HALL]['scope']} email")
    world.sign_in()
    return world


def test_the_scope_releases_a_confirmed_address(hall: World) -> None:
    response = hall.authorize(scope="openid email")
    assert items(hall, response)["email"].value_masked == "z***@mail.example"
    userinfo, _ = got(hall, fields_of(hall.agree(response))["code"])
    assert {name: userinfo[name] for name in userinfo if name != "sub"} == {
        "email": EMAIL,
        "email_verified": True,
    }
    (event,) = hall.events("claims_released")
    assert json.loads(event.payload)["scopes"] == ["openid", "email"]
    assert EMAIL not in event.payload


def test_what_is_not_known_is_left_out(hall: World) -> None:
    """OpenID Connect Core 1.0 section 5.3.2: neither null, nor an address that is not verified."""
    with hall.provider.sessions.begin() as session:
        session.execute(update(Person).values(email_sealed=None, email_confirmed_at=None))
    userinfo, _ = got(hall, hall.code(scope="openid email"))
    assert set(userinfo) == {"sub"}


def test_by_name_it_is_the_same_line(hall: World) -> None:
    response = hall.authorize(scope="openid", claims=asked(id_token={"email": {"essential": True}}))
    assert set(items(hall, response)) == {"openid", "email"}
    _, id_token = got(hall, fields_of(hall.agree(response))["code"])
    assert id_token["email"] == EMAIL


def test_attack_a_client_that_may_not_ask_for_the_address_asks_by_name(world: World) -> None:
    world.sign_in()
    response = world.authorize(SPA, scope="openid", claims=asked({"email": {"essential": True}}))
    assert set(items(world, response)) == {"openid"}
