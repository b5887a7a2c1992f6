"""Sign-out at a portal's wish: at once when it names the session, after a question otherwise."""

import json

import pytest
from flask import Flask
from sqlalchemy import delete

from idp import sessions
from idp.oidc.authorize.addressing import Shown
from idp.oidc.http import FORM, Parameters, Request, Response
from idp.oidc.keys.jwt import ID_TOKEN
from idp.oidc.keys.models import SigningKey
from idp.oidc.keys.ring import RELOAD_SECONDS, KeysMissing
from idp.oidc.logout import ending, rp_initiated
from tests.idp.oidc.world import HALL, SPA, World, fields_of, location_of, parameters, path_of

BYE = "http://hall.localhost:8001/bye"


def id_token(world: World, client_id: str = HALL) -> str:
    return str(json.loads(world.token(world.code(client_id), client_id).body)["id_token"])


def ask(world: World, **values: str) -> Response:
    return rp_initiated.end_session(world.provider, world.get(rp_initiated.PATH, values))


def is_signed_in(world: World) -> bool:
    with world.provider.reads.connect() as connection:
        secret = world.cookies[sessions.COOKIE]
        return sessions.sign_in(connection, secret, world.clock()) is not None


def test_the_portal_of_this_session_signs_out_without_a_question(world: World) -> None:
    world.sign_in()
    hint = id_token(world)
    world.clock.advance(3000)  # an expired id_token is still a hint
    response = ask(world, id_token_hint=hint, post_logout_redirect_uri=BYE, state="a&b")
    assert location_of(response) == f"{BYE}?state=a%26b"
    assert "Max-Age=0" in dict(response.headers)["Set-Cookie"]
    assert not is_signed_in(world)
    (event,) = world.events("signed_out")
    assert (event.person_id, event.client_id) == (world.person_id, HALL)
    # The cookie that is left over opens nothing, and asking again is harmless.
    assert location_of(ask(world, id_token_hint=hint, post_logout_redirect_uri=BYE)) == BYE
    assert len(world.events("signed_out")) == 1


def test_without_a_hint_the_person_is_asked(world: World) -> None:
    world.sign_in()
    response = ask(world, client_id=HALL, post_logout_redirect_uri=BYE, state="s")
    assert path_of(response) == rp_initiated.CONFIRM_PATH
    assert is_signed_in(world)
    confirm = world.get(rp_initiated.CONFIRM_PATH, fields_of(response))
    wanted = rp_initiated.question(world.provider, confirm).wanted
    assert wanted.client is not None
    assert (wanted.client.client_id, wanted.return_to) == (HALL, f"{BYE}?state=s")
    assert location_of(rp_initiated.confirmed(world.provider, confirm)) == f"{BYE}?state=s"
    assert not is_signed_in(world)


def test_a_hint_of_another_session_is_asked_about(world: World) -> None:
    world.sign_in()
    hint = id_token(world)
    world.sign_in()
    assert path_of(ask(world, id_token_hint=hint)) == rp_initiated.CONFIRM_PATH


def test_nothing_to_end_goes_straight_on(world: World) -> None:
    assert location_of(ask(world)) == ending.DONE_PATH
    assert location_of(ask(world, client_id=HALL, post_logout_redirect_uri=BYE)) == BYE


def test_a_bare_request_ends_on_our_own_page(world: World) -> None:
    world.sign_in()
    response = ask(world)
    confirm = world.get(rp_initiated.CONFIRM_PATH, fields_of(response))
    assert location_of(rp_initiated.confirmed(world.provider, confirm)) == ending.DONE_PATH


def test_an_address_that_is_not_registered_is_never_gone_to(world: World) -> None:
    world.sign_in()
    hint = id_token(world)
    for values in (
        {"id_token_hint": hint, "post_logout_redirect_uri": "https://evil.example/"},
        {"id_token_hint": hint, "post_logout_redirect_uri": BYE + "/"},
        {"post_logout_redirect_uri": BYE},
        {"client_id": SPA, "post_logout_redirect_uri": BYE},
        {"client_id": SPA, "id_token_hint": hint},
        {"id_token_hint": "a.b.c"},
    ):
        with pytest.raises(Shown):
            ask(world, **values)
    assert is_signed_in(world)


