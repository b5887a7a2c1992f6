"""Clients are told of the end of a session, by the back and by the front channel, with its `sid`."""

import json
from urllib.parse import parse_qs, urlsplit

from idp.oidc.http import Request
from idp.oidc.keys.jwt import ID_TOKEN
from idp.oidc.logout import front_channel, rp_initiated
from tests.contracts.advertised.moves import Metadata, change
from tests.idp.oidc.logout.clients import BACK, FRONT, Told
from tests.idp.oidc.world import HALL, World, fields_of


def logout_of_clients(world: World, metadata: Metadata) -> None:
    change(
        world,
        HALL,
        backchannel_logout_uri=BACK[HALL],
        backchannel_logout_session_required=True,
        frontchannel_logout_uri=FRONT,
        frontchannel_logout_session_required=True,
    )
    world.sign_in()
    id_token = json.loads(world.token(world.code()).body)["id_token"]
    sid = world.provider.keys.current().read(id_token, typ=ID_TOKEN)["sid"]
    asked = world.get(rp_initiated.PATH, {"id_token_hint": id_token})
    left = fields_of(rp_initiated.end_session(world.provider, asked))[front_channel.PARAMETER]
    farewell = front_channel.recall(world.provider.store, left)
    assert farewell is not None
    (frame,) = farewell.frames
    in_frame = parse_qs(urlsplit(frame).query)
    told = Told(world)
    told.drain()
    for channel, at_all, told_sid in (
        ("back", told.addresses == [BACK[HALL]], told.claims()["sid"]),
        ("front", frame.startswith(FRONT), in_frame["sid"][0]),
    ):
        assert metadata[f"{channel}channel_logout_supported"] == at_all
        assert metadata[f"{channel}channel_logout_session_supported"] == (told_sid == sid)
    assert in_frame["iss"] == [metadata["issuer"]]


def session_management(world: World, metadata: Metadata) -> None:
    """OpenID Connect Session Management 1.0: the frame is there, and answers say what to ask it."""
    address = metadata["check_session_iframe"]
    assert address.startswith(f"{metadata['issuer']}/")
    path = address.removeprefix(metadata["issuer"])
    page = world.endpoints[path](Request("GET", path))
    assert page.status == 200
    assert "frame-ancestors *" in dict(page.headers)["Content-Security-Policy"]
    world.sign_in()
    assert "session_state" in fields_of(world.agree(world.authorize()))
