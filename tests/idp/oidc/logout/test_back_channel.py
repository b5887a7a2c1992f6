"""Back-channel logout: what clients are told, when, how often, and what is written down of it."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from idp import sessions
from idp.audit.context import AuditContext
from idp.crypto.digests import digest, from_base64url
from idp.oidc import sharing
from idp.oidc.keys.jwt import ID_TOKEN, LOGOUT_TOKEN, NotOurToken
from idp.oidc.keys.models import SigningKey
from idp.oidc.logout.back_channel import AWAY, EVENT, SECONDS
from idp.outbound import AddressRefused, Answer, TimedOut
from idp.storage.ephemeral import Clock
from idp.storage.ephemeral.memory import MemoryStore
from idp.storage.outbox import MOST_ATTEMPTS, delay_after
from tests.idp.oidc.logout.clients import BACK, Told, answering, register, tell, waiting
from tests.idp.oidc.world import HALL, SPA, TAX, World, fields_of


@pytest.fixture
def told(world: World) -> Told:
    return Told(world)


def end(world: World, sid: str) -> None:
    with world.provider.sessions.begin() as session:
        assert sessions.end(session, sid, world.clock())


def signed_in_at(world: World, *client_ids: str) -> str:
    """A new session with a code for each of these clients; its own id."""
    sid = world.sign_in()
    for client_id in client_ids:
        assert world.code(client_id)
    return sid


def header_of(token: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(from_base64url(token.partition(".")[0]))
    return found


def test_a_logout_token_says_what_section_2_4_asks(world: World, told: Told) -> None:
    tell(world, HALL)
    sid = world.sign_in()
    id_token = json.loads(world.token(world.code()).body)["id_token"]
    known = world.provider.keys.current().read(id_token, typ=ID_TOKEN)
    world.clock.advance(50)
    end(world, sid)
    world.clock.advance(5)
    assert told.drain().delivered == 1
    assert told.addresses == [BACK[HALL]]
    claims = told.claims()
    jti = claims.pop("jti")
    assert len(jti) >= 16
    now = int(world.clock().timestamp())
    assert claims == {
        "iss": "https://id.example",
        "aud": HALL,
        "iat": now,
        "exp": now + SECONDS,
        "events": {EVENT: {}},
        "sub": known["sub"],
        "sid": known["sid"],
    }
    assert "nonce" not in claims
    assert SECONDS <= 120
    assert header_of(told.posts[0][1])["typ"] == "logout+jwt"
    assert header_of(told.posts[0][1])["alg"] == "ES256"


def test_it_is_signed_with_the_algorithm_that_the_client_registered(world: World, told: Told) -> None:
    tell(world, HALL)
    register(world, HALL, id_token_signed_response_alg="RS256")
    end(world, signed_in_at(world, HALL))
    told.drain()
    assert header_of(told.posts[0][1])["alg"] == "RS256"


def test_each_client_that_was_entered_is_told_once_and_no_other(world: World, told: Told) -> None:
    tell(world, HALL, SPA)
    world.sign_in(level=3, method="face")
    world.code(HALL), world.code(HALL), world.code(TAX)
    sid = signed_in_at(world, HALL, HALL)
    end(world, sid)
    assert told.drain().delivered == 1
    assert told.addresses == [BACK[HALL]]
    assert told.claims()["sid"] == world.sid_at(HALL, sid)
    assert waiting(world) == []
    (event,) = world.events("logout_delivered")
    assert (event.client_id, event.person_id) == (HALL, world.person_id)
    assert json.loads(event.payload) == {"attempts": 1, "session_id": digest(sid)}


def test_two_clients_learn_two_names_of_the_same_session(world: World, told: Told) -> None:
    tell(world, HALL, SPA)
    end(world, signed_in_at(world, HALL, SPA))
    told.drain()
    one, other = told.claims(0), told.claims(1)
    assert one["sid"] != other["sid"]
    assert one["sub"] != other["sub"]
    assert one["jti"] != other["jti"]


def test_a_session_that_runs_out_tells_its_clients(world: World, told: Told) -> None:
    tell(world, HALL)
    idle = world.provider.protocol.session_idle_seconds
    signed_in_at(world, HALL)
    world.clock.advance(idle - 1)
    with world.provider.sessions.begin() as session:
        assert sessions.sweep(session, world.clock()) == 0
    world.clock.advance(1)
    with world.provider.sessions.begin() as session:
        assert sessions.sweep(session, world.clock()) == 1
    assert told.drain().delivered == 1


def test_a_frozen_account_and_a_changed_password_tell_all_but_the_session_that_stays(
    world: World, told: Told
) -> None:
    tell(world, HALL)
    signed_in_at(world, HALL)
    here = signed_in_at(world, HALL)
    with world.provider.sessions.begin() as session:
        assert sessions.end_all_of(session, world.person_id, world.clock(), but=here) == 1
    assert told.drain().delivered == 1
    with world.provider.sessions.begin() as session:
        assert sessions.end_all_of(session, world.person_id, world.clock()) == 1
    assert told.drain().delivered == 1
    assert told.claims()["sid"] == world.sid_at(HALL, here)


def test_a_withdrawn_consent_tells_that_client_alone_and_the_session_goes_on(
    world: World, told: Told
) -> None:
    tell(world, HALL, SPA)
    sid = signed_in_at(world, HALL, SPA)
    with world.provider.sessions.begin() as session:
        assert sharing.withdraw(session, world.person_id, HALL, context=AuditContext(world.clock()))
    told.drain()
    assert told.addresses == [BACK[HALL]]
    end(world, sid)
    told.drain()
    assert told.addresses == sorted([BACK[HALL], BACK[SPA]])


def test_a_notice_shares_the_fate_of_the_change(world: World) -> None:
    tell(world, HALL)
    sid = signed_in_at(world, HALL)
    with world.provider.sessions() as session:
        sessions.end(session, sid, world.clock())
        session.flush()
        session.rollback()
    assert waiting(world) == []
    end(world, sid)
    (message,) = waiting(world)
    assert json.loads(message.payload) == {"client_id": HALL, "sid": sid, "person_id": world.person_id}


def test_a_client_that_does_not_answer_is_asked_again_later_and_later(world: World, told: Told) -> None:
    tell(world, HALL)
    told.say = answering(503)
    end(world, signed_in_at(world, HALL))
    for attempt in range(1, MOST_ATTEMPTS):
        done = told.drain()
        assert (done.put_off, done.died) == (1, 0)
        assert told.drain().put_off == 0  # not before its time
        world.clock.advance(max(delay_after(attempt), AWAY).total_seconds())
    tokens = {token for _, token in told.posts}
    assert len(tokens) == len(told.posts) == MOST_ATTEMPTS - 1
    assert world.events("logout_failed") == []
    assert told.drain().died == 1
    (event,) = world.events("logout_failed")
    assert event.client_id == HALL
    assert json.loads(event.payload)["reason"] == "status-503"
    assert json.loads(event.payload)["attempts"] == MOST_ATTEMPTS


def test_a_token_that_was_put_off_is_as_fresh_as_the_first(world: World, told: Told) -> None:
    tell(world, HALL)
    told.say = answering(500)
    end(world, signed_in_at(world, HALL))
    told.drain()
    first = told.claims()
    told.say = answering(204)
    world.clock.advance(3600)
    assert told.drain().delivered == 1
    again = told.claims()
    assert again["iat"] - first["iat"] == 3600
    assert again["jti"] != first["jti"]


def test_no_answer_at_all_is_tried_again(world: World, told: Told) -> None:
    def nothing(_uri: str) -> Answer:
        raise TimedOut("too slow")

    tell(world, HALL)
    told.say = nothing
    end(world, signed_in_at(world, HALL))
    assert told.drain().put_off == 1
    assert waiting(world)[0].failure == "ClientAway"


@pytest.mark.parametrize("status", [400, 403, 404, 302, 201])
def test_a_client_that_refuses_is_not_asked_again(world: World, told: Told, status: int) -> None:
    # Section 2.8: 400 says that the request was invalid, or the logout failed.
    tell(world, HALL)
    told.say = answering(status)
    end(world, signed_in_at(world, HALL))
    assert told.drain().died == 1
    world.clock.advance(86400)
    assert told.drain().delivered == told.drain().put_off == 0
    assert len(told.posts) == 1
    (event,) = world.events("logout_failed")
    assert json.loads(event.payload)["reason"] == f"status-{status}"


def test_one_client_that_is_away_does_not_keep_the_others_waiting(world: World, told: Told) -> None:
    def hall_is_away(uri: str) -> Answer:
        if uri == BACK[HALL]:
            raise TimedOut("too slow")
        return Answer(200, {}, b"")

    tell(world, HALL, SPA)
    told.say = hall_is_away
    for _ in range(5):
        signed_in_at(world, HALL, SPA)
    with world.provider.sessions.begin() as session:
        sessions.end_all_of(session, world.person_id, world.clock())
    done = told.drain()
    assert (done.delivered, done.put_off) == (5, 5)
    assert told.addresses.count(BACK[HALL]) == 1
    told.say = answering(200)
    world.clock.advance(AWAY.total_seconds())
    assert told.drain().delivered == 5


def test_attack_a_client_that_answers_slowly_keeps_the_others_waiting(world: World, told: Told) -> None:
    """Anybody may sign in at a client of their own and out again, as often as they like."""

    def hall_is_slow(uri: str) -> Answer:
        world.clock.advance(4.5 if uri == BACK[HALL] else 0)
        return Answer(200, {}, b"")

    tell(world, HALL, SPA)
    told.say = hall_is_slow
    for _ in range(9):
        signed_in_at(world, HALL, SPA)
    with world.provider.sessions.begin() as session:
        sessions.end_all_of(session, world.person_id, world.clock())
    done = told.drain()
    assert (done.delivered, done.put_off) == (9 + 4, 5)
    assert told.addresses.count(BACK[HALL]) == 4
    for _ in range(9):
        world.clock.advance(AWAY.total_seconds())
        told.drain()
    assert told.addresses.count(BACK[HALL]) == 9


def test_an_address_in_our_own_network_is_never_asked_again(world: World, told: Told) -> None:
    def refuse(_uri: str) -> Answer:
        raise AddressRefused("https://hall.example:443 is not a public address")

    tell(world, HALL)
    told.say = refuse
    end(world, signed_in_at(world, HALL))
    assert told.drain().died == 1
    (event,) = world.events("logout_failed")
    assert json.loads(event.payload)["reason"] == "address-refused"


def test_a_client_that_wants_to_know_nothing_any_more_is_let_be(world: World, told: Told) -> None:
    tell(world, HALL)
    end(world, signed_in_at(world, HALL))
    register(world, HALL, backchannel_logout_uri=None)
    world.clock.advance(10)
    assert told.drain().delivered == 1
    assert told.posts == []


def test_without_a_key_nothing_is_lost(world: World, told: Told) -> None:
    tell(world, HALL)
    end(world, signed_in_at(world, HALL))
    with world.provider.sessions.begin() as session:
        kept = session.query(SigningKey).all()
        for key in kept:
            key.active_from += timedelta(days=30)
    world.clock.advance(60)
    assert told.drain().put_off == 1
    with world.provider.sessions.begin() as session:
        for key in session.query(SigningKey).all():
            key.active_from -= timedelta(days=30)
    world.clock.advance(60)
    assert told.drain().delivered == 1


def test_a_logout_token_is_no_id_token_and_an_id_token_no_logout_token(world: World, told: Told) -> None:
    tell(world, HALL)
    sid = world.sign_in()
    id_token = json.loads(world.token(world.code()).body)["id_token"]
    end(world, sid)
    told.drain()
    ring = world.provider.keys.current()
    for token, typ in ((told.posts[0][1], ID_TOKEN), (id_token, LOGOUT_TOKEN)):
        with pytest.raises(NotOurToken):
            ring.read(token, typ=typ)


class EndingStore(MemoryStore):
    """Does something of its own when an interaction comes to its end, before the code is made."""

    def __init__(self, clock: Clock, then: Callable[[], object]) -> None:
        super().__init__(clock)
        self._then = then

    def replace(self, key: str, old: bytes, new: bytes, *, seconds: int) -> bool:
        self._then()
        return super().replace(key, old, new, seconds=seconds)


def test_a_session_that_ends_while_a_code_is_made_gives_none(world: World) -> None:
    """The client that is to be told is written down before the code, or there is none."""
    tell(world, HALL)
    sid = world.sign_in()
    world.provider = replace(world.provider, store=EndingStore(world.clock, lambda: end(world, sid)))
    answer = fields_of(world.agree(world.authorize(HALL)))
    assert answer["error"] == "login_required"
    assert "code" not in answer
    assert waiting(world) == []


@pytest.mark.parametrize("scope", ["openid", "openid offline_access"])
def test_a_code_is_not_redeemed_after_the_client_was_told(world: World, scope: str) -> None:
    """Or it would sign the person in by an id_token that it was told is over."""
    tell(world, HALL)
    sid = world.sign_in()
    code = world.code(HALL, scope=scope)
    end(world, sid)
    refused = world.token(code)
    assert (refused.status, json.loads(refused.body)["error"]) == (400, "invalid_grant")
