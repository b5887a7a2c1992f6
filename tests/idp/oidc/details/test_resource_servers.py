"""What a resource server hears of what was agreed to (RFC 9396 section 9)."""

import json
from typing import Any

import pytest

from tests.idp.oidc.details.asked import FEE, FEES, RECORD, prepare, text, whole
from tests.idp.oidc.details.test_flow import refreshed, tokens
from tests.idp.oidc.registration.registering import opened
from tests.idp.oidc.world import HALL, SECRETS, TAX, World, basic

FORMATS = ("jwt", "opaque")


@pytest.fixture(params=FORMATS)
def ready(world: World, request: pytest.FixtureRequest) -> World:
    prepare(world, access_token_format=request.param)
    world.sign_in(level=3, method="face")
    return world


def introspected(world: World, client_id: str, token: str) -> dict[str, Any]:
    form = {"token": token}
    response = world.post("/oauth2/introspect", form, authorization=basic(client_id, SECRETS[client_id]))
    assert response.status == 200
    found: dict[str, Any] = json.loads(response.body)
    return found


def test_a_server_hears_of_what_concerns_it_and_the_client_of_all(ready: World) -> None:
    token = tokens(ready, ready.code(authorization_details=text(FEE, RECORD)))["access_token"]
    assert introspected(ready, TAX, token)["authorization_details"] == whole(FEE)
    assert introspected(ready, HALL, token)["authorization_details"] == whole(FEE, RECORD)


def test_a_server_of_another_resource_hears_nothing(ready: World) -> None:
    token = tokens(ready, ready.code(authorization_details=text(RECORD)))["access_token"]
    assert introspected(ready, TAX, token) == {"active": False}


def test_a_token_without_details_says_nothing_of_any(ready: World) -> None:
    token = tokens(ready, ready.code(resource=FEES))["access_token"]
    assert "authorization_details" not in introspected(ready, TAX, token)


def test_what_an_opaque_token_stands_for_lies_sealed(ready: World) -> None:
    tokens(ready, ready.code(authorization_details=text(FEE)))
    assert FEE["fee"] not in repr(vars(ready.provider.store)).encode().decode("unicode_escape")
    assert "123.50" not in repr(vars(ready.provider.store))


def test_a_refreshed_token_is_heard_of_as_it_was_narrowed(ready: World) -> None:
    code = ready.code(authorization_details=text(FEE, RECORD), scope="openid offline_access")
    narrowed = refreshed(ready, tokens(ready, code)["refresh_token"], authorization_details=text(RECORD))
    token = json.loads(narrowed.body)["access_token"]
    assert introspected(ready, HALL, token)["authorization_details"] == whole(RECORD)


def test_a_client_that_registers_itself_gets_no_type_that_is_not_for_all(world: World) -> None:
    made = opened(world).made({"authorization_details_types": ["payment_of_fee", "made_up"]})
    assert not made.get("authorization_details_types")
