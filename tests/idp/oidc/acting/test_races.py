"""Somebody signs in somewhere, or is given a grant, at the very moment at which their mandate ends: either
that is found and ended with it, or it does not come to be. On each database, with all locks."""

from collections.abc import Callable, Collection
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from threading import Barrier

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

import idp.models  # noqa: F401 - every table
from idp import session_clients, sessions, settings
from idp.business.organisation_kinds import OrganisationStatus
from idp.crypto.fields import BlindIndex, FieldCipher
from idp.mandates.ending import Reason
from idp.oidc.acting.ending import end_what_rests_on
from idp.oidc.acting.wearing import hold
from idp.oidc.clients.models import ClientRecord
from idp.oidc.token import offline_beginnings
from idp.oidc.token.offline_grants import OfflineGrant
from idp.session_clients import Notice, SessionClient
from idp.session_proofs import Proof
from idp.sessions import SignIn
from idp.storage.outbox import OutboxMessage
from tests.contracts.test_redeem_race import AUTHORIZATION
from tests.fakes import FakeClock
from tests.idp.mandates.world import World
from tests.idp.people.conftest import ON_EACH_DATABASE, cipher, clock, engine, index
from tests.idp.people.conftest import sessions as made_sessions

__all__ = ["cipher", "clock", "engine", "index", "made_sessions"]

pytestmark = ON_EACH_DATABASE
PROTOCOL = settings.load({}).protocol
ROUNDS = 25
HALL = "hall"


class Linked(World):
    def ends(self, session: Session, mandate_ids: Collection[str], now: datetime) -> None:
        end_what_rests_on(session, mandate_ids, now)


@pytest.fixture
def world(
    made_sessions: sessionmaker[Session], cipher: FieldCipher, index: BlindIndex, clock: FakeClock
) -> Linked:
    with made_sessions.begin() as session:
        client = ClientRecord(client_id=HALL, sector="hall.example", metadata_json={})
        client.created_at = client.updated_at = clock()
        session.add(client)
    return Linked(made_sessions, cipher, index, clock)


def signed_in(world: World, person_id: str) -> SignIn:
    now = world.clock()
    with world.sessions.begin() as session:
        proof = Proof("password", 2, now, ("pwd",))
        opened, _ = sessions.open(session, person_id, proof, now=now, settings=PROTOCOL)
        return SignIn(opened.sid, person_id, opened.proofs, 2, opened.opened_at, opened.last_used_at)


def enters(world: World, mandate_id: str, who: SignIn) -> bool:
    """As `authorize.outcome` does."""
    with world.sessions() as session:
        if not hold(session, mandate_id):
            return False
        assert sessions.act(session, who, HALL, mandate_id, world.clock(), PROTOCOL)
        session.commit()
        return True


def is_granted(world: World, mandate_id: str, who: SignIn) -> bool:
    """As `token.issuing` does."""
    given = replace(AUTHORIZATION, client_id=HALL, person_id=who.person_id, mandate_id=mandate_id)
    with world.sessions() as session:
        if not hold(session, mandate_id):
            return False
        grant_id, idle = who.sid.replace("-", ""), timedelta(days=1)
        offline_beginnings.start(session, grant_id, given, {}, world.clock(), idle=idle)
        session.commit()
        return True


def ends(world: World, mandate_id: str) -> None:
    world.end(mandate_id, None, Reason.OPERATOR)


def is_suspended(world: World, _mandate_id: str) -> None:
    world.firm(1, status=OrganisationStatus.SUSPENDED)


def left(world: World) -> tuple[int, int, list[str]]:
    """Clients with a hat, grants, and of which sessions clients are told."""
    with world.sessions() as session:
        entered = len(session.scalars(select(SessionClient).where(~session_clients.HAS_ENDED)).all())
        grants = len(session.scalars(select(OfflineGrant)).all())
        waiting = session.scalars(select(OutboxMessage).where(OutboxMessage.kind == session_clients.KIND))
        return entered, grants, [Notice.read(one.payload).sid for one in waiting]


@pytest.mark.parametrize("end", [ends, is_suspended])
@pytest.mark.parametrize("begin", [enters, is_granted])
def test_whatever_begins_as_a_mandate_ends_is_over_with_it(
    world: Linked,
    begin: Callable[[World, str, SignIn], bool],
    end: Callable[[World, str], None],
) -> None:
    boss, person_id = world.person(1), world.person()
    told = 0
    with ThreadPoolExecutor(2) as pool:
        for _ in range(ROUNDS):
            world.clock.advance(1)
            world.firm(1)
            mandate, who = world.below(world.root(boss), person_id), signed_in(world, person_id)
            barrier = Barrier(2)

            def contend(work: Callable[[], object], at: Barrier = barrier) -> object:
                at.wait()
                return work()

            began = pool.submit(contend, lambda m=mandate, w=who: begin(world, m, w))  # type: ignore[misc]
            ended = pool.submit(contend, lambda m=mandate: end(world, m))  # type: ignore[misc]
            was_first = began.result(timeout=30)
            ended.result(timeout=30)
            entered, grants, notices = left(world)
            assert (entered, grants) == (0, 0)
            told += was_first is True and begin is enters
            assert len(notices) == told
            if end is is_suspended:
                world.end(mandate, None, Reason.OPERATOR)


def test_attack_changing_hats_at_the_moment_at_which_the_mandate_ends(world: Linked) -> None:
    """Whichever is first: the portal is told once, and what is chosen last goes on there."""
    boss, person_id = world.person(1), world.person()
    world.firm(1)
    with ThreadPoolExecutor(2) as pool:
        for round_number in range(1, ROUNDS + 1):
            world.clock.advance(1)
            mandate, who = world.below(world.root(boss), person_id), signed_in(world, person_id)
            assert enters(world, mandate, who)
            barrier = Barrier(2)

            def change(who: SignIn = who, at: Barrier = barrier) -> None:
                at.wait()
                with world.sessions.begin() as session:
                    assert sessions.act(session, who, HALL, session_clients.MYSELF, world.clock(), PROTOCOL)

            def end(mandate: str = mandate, at: Barrier = barrier) -> None:
                at.wait()
                ends(world, mandate)

            for done in [pool.submit(change), pool.submit(end)]:
                done.result(timeout=30)
            entered, _, notices = left(world)
            assert (entered, len(notices)) == (round_number, round_number)
            assert notices.count(who.sid) == 1