def test_a_post_goes_on_as_a_get(world: World) -> None:
    world.sign_in()
    form = parameters({"id_token_hint": id_token(world), "post_logout_redirect_uri": BYE})
    posted = Request("POST", rp_initiated.PATH, form=form, content_type=FORM)
    response = rp_initiated.end_session(world.provider, posted)
    assert path_of(response) == rp_initiated.PATH
    assert location_of(ask(world, **fields_of(response))) == BYE
    with pytest.raises(Shown):
        rp_initiated.end_session(
            world.provider, Request("POST", rp_initiated.PATH, content_type="text/plain")
        )
    assert rp_initiated.end_session(world.provider, Request("PUT", rp_initiated.PATH)).status == 405


def confirmation(world: World, **values: str) -> rp_initiated.Question:
    return rp_initiated.question(world.provider, world.get(rp_initiated.CONFIRM_PATH, values))


def test_the_page_says_when_the_portal_means_somebody_else(world: World) -> None:
    sid = world.sign_in()
    hint = id_token(world)
    sub = world.provider.keys.current().read(hint, typ=ID_TOKEN)["sub"]
    assert not confirmation(world, client_id=HALL).is_about_somebody_else
    for mine in (sub, world.sid_at(HALL, sid)):
        assert not confirmation(world, client_id=HALL, logout_hint=mine).is_about_somebody_else
    assert confirmation(world, client_id=HALL, logout_hint="else").is_about_somebody_else
    world.sign_in()  # the same person once more: another session, nobody else
    assert not confirmation(world, id_token_hint=hint).is_about_somebody_else
    world.cookies.clear()
    assert not confirmation(world, client_id=HALL, logout_hint="else").is_about_somebody_else


def test_without_a_key_nobody_can_say_whose_hint_it_is(world: World) -> None:
    world.sign_in()
    hint = id_token(world)
    with world.provider.sessions.begin() as session:
        session.execute(delete(SigningKey))
    world.clock.advance(RELOAD_SECONDS)
    with pytest.raises(KeysMissing):
        ask(world, id_token_hint=hint)
    assert is_signed_in(world)
    assert path_of(ask(world)) == rp_initiated.CONFIRM_PATH


def test_a_missing_key_is_an_outage_at_both_doors(app: Flask, app_world: World) -> None:
    app_world.sign_in()
    hint = id_token(app_world)
    code = app_world.code(HALL)
    with app_world.provider.sessions.begin() as session:
        session.execute(delete(SigningKey))
    app_world.clock.advance(RELOAD_SECONDS)
    page = app.test_client().get(
        rp_initiated.PATH, base_url="https://id.example", query_string={"id_token_hint": hint}
    )
    assert page.status_code == 503
    assert page.headers["Retry-After"]
    assert app_world.token(code).status == 503


def test_the_page_and_the_end_are_in_the_language_that_the_portal_asks_for(
    app: Flask, app_world: World
) -> None:
    client, base = app.test_client(), "https://id.example"
    for ui_locales in ("en", "zh-Hant"):
        app_world.sign_in()
        hint = id_token(app_world)
        asked = {"id_token_hint": hint, "ui_locales": ui_locales}
        page = client.get("/logout", base_url=base, query_string=asked)
        assert f'<html lang="{ui_locales}"' in page.text
        location = location_of(ask(app_world, **asked))
        page = client.get(location, base_url=base)
        assert f'<html lang="{ui_locales}"' in page.text
        # Nowhere to go on to was asked for: the way back is the client's own page.
        assert 'id="back-to-portal" href="http://hall.localhost:8001/"' in page.text


def test_parameters_that_come_twice_are_refused(world: World) -> None:
    twice = Parameters({"client_id": (HALL, SPA)})
    with pytest.raises(Shown):
        rp_initiated.end_session(world.provider, Request("GET", rp_initiated.PATH, query=twice))
