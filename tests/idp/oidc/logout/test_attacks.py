"""Attacks on signing out, each by its name."""

import json
import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from idp import sessions
from idp.oidc.authorize.addressing import Shown
from idp.oidc.clients.metadata import MetadataRefused, read
from idp.oidc.http import Response
from idp.oidc.logout import rp_initiated
from idp.outbound import Outbound
from idp.settings import Settings
from tests.idp.oidc.logout.clients import Told, register, tell
from tests.idp.oidc.world import HALL, SPA, World, location_of, path_of

BYE = "http://hall.localhost:8001/bye"
ORIGIN = "https://id.example"


def ask(world: World, **values: str) -> Response:
    return rp_initiated.end_session(world.provider, world.get(rp_initiated.PATH, values))


def is_signed_in(world: World) -> bool:
    with world.provider.reads.connect() as connection:
        return sessions.sign_in(connection, world.cookies[sessions.COOKIE], world.clock()) is not None


def id_token(world: World) -> str:
    return str(json.loads(world.token(world.code(HALL)).body)["id_token"])


def test_a_logout_token_that_a_client_got_is_no_hint(world: World) -> None:
    """Every client gets logout tokens: they must not spare the question at the end of a session."""
    tell(world, HALL)
    told = Told(world)
    sid = world.sign_in()
    world.code(HALL)
    with world.provider.sessions.begin() as session:
        sessions.end(session, sid, world.clock())
    told.drain()
    world.sign_in()
    with pytest.raises(Shown, match="id_token_hint is not ours"):
        ask(world, id_token_hint=told.posts[0][1])
    assert is_signed_in(world)


def test_a_page_that_leads_browsers_to_the_end_of_their_session_ends_none(world: World) -> None:
    world.sign_in()
    attackers_hint = id_token(world)
    world.sign_in()  # the victim's
    for values in ({}, {"client_id": HALL}, {"id_token_hint": attackers_hint}, {"logout_hint": "x"}):
        assert path_of(ask(world, **values)) == rp_initiated.CONFIRM_PATH
    assert is_signed_in(world)


def test_a_logout_hint_never_spares_the_question(world: World) -> None:
    """`sid` and `sub` stand in the addresses of frames and in tokens: whoever has one has no proof."""
    sid = world.sign_in()
    for hint in (world.sid_at(HALL, sid), "anything"):
        assert path_of(ask(world, client_id=HALL, logout_hint=hint)) == rp_initiated.CONFIRM_PATH
    assert is_signed_in(world)


@pytest.fixture
def victim(app: Flask, app_world: World) -> FlaskClient:
    app_world.sign_in()
    client = app.test_client()
    client.get("/account", base_url=ORIGIN)
    secret = app_world.cookies[sessions.COOKIE]
    client.set_cookie(sessions.COOKIE, secret, domain="id.example", secure=True, httponly=True)
    return client


def test_a_confirmation_that_another_page_sends_ends_nothing(victim: FlaskClient, app_world: World) -> None:
    page = victim.get("/logout", base_url=ORIGIN)
    token = re.search(r'name="csrf_token" value="([^"]+)"', page.text)
    assert token is not None
    yes = {"decision": "sign_out"}
    for form, headers in (
        (yes, {}),
        ({**yes, "csrf_token": "made-up"}, {}),
        ({**yes, "csrf_token": token[1]}, {"Sec-Fetch-Site": "cross-site"}),
    ):
        answer = victim.post("/logout", base_url=ORIGIN, data=form, headers=headers)
        assert answer.status_code == 403
    assert is_signed_in(app_world)
    assert victim.post("/logout", base_url=ORIGIN, data={**yes, "csrf_token": token[1]}).status_code == 303
    assert not is_signed_in(app_world)


@pytest.mark.parametrize(
    "address",
    [
        "https://evil.example/",
        f"{BYE}/",
        f"{BYE}?a=b",
        f"{BYE}#f",
        BYE.upper(),
        BYE.replace("hall", "hall.evil"),
        BYE.replace("http://", "http://evil@"),
        f"{BYE}%2f..",
        "//evil.example/",
        "javascript:alert(1)",
    ],
)
def test_signing_out_is_no_open_redirector(world: World, address: str) -> None:
    for signed_in in (False, True):
        if signed_in:
            world.sign_in()
        with pytest.raises(Shown):
            ask(world, client_id=HALL, post_logout_redirect_uri=address)
    hint = id_token(world) if path_of(world.authorize()) != "/consent" else None
    if hint is not None:
        with pytest.raises(Shown):
            ask(world, id_token_hint=hint, post_logout_redirect_uri=address)


def test_the_address_of_another_client_is_not_gone_to(world: World) -> None:
    with pytest.raises(Shown):
        ask(world, client_id=SPA, post_logout_redirect_uri=BYE)


def test_state_cannot_change_where_the_address_leads(world: World) -> None:
    location = location_of(
        ask(world, client_id=HALL, post_logout_redirect_uri=BYE, state="&a=b#c\r\nSet-Cookie: x")
    )
    assert location == f"{BYE}?state=%26a%3Db%23c%0D%0ASet-Cookie%3A+x"


@pytest.mark.parametrize(
    "address",
    [
        "https://127.0.0.1/told",
        "https://10.0.0.1/told",
        "https://169.254.169.254/latest/meta-data",
        "https://[::1]/told",
        "https://[::ffff:10.0.0.1]/told",
        "http://127.0.0.1:6379/",
    ],
)
def test_a_backchannel_logout_uri_reaches_nothing_of_our_own_network(
    world: World, configuration: Settings, address: str
) -> None:
    """Through the client that the worker uses; `outbound.allow` is empty here."""
    register(world, HALL, backchannel_logout_uri=address)
    told = Told(world)
    outbound = Outbound(configuration.outbound.model_copy(update={"allow": ()}))
    told.notices.post = lambda uri, body, headers: outbound.post(uri, body, headers=headers)
    sid = world.sign_in()
    world.code(HALL)
    with world.provider.sessions.begin() as session:
        sessions.end(session, sid, world.clock())
    assert told.drain().died == 1
    (event,) = world.events("logout_failed")
    assert json.loads(event.payload)["reason"] == "address-refused"


@pytest.mark.parametrize("name", ["backchannel_logout_uri", "frontchannel_logout_uri"])
@pytest.mark.parametrize(
    "address",
    [
        "http://hall.example/out",
        "ftp://hall.example/out",
        "javascript:alert(1)",
        "/out",
        "https://user@hall.example/out",
        "https://hall.example/out#f",
        "https://hall.example/o ut",
    ],
)
def test_an_address_that_nobody_should_be_told_at_is_not_registered(name: str, address: str) -> None:
    fields = {"client_id": "hall", "sector": "s", "client_name": "n"}
    with pytest.raises(MetadataRefused):
        read({**fields, "redirect_uris": ["https://hall.example/callback"], name: address})


@pytest.mark.parametrize("address", ["https://evil.example/out", "https://hall.example:8443/out"])
def test_a_frame_of_another_origin_than_the_clients_is_not_registered(address: str) -> None:
    """Or the signed-out page would load what it is told to, from anywhere."""
    fields = {"client_id": "hall", "sector": "s", "client_name": "n"}
    with pytest.raises(MetadataRefused, match="origin"):
        read({**fields, "redirect_uris": ["https://hall.example/cb"], "frontchannel_logout_uri": address})
