"""Who holds a licence at this moment, also while that is about to change."""

from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as StillWaits

import pytest

from idp.business.organisation_kinds import OrganisationStatus
from idp.business.registry import LegalRepresentative
from idp.login.licences.holding import hat_held
from idp.mandates.standing import Standing
from tests.idp.business.registering import company
from tests.idp.mandates.conftest import cipher, clock, context, engine, index, session, sessions, world
from tests.idp.mandates.world import World, name_of, number_of
from tests.idp.people.conftest import ON_EACH_DATABASE

__all__ = ["cipher", "clock", "context", "engine", "index", "session", "sessions", "world"]

pytestmark = ON_EACH_DATABASE


def test_attack_a_session_opens_while_its_organisation_falls(world: World) -> None:
    """What ends such sessions has looked for them before this one is written."""
    organisation_id, person_id = world.firm(1), world.person(1)
    world.root(person_id)

    def held() -> Standing | None:
        with world.sessions.begin() as session:
            return hat_held(session, person_id, organisation_id, world.clock())

    assert held() is not None
    world.clock.advance(1)
    fallen = company(
        representative=LegalRepresentative(name_of(1), number_of(1)), status=OrganisationStatus.DISSOLVED
    )
    with ThreadPoolExecutor(1) as pool:
        with world.sessions.begin() as session:
            world.organisations.keep(session, fallen, asked_at=world.clock(), context=world.context)
            session.flush()
            found: Future[Standing | None] = pool.submit(held)
            with pytest.raises(StillWaits):
                found.result(timeout=0.3)
        assert found.result(timeout=10) is None
