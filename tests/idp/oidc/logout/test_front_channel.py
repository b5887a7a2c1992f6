"""Front-channel logout: the signed-out page loads what portals registered, and never waits for them."""

import json
import re
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient

from idp import sessions
from idp.oidc.logout import front_channel, rp_initiated
from idp.oidc.logout.front_channel import FRAMES_AT_MOST, Farewell
from tests.idp.oidc.logout.clients import FRONT, register
from tests.idp.oidc.world import HALL, SPA, World, location_of

BYE = "http://hall.localhost:8001/bye"
ORIGIN = "https://id.example"
SPA_FRAME = "https://spa.example/out?a=b"


def sign_out(world: World, **values: str) -> str:
    """With the hall's id_token; where the browser is sent."""
    hint = json.loads(world.token(world.code(HALL)).body)["id_token"]
    asked = world.get(rp_initiated.PATH, {"id_token_hint": hint, **values})
    return location_of(rp_initiated.end_session(world.provider, asked))


def farewell_at(world: World, location: str) -> Farewell:
    left = parse_qs(urlsplit(location).query)[front_channel.PARAMETER][0]
    found = front_channel.recall(world.provider.store, left)
    assert found is not None
    return found


def test_clients_of_the_session_are_loaded_and_the_way_back_is_kept(world: World) -> None:
    register(world, HALL, frontchannel_logout_uri=FRONT)
    register(world, SPA, frontchannel_logout_uri=SPA_FRAME, frontchannel_logout_session_required=True)
    sid = world.sign_in()
    world.code(SPA)
    location = sign_out(world, post_logout_redirect_uri=BYE, state="s", ui_locales="en")
    assert location.startswith("/logout/done?")
    farewell = farewell_at(world, location)
    assert (farewell.return_to, farewell.client_id, farewell.ui_locales) == (f"{BYE}?state=s", HALL, "en")
    plain, with_sid = farewell.frames
    # Section 2: nothing goes along unless it is required; then both do.
    assert plain == FRONT
    assert parse_qs(urlsplit(with_sid).query) == {
        "a": ["b"],
        "iss": [ORIGIN],
        "sid": [world.sid_at(SPA, sid)],
    }


def test_clients_that_were_not_entered_in_this_session_are_not_loaded(world: World) -> None:
    register(world, SPA, frontchannel_logout_uri=SPA_FRAME)
    world.sign_in()
    world.code(SPA)
    world.sign_in()
    assert sign_out(world, post_logout_redirect_uri=BYE) == BYE


def test_frames_are_bounded(world: World) -> None:
    register(world, HALL, frontchannel_logout_uri=FRONT)
    found = front_channel.frames(world.provider, [HALL] * (FRAMES_AT_MOST + 5), "sid")
    assert len(found) == FRAMES_AT_MOST


def test_a_page_that_is_loaded_too_late_is_the_plain_one(world: World) -> None:
    kept = front_channel.keep(world.provider.store, Farewell(HALL, BYE, (FRONT,)))
    world.clock.advance(front_channel.SECONDS)
    assert front_channel.recall(world.provider.store, kept) is None
    assert front_channel.recall(world.provider.store, "made-up") is None


@pytest.fixture
def person(app: Flask, app_world: World) -> FlaskClient:
    """Signed in, with a code for the hall."""
    register(app_world, HALL, frontchannel_logout_uri=FRONT)
    app_world.sign_in()
    app_world.code(HALL)
    client = app.test_client()
    client.get("/account", base_url=ORIGIN)
    secret = app_world.cookies[sessions.COOKIE]
    client.set_cookie(sessions.COOKIE, secret, domain="id.example", secure=True, httponly=True)
    return client


def test_the_page_may_load_these_origins_and_no_others(person: FlaskClient, app_world: World) -> None:
    location = sign_out(app_world, post_logout_redirect_uri=BYE, state="s")
    page = person.get(location, base_url=ORIGIN, headers={"Accept-Language": "en"})
    policy = page.headers["Content-Security-Policy"]
    assert "; frame-src http://hall.localhost:8001;" in policy
    assert f'<iframe src="{FRONT}" hidden' in page.text
    # It may not lead the page away: the person goes where the registered address says, and nowhere else.
    assert 'sandbox="allow-scripts allow-same-origin"' in page.text
    assert f'id="back-to-portal" href="{BYE}?state=s"' in page.text
    assert "js/logout.js" in page.text
    plain = person.get("/logout/done", base_url=ORIGIN)
    assert "frame-src" not in plain.headers["Content-Security-Policy"]
    assert "js/logout.js" not in plain.text


def test_signing_out_in_the_account_tells_the_portals_as_well(person: FlaskClient, app_world: World) -> None:
    page = person.get("/account", base_url=ORIGIN).text
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert token is not None
    answer = person.post("/account/sign-out", base_url=ORIGIN, data={"csrf_token": token[1]})
    assert answer.status_code == 303
    assert "__Host-session=;" in "".join(answer.headers.getlist("Set-Cookie"))
    page = person.get(answer.location, base_url=ORIGIN).text
    assert f'<iframe src="{FRONT}"' in page
    # Nobody waits to be led on: the page stays, so nothing of it needs a script.
    assert "js/logout.js" not in page
    assert len(app_world.events("signed_out")) == 1


def test_a_bare_sign_out_of_a_portal_shows_the_way_back_to_it(world: World) -> None:
    world.sign_in()
    location = sign_out(world)
    assert farewell_at(world, location) == Farewell(HALL, None, ())
