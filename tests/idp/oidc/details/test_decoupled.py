"""Details where no browser asks: of a device, and by the back channel (RFC 9396 section 3)."""

import json

import pytest

from idp.oidc import asking
from tests.contracts.advertised.moves import part_of
from tests.idp.oidc.backchannel.desk import Desk, body_of
from tests.idp.oidc.details.asked import FEE, FEES, RECORD, TYPES, prepare, text, whole
from tests.idp.oidc.device.kiosk import Kiosk, Phone, error, register, said
from tests.idp.oidc.world import BROWSER, HALL, World


@pytest.fixture
def ready(world: World) -> World:
    prepare(world)
    world.sign_in(level=3, method="face")
    return world


def test_a_device_asks_in_detail(ready: World) -> None:
    register(ready, HALL, authorization_details_types=list(TYPES))
    kiosk, phone = Kiosk(ready, HALL), Phone(ready)
    assert error(kiosk.ask(authorization_details=text(FEE | {"more": 1}))) == "invalid_authorization_details"
    kiosk.ask(authorization_details=text(FEE, RECORD), purpose="At the counter")
    interaction_id = phone.confirm(kiosk.user_code)
    shown = asking.question(ready.provider, phone.request(), interaction_id, BROWSER)
    assert shown is not None
    assert [one.to_json() for one in shown.details] == whole(FEE, RECORD)
    assert shown.stated_purpose == "At the counter"
    phone.agree(interaction_id)
    wider = text(FEE | {"payee": "Somebody else"})
    assert error(kiosk.poll(authorization_details=wider)) == "invalid_authorization_details"
    found = said(kiosk.poll(authorization_details=text(FEE)))
    assert found["authorization_details"] == whole(FEE)
    assert part_of(found["access_token"], 1)["aud"] == FEES


@pytest.mark.parametrize("mode", ["poll", "push"])
def test_a_client_asks_in_detail_by_the_back_channel(ready: World, mode: str) -> None:
    desk = Desk(ready, mode=mode)
    sub = desk.sub()
    ready.sign_in(level=3, method="face")
    refused = desk.ask(login_hint=sub, authorization_details=text(FEE | {"more": 1}))
    assert json.loads(refused.body)["error"] == "invalid_authorization_details"
    auth_req_id = desk.asked(sub, authorization_details=text(FEE))
    (found,) = desk.waiting()
    desk.approve(found)
    if mode == "poll":
        ready.clock.advance(5)
        given = body_of(desk.poll(auth_req_id))
    else:
        desk.drain()
        ((_, given, _),) = desk.posts
    assert given["authorization_details"] == whole(FEE)
    assert part_of(given["access_token"], 1)["authorization_details"] == whole(FEE)
