"""The poll mode: what a client asks, what it is told while it waits, and what it gets (CIBA Core 1.0)."""

import json

from idp.oidc.clients.fields.backchannel import CIBA
from tests.contracts.advertised.moves import part_of
from tests.idp.oidc.backchannel.desk import Desk, body_of
from tests.idp.oidc.world import HALL, World


def test_a_client_asks_a_person_answers_and_the_client_fetches(world: World, desk: Desk) -> None:
    sub = desk.sub()
    response = desk.ask(login_hint=sub)
    said = body_of(response)
    assert response.status == 200
    assert ("Cache-Control", "no-store") in response.headers
    assert (said["expires_in"], said["interval"]) == (300, 5)
    auth_req_id = said["auth_req_id"]
    assert desk.error(auth_req_id) == "authorization_pending"
    (found,) = desk.waiting()
    assert (found.client_id, found.details["binding_message"]) == (HALL, "W4SCT")
    desk.approve(found)
    world.clock.advance(5)
    given = body_of(desk.poll(auth_req_id))
    assert part_of(given["id_token"], 1)["sub"] == sub
    assert world.userinfo(given["access_token"]).status == 200
    assert desk.waiting() == []
    (event,) = world.events("backchannel_requested")
    assert (event.client_id, event.person_id) == (HALL, world.person_id)
    assert json.loads(event.payload)["outcome"] == "asked"
    assert json.loads(world.events("token_issued")[-1].payload)["grant_type"] == CIBA
