"""Every use of a mandate is seen, and a new client is noticed once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from idp.audit import log as audit
from idp.audit.events.decoupled import AuthorizationApproved
from idp.audit.events.protocol import CodeIssued
from idp.audit.events.signing_in import SignedIn
from idp.mandates.models import Mandate
from idp.mandates.uses import (
    LOOKED_AT,
    MandateClient,
    Use,
    UseOfOrganisation,
    is_first_use,
    uses,
    uses_for,
)
from idp.storage.base import new_id
from tests.idp.mandates.world import World
from tests.idp.people.conftest import ON_EACH_DATABASE

pytestmark = ON_EACH_DATABASE


@pytest.fixture
def person_id(world: World) -> str:
    return world.person()


@pytest.fixture
def mandate_id(world: World, person_id: str) -> str:
    principal = world.person()
    with world.sessions.begin() as session:
        made = Mandate(
            id=new_id(world.clock()),
            role="relative",
            person_id=person_id,
            principal_id=principal,
            matters=[],
            may_pass_on=False,
            granted_at=world.clock(),
        )
        session.add(made)
        return made.id


def used(world: World, person_id: str, mandate_id: str | None, client_id: str = "hall") -> Use:
    world.clock.advance(60)
    event = CodeIssued(client_id, person_id, ("openid",), 2, "grant", mandate_id=mandate_id)
    with world.sessions.begin() as session:
        audit.record(session, event, context=world.context)
    return Use(world.clock(), client_id)


def seen(world: World, mandate_id: str, limit: int = 10) -> tuple[Use, ...]:
    with world.sessions() as session:
        return uses(session.connection(), mandate_id, limit)


def test_uses_are_listed_newest_first(world: World, person_id: str, mandate_id: str) -> None:
    expected = [used(world, person_id, mandate_id, client) for client in ("hall", "tax", "hall")]
    assert list(seen(world, mandate_id)) == expected[::-1]
    assert list(seen(world, mandate_id, 2)) == expected[:0:-1]


def test_what_a_person_does_as_themselves_or_for_others_is_not_among_them(
    world: World, person_id: str, mandate_id: str
) -> None:
    used(world, person_id, None)
    used(world, person_id, new_id(world.clock()))
    with world.sessions.begin() as session:
        event = SignedIn(person_id, "hall", 2, ("password",), mandate_id)
        audit.record(session, event, context=world.context)
    # Somebody else cannot have used it: what names it elsewhere does not count.
    used(world, world.person(), mandate_id)
    assert seen(world, mandate_id) == ()


def test_attack_a_use_is_buried_under_many_sign_ins_as_oneself(
    world: World, person_id: str, mandate_id: str
) -> None:
    """A script of a portal's makes thousands in minutes, none of which anybody is asked about."""
    use = used(world, person_id, mandate_id)
    organisation_id = world.firm(None)
    world.change(mandate_id, role="agent", principal_id=None, organisation_id=organisation_id)
    world.clock.advance(60)
    with world.sessions.begin() as session:
        for _ in range(LOOKED_AT + 1):
            event = CodeIssued("hall", person_id, ("openid",), 2, "grant")
            audit.record(session, event, context=world.context)
    assert seen(world, mandate_id) == (use,)
    with world.sessions() as session:
        (found,) = uses_for(session.connection(), organisation_id, 10)
    assert found == UseOfOrganisation(use.at, use.client_id, mandate_id)


def test_what_waited_elsewhere_is_a_use(world: World, person_id: str, mandate_id: str) -> None:
    world.clock.advance(60)
    event = AuthorizationApproved("hall", person_id, "device", ("openid",), 2, "grant", mandate_id=mandate_id)
    with world.sessions.begin() as session:
        audit.record(session, event, context=world.context)
    assert seen(world, mandate_id) == (Use(world.clock(), "hall"),)


def test_nothing_from_before_it_was_granted(world: World, person_id: str, mandate_id: str) -> None:
    used(world, person_id, mandate_id)
    world.change(mandate_id, granted_at=world.clock() + timedelta(seconds=1))
    assert seen(world, mandate_id) == ()
    assert seen(world, new_id(world.clock())) == ()


def test_a_new_client_is_noticed_once(world: World, mandate_id: str, session: Session) -> None:
    assert is_first_use(session, mandate_id, "hall", world.clock())
    assert not is_first_use(session, mandate_id, "hall", world.clock())
    assert is_first_use(session, mandate_id, "tax", world.clock())


def test_two_first_uses_at_once_are_told_of_once(
    world: World, mandate_id: str, sessions: sessionmaker[Session]
) -> None:
    start = Barrier(4)

    def use(_turn: int) -> bool:
        start.wait()
        with sessions.begin() as session:
            return is_first_use(session, mandate_id, "hall", world.clock())

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(use, range(4))) == [False, False, False, True]


def test_a_mandate_that_is_swept_takes_its_clients_with_it(
    world: World, mandate_id: str, session: Session
) -> None:
    is_first_use(session, mandate_id, "hall", world.clock())
    session.delete(session.get_one(Mandate, mandate_id))
    session.commit()
    assert session.scalar(select(func.count()).select_from(MandateClient)) == 0
