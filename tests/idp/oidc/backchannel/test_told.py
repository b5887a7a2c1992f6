"""Ping and push: what clients are told, with what, how often, and when nobody tries any more
(CIBA Core 1.0 sections 10.2, 10.3 and 12)."""

import json
from datetime import timedelta

import pytest
from sqlalchemy import select

from idp import sessions
from idp.audit.context import AuditContext
from idp.crypto.digests import base64url
from idp.oidc import sharing
from idp.oidc.backchannel.answered import AUTH_REQ_ID, RT_HASH
from idp.oidc.backchannel.delivery import AWAY
from idp.oidc.clients.models import ClientRecord
from idp.oidc.keys.algorithms import ALGORITHMS
from idp.oidc.token.offline_grants import OfflineGrant
from idp.outbound import AddressRefused, Answer, AnswerRefused, TimedOut
from idp.people.models import Person, PersonStatus
from idp.storage.outbox import OutboxMessage
from tests.contracts.advertised.moves import part_of
from tests.idp.oidc.backchannel.desk import TOKEN, TOLD_AT, Desk, body_of
from tests.idp.oidc.logout.clients import answering
from tests.idp.oidc.world import HALL, SECRETS, World, basic

OFFLINE = "openid profile offline_access"


@pytest.fixture
def pinged(world: World) -> Desk:
    return Desk(world, mode="ping")


@pytest.fixture
def pushed(world: World) -> Desk:
    return Desk(world, mode="push")


def offline_rows(world: World) -> int:
    with world.provider.sessions() as session:
        return len(session.scalars(select(OfflineGrant)).all())


def test_a_client_is_pinged_and_fetches(world: World, pinged: Desk) -> None:
    response = pinged.ask(login_hint=pinged.sub())
    auth_req_id = body_of(response)["auth_req_id"]
    assert body_of(response)["interval"] == 5
    pinged.drain()
    assert pinged.posts == []
    pinged.approve(pinged.waiting()[0])
    pinged.drain()
    ((uri, body, headers),) = pinged.posts
    assert (uri, body) == (TOLD_AT[HALL], {"auth_req_id": auth_req_id})
    assert headers == {"content-type": "application/json", "authorization": f"Bearer {TOKEN}"}
    assert "access_token" in body_of(pinged.poll(auth_req_id))
    assert json.loads(world.events("notification_delivered")[0].payload)["mode"] == "ping"


def test_a_refusal_is_pinged_as_well(world: World, pinged: Desk) -> None:
    auth_req_id = pinged.asked(pinged.sub())
    pinged.refuse(pinged.waiting()[0])
    pinged.drain()
    assert pinged.posts[0][1] == {"auth_req_id": auth_req_id}
    assert pinged.error(auth_req_id) == "access_denied"


