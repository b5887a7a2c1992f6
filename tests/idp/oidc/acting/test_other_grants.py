"""Whatever way a grant for somebody else came or is used: it stands while the mandate does."""

import json

import pytest

from idp.oidc.backchannel import notices
from idp.oidc.decoupled import answering
from idp.oidc.token import offline_grants
from idp.session_clients import MYSELF
from tests.idp.oidc.acting.hats import Hats
from tests.idp.oidc.acting.test_ending import entered, offline
from tests.idp.oidc.backchannel.desk import Desk, body_of
from tests.idp.oidc.device.kiosk import SPA, Kiosk, Phone, error, register, said
from tests.idp.oidc.logout.clients import answering as saying
from tests.idp.oidc.token.exchange.exchanging import ARCHIVE, AT_DESK, DESK, opened
from tests.idp.oidc.world import BROWSER, HALL, fields_of, path_of

OFFLINE = "openid profile offline_access"


def test_a_code_is_worth_nothing_once_the_mandate_has_ended(hats: Hats) -> None:
    hats.accept()
    for scope in ("openid profile", OFFLINE):
        agent = hats.agent()
        response = hats.choose(hats.world.authorize(prompt="select_account", scope=scope), agent)
        response = hats.world.agree(response) if path_of(response) == "/consent" else response
        hats.mandates.end(agent, hats.world.person_id)
        answer = hats.world.token(fields_of(response)["code"])
        assert (answer.status, json.loads(answer.body)["error"]) == (400, "invalid_grant")
    assert (entered(hats.world), offline(hats.world)) == ({}, 0)


def test_a_token_is_not_exchanged_once_the_mandate_has_ended(hats: Hats) -> None:
    hats.accept()
    desk = opened(hats.world)
    for one in (DESK, ARCHIVE):
        desk.register(one, accepted_parties=["citizen", "business", "agent"])
    agent = hats.agent()
    token = hats.tokens(agent, resource=AT_DESK)["access_token"]
    exchanged = desk.made(token)["access_token"]
    assert desk.said(exchanged, ARCHIVE)["active"]
    hats.mandates.end(agent, hats.world.person_id)
    assert desk.refused(token) == "invalid_request"
    assert desk.said(token, DESK) == desk.said(exchanged, ARCHIVE) == {"active": False}


def test_a_device_is_answered_for_whom_the_person_chooses_each_time(hats: Hats) -> None:
    """Nobody sees at the device for whom it is, so nothing is remembered for it."""
    register(hats.world, SPA, accepted_parties=["citizen", "agent"])
    kiosk, phone = Kiosk(hats.world), Phone(hats.world)
    agent = hats.agent()
    for _ in range(2):
        kiosk.ask()
        response = phone.resume(phone.confirm(kiosk.user_code))
        response = hats.choose(response, agent)
        if path_of(response) == "/consent":
            response = hats.world.agree(response)
        assert fields_of(response)["outcome"] == "approved"
    token = said(kiosk.poll())["access_token"]
    assert hats.world.userinfo(token).status == 200
    assert entered(hats.world) == {SPA: agent}
    hats.mandates.end(agent, hats.world.person_id)
    assert hats.world.userinfo(token).status == 401


def test_a_device_gets_nothing_when_the_mandate_ends_before_it_polls(hats: Hats) -> None:
    register(hats.world, SPA, accepted_parties=["citizen", "agent"])
    kiosk, phone = Kiosk(hats.world), Phone(hats.world)
    agent = hats.agent()
    kiosk.ask()
    response = hats.choose(phone.resume(phone.confirm(kiosk.user_code)), agent)
    assert fields_of(hats.world.agree(response))["outcome"] == "approved"
    hats.mandates.end(agent, hats.world.person_id)
    assert error(kiosk.poll()) == "invalid_grant"


@pytest.mark.parametrize("choice", ["agent", "myself"])
def test_what_is_pushed_goes_out_while_the_mandate_stands(hats: Hats, choice: str) -> None:
    """CIBA Core 1.0 section 10.3: it may wait for minutes in the outbox."""
    hats.accept()
    desk = Desk(hats.world, mode="push", say=saying(204))
    agent = hats.agent()
    sub = body_of(hats.world.userinfo(hats.tokens(MYSELF)["access_token"]))["sub"]
    desk.asked(sub)
    (waiting,) = desk.waiting()
    started = answering.begin(hats.world.provider, waiting, BROWSER, hats.world.clock())
    response = hats.world.resume(started.id)
    response = hats.choose(response, agent if choice == "agent" else MYSELF)
    if path_of(response) == "/consent":
        response = hats.world.agree(response)
    hats.mandates.end(agent, hats.world.person_id)
    desk.drain()
    ((_, body, _),) = desk.posts
    if choice == "agent":
        assert (body["error"], "access_token" in body) == (notices.FAILED, False)
    else:
        assert "access_token" in body


def test_nobody_vouches_for_whom_a_person_acts_for(hats: Hats) -> None:
    """A grant that was left open in somebody else's name is none that an assertion opens."""
    hats.accept()
    hats.tokens(hats.agent(), scope=OFFLINE)
    hats.tokens(MYSELF, scope=OFFLINE, prompt="select_account")
    with hats.world.engine.connect() as connection:
        found = offline_grants.all_of(connection, hats.world.person_id, HALL, hats.world.clock())
    assert [one.mandate_id for one in found] == [None]
