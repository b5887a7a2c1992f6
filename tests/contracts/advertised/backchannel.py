"""Requests by the back channel (CIBA): each mode, each algorithm, and no user code."""

from idp.oidc.clients.cache import SECONDS
from tests.contracts.advertised.moves import Metadata, change
from tests.idp.oidc.backchannel.desk import TOLD_AT, Desk, body_of, signed_request
from tests.idp.oidc.clients.signing import jwks_of, new_key
from tests.idp.oidc.world import HALL, World

SIGNING = "backchannel_authentication_request_signing_alg"


def back_channel(world: World, metadata: Metadata) -> None:
    desk = Desk(world)
    sub = desk.sub()
    fetched = []
    for mode in metadata["backchannel_token_delivery_modes_supported"]:
        world.clock.advance(3600)
        told = None if mode == "poll" else TOLD_AT[HALL]
        change(
            world, HALL, backchannel_token_delivery_mode=mode, backchannel_client_notification_endpoint=told
        )
        desk.mode, desk.posts = mode, []
        world.sign_in()
        auth_req_id = desk.asked(sub)
        desk.approve(desk.waiting()[0])
        desk.drain()
        pushed = desk.posts[0][1].get("access_token") if desk.posts else None
        fetched.append(pushed or body_of(desk.poll(auth_req_id))["access_token"])
    assert len(set(fetched)) == len(fetched) == 3
    change(world, HALL, backchannel_token_delivery_mode="poll", backchannel_client_notification_endpoint=None)
    desk.mode = "poll"
    for algorithm in metadata["backchannel_authentication_request_signing_alg_values_supported"]:
        world.clock.advance(SECONDS + 1)
        key = new_key(algorithm)
        change(world, HALL, jwks=jwks_of(key), **{SIGNING: algorithm})
        text = signed_request(world, key, HALL, algorithm=algorithm, login_hint=sub)
        assert desk.ask(scope=None, binding_message=None, request=text).status == 200
    assert metadata["backchannel_user_code_parameter_supported"] is False