def test_tokens_are_pushed_and_bound_to_the_request(world: World, pushed: Desk) -> None:
    response = pushed.ask(login_hint=pushed.sub(), scope=OFFLINE)
    said = body_of(response)
    assert "interval" not in said
    pushed.approve(pushed.waiting()[0])
    pushed.drain()
    ((_, body, headers),) = pushed.posts
    assert headers["authorization"] == f"Bearer {TOKEN}"
    assert body["auth_req_id"] == said["auth_req_id"]
    assert {"access_token", "token_type", "expires_in", "id_token", "refresh_token"} <= body.keys()
    claims = part_of(body["id_token"], 1)
    assert claims[AUTH_REQ_ID] == said["auth_req_id"]
    for name, token in (("at_hash", "access_token"), (RT_HASH, "refresh_token")):
        whole = ALGORITHMS["ES256"].digest(body[token].encode())
        assert claims[name] == base64url(whole[: len(whole) // 2])
    assert world.userinfo(body["access_token"]).status == 200
    form = {"grant_type": "refresh_token", "refresh_token": body["refresh_token"]}
    assert world.post("/oauth2/token", form, authorization=basic(HALL, SECRETS[HALL])).status == 200


def test_what_is_pushed_cannot_be_fetched(pushed: Desk) -> None:
    auth_req_id = pushed.asked(pushed.sub())
    assert pushed.error(auth_req_id) == "unauthorized_client"
    pushed.approve(pushed.waiting()[0])
    assert pushed.error(auth_req_id) == "unauthorized_client"


def test_a_refusal_is_pushed(pushed: Desk) -> None:
    auth_req_id = pushed.asked(pushed.sub())
    pushed.refuse(pushed.waiting()[0])
    pushed.drain()
    assert pushed.posts[0][1] == {"auth_req_id": auth_req_id, "error": "access_denied"}


def test_that_nobody_answered_is_pushed_and_to_nobody_else_who_has_an_answer(
    world: World, pushed: Desk
) -> None:
    sub = pushed.sub()
    handles = {pushed.asked(sub), pushed.asked(sub)}
    pushed.approve(pushed.waiting()[0])
    pushed.drain()
    ((_, given, _),) = pushed.posts
    world.clock.advance(301)
    pushed.drain()
    (left,) = handles - {given["auth_req_id"]}
    assert [body for _, body, _ in pushed.posts[1:]] == [{"auth_req_id": left, "error": "expired_token"}]


def test_a_hint_that_means_nobody_ends_like_one_that_nobody_answers(world: World, pushed: Desk) -> None:
    auth_req_id = pushed.asked("s" * 43)
    world.clock.advance(300)
    pushed.drain()
    assert pushed.posts[0][1] == {"auth_req_id": auth_req_id, "error": "expired_token"}


@pytest.mark.parametrize("status", [200, 204])
def test_either_status_is_success(pinged: Desk, status: int) -> None:
    pinged.asked(pinged.sub())
    pinged.approve(pinged.waiting()[0])
    pinged.say = answering(status)
    assert pinged.drain().delivered == 1


@pytest.mark.parametrize("status", [400, 401, 404])
def test_a_client_that_refuses_is_not_told_again_and_its_tokens_end(
    world: World, pushed: Desk, status: int
) -> None:
    pushed.asked(pushed.sub(), scope=OFFLINE)
    pushed.approve(pushed.waiting()[0])
    assert offline_rows(world) == 1
    pushed.say = answering(status)
    assert pushed.drain().died == 1
    assert offline_rows(world) == 0
    assert world.userinfo(pushed.posts[0][1]["access_token"]).status == 401
    (event,) = world.events("notification_failed")
    assert json.loads(event.payload)["reason"] == f"status-{status}"


def test_a_client_that_is_away_is_told_later_but_not_when_its_tokens_are_stale(
    world: World, pushed: Desk
) -> None:
    def away(_uri: str) -> Answer:
        raise TimedOut("too slow")

    pushed.asked(pushed.sub(), scope=OFFLINE)
    pushed.approve(pushed.waiting()[0])
    pushed.say = away
    assert pushed.drain().put_off == 1
    world.clock.advance((AWAY + timedelta(seconds=1)).total_seconds())
    assert pushed.drain().put_off == 1
    assert pushed.posts[0][1] == pushed.posts[1][1]
    world.clock.advance(600)
    pushed.say = answering(204)
    assert pushed.drain().died == 1
    assert len(pushed.posts) == 2
    assert offline_rows(world) == 0
    assert json.loads(world.events("notification_failed")[0].payload)["reason"] == "too-late"


def test_nothing_lies_in_the_clear(world: World, pushed: Desk) -> None:
    auth_req_id = pushed.asked(pushed.sub(), scope=OFFLINE)
    pushed.approve(pushed.waiting()[0])
    with world.provider.sessions() as session:
        payloads = b"".join(session.scalars(select(OutboxMessage.payload)))
    pushed.drain()
    body = pushed.posts[0][1]
    kept = repr(vars(world.provider.store)).encode() + payloads
    for secret in (auth_req_id, TOKEN, body["access_token"], body["refresh_token"], body["id_token"]):
        assert secret.encode() not in kept


@pytest.mark.parametrize("failure", [AddressRefused("not public"), AnswerRefused("a redirect")])
def test_attack_a_notification_endpoint_leads_inside_or_elsewhere(
    world: World, pushed: Desk, failure: Exception
) -> None:
    def refuse(_uri: str) -> Answer:
        raise failure

    pushed.asked(pushed.sub())
    pushed.approve(pushed.waiting()[0])
    pushed.say = refuse
    assert pushed.drain().died == 1
    world.clock.advance(3600)
    pushed.drain()
    assert len([body for _, body, _ in pushed.posts if "access_token" in body]) == 1


def test_a_client_that_was_suspended_meanwhile_gets_nothing(world: World, pushed: Desk) -> None:
    pushed.asked(pushed.sub(), scope=OFFLINE)
    pushed.approve(pushed.waiting()[0])
    pushed.notifications.find_client = lambda _client_id: None
    assert pushed.drain().died == 1
    assert (pushed.posts, offline_rows(world)) == ([], 0)


@pytest.mark.parametrize("scope", ["openid profile", OFFLINE])
@pytest.mark.parametrize("ends", ["session", "consent", "account", "everything of the client"])
def test_attack_tokens_wait_in_the_outbox_until_the_person_is_gone(
    world: World, pushed: Desk, scope: str, ends: str
) -> None:
    """A client that was away gets nothing to sign somebody in with who has signed out, or is frozen."""

    def away(_uri: str) -> Answer:
        raise TimedOut("too slow")

    auth_req_id = pushed.asked(pushed.sub(), scope=scope)
    pushed.approve(pushed.waiting()[0])
    pushed.say = away
    assert pushed.drain().put_off == 1
    tokens = pushed.posts.pop()[1]
    with world.provider.sessions.begin() as session:
        if ends == "session":
            sessions.end_all_of(session, world.person_id, world.clock())
        elif ends == "consent":
            sharing.withdraw(session, world.person_id, HALL, context=AuditContext(world.clock()))
        elif ends == "account":
            session.get_one(Person, world.person_id).status = PersonStatus.FROZEN
        else:
            session.get_one(ClientRecord, HALL).ended_before = world.clock()
    world.provider.clients.forget(HALL)
    pushed.say = answering(204)
    world.clock.advance(30)
    assert pushed.drain().delivered >= 1
    assert pushed.posts[0][1] == {"auth_req_id": auth_req_id, "error": "transaction_failed"}
    assert offline_rows(world) == 0
    assert world.userinfo(tokens["access_token"]).status == 401


def test_attack_a_client_that_answers_slowly_holds_up_all_others(world: World, pushed: Desk) -> None:
    """It makes as many notices as it likes: requests that nobody answers are told, too."""

    def slow(_uri: str) -> Answer:
        world.clock.advance(4.5)
        return Answer(204, {}, b"")

    for number in range(9):
        pushed.asked(f"{number}" * 43, requested_expiry="30")
    world.clock.advance(31)
    pushed.say = slow
    assert (pushed.drain().delivered, pushed.drain().delivered) == (4, 0)
    for _ in range(20):
        world.clock.advance(15)
        pushed.drain()
    assert len(pushed.posts) == 9
