"""A mandate stands as long as its whole ladder does; each rung, register and account can break it."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine

from idp.business.organisation_kinds import OrganisationStatus
from idp.mandates.models import Role
from idp.mandates.standing import standing
from idp.people.models import PersonStatus
from tests.idp.business.registering import code_of
from tests.idp.mandates.world import World
from tests.idp.people.conftest import ON_EACH_DATABASE

pytestmark = ON_EACH_DATABASE
ADMINISTRATOR, AGENT = Role.ADMINISTRATOR, Role.AGENT


def test_the_representative_stands_for_everything(world: World) -> None:
    person = world.person(1)
    organisation = world.firm(1)
    found = world.standing(world.root(person))
    assert found is not None
    assert (found.role, found.person_id, found.organisation_id) == (
        Role.LEGAL_REPRESENTATIVE,
        person,
        organisation,
    )
    assert (found.matters, found.expires_at, found.may_pass_on, found.depth) == ((), None, True, 1)
    assert found.covers("anything")
    assert found.is_business


def test_it_is_asked_outside_of_transactions_too(world: World, engine: Engine) -> None:
    person = world.person(1)
    world.firm(1)
    root = world.root(person)
    agent = world.below(root, world.person(2), AGENT, "tax", days=3)
    found = standing(engine, agent, world.clock())
    assert found is not None
    assert (found.matters, found.expires_at, found.depth) == (("tax",), world.clock() + timedelta(days=3), 2)
    assert standing(engine, "unknown", world.clock()) is None


def ladder(world: World) -> list[str]:
    """Four rungs, of people 1 to 4."""
    world.firm(1)
    root = world.root(world.person(1))
    administrator = world.below(root, world.person(2), ADMINISTRATOR, may_pass_on=True)
    agent = world.below(administrator, world.person(3), AGENT, "tax", "permits", days=9, may_pass_on=True)
    return [root, administrator, agent, world.below(agent, world.person(4), AGENT, "tax", may_pass_on=True)]


def stands(world: World, rungs: list[str]) -> list[bool]:
    return [world.standing(rung) is not None for rung in rungs]


def test_four_rungs_stand_and_the_earliest_end_is_the_end(world: World) -> None:
    rungs = ladder(world)
    found = [world.standing(rung) for rung in rungs]
    assert [one and one.depth for one in found] == [1, 2, 3, 4]
    assert [one and one.may_pass_on for one in found] == [True, True, True, False]
    last = found[3]
    assert last is not None
    assert (last.matters, last.expires_at) == (("tax",), world.clock() + timedelta(days=9))
    assert not last.covers("permits")


def test_a_fifth_rung_never_stands(world: World) -> None:
    rungs = ladder(world)
    assert world.standing(world.below(rungs[3], world.person(5))) is None


def test_a_rung_that_ended_breaks_all_below_it(world: World) -> None:
    rungs = ladder(world)
    for broken in range(4):
        world.change(rungs[broken], ended_at=world.clock())
        assert stands(world, rungs) == [number < broken for number in range(4)]
        world.change(rungs[broken], ended_at=None)


def test_a_holder_without_an_active_account_breaks_all_below(world: World) -> None:
    rungs = ladder(world)
    for broken in range(4):
        holder = world.row(rungs[broken]).person_id
        for status in (PersonStatus.FROZEN, PersonStatus.DECEASED, PersonStatus.CLOSED):
            world.set_status(holder, status)
            assert stands(world, rungs) == [number < broken for number in range(4)]
        world.set_status(holder, PersonStatus.ACTIVE)
    assert stands(world, rungs) == [True] * 4


def test_time_breaks_all_below(world: World) -> None:
    rungs = ladder(world)
    world.change(rungs[1], expires_at=world.clock() + timedelta(seconds=10))
    world.clock.advance(9)
    assert stands(world, rungs) == [True] * 4
    world.clock.advance(1)
    assert stands(world, rungs) == [True, False, False, False]


@pytest.mark.parametrize("status", [status for status in OrganisationStatus if status != "active"])
def test_nobody_stands_for_an_organisation_that_is_not_active(
    world: World, status: OrganisationStatus
) -> None:
    rungs = ladder(world)
    world.firm(1, status=status)
    assert stands(world, rungs) == [False] * 4


def test_another_representative_breaks_everything(world: World) -> None:
    rungs = ladder(world)
    world.firm(2)
    assert stands(world, rungs) == [False] * 4


def test_a_representative_whom_the_register_tells_no_number_of_is_nobody(world: World) -> None:
    rungs = ladder(world)
    world.firm(None)
    assert stands(world, rungs) == [False] * 4


def test_an_answer_of_the_register_that_is_too_old_counts_for_nothing(world: World) -> None:
    rungs = ladder(world)
    world.clock.advance(world.organisations.trusted.total_seconds() - 1)
    assert stands(world, rungs) == [True] * 4
    world.clock.advance(1)
    assert stands(world, rungs) == [False] * 4
    world.firm(1)
    assert stands(world, rungs) == [True] * 4


def test_a_rung_of_another_organisation_is_none(world: World) -> None:
    rungs = ladder(world)
    other = world.firm(1, code_of(2))
    world.change(rungs[2], organisation_id=other)
    assert stands(world, rungs) == [True, True, False, False]


def test_a_ladder_stands_on_a_representative_alone(world: World) -> None:
    """The register names the person of the first rung, whose row says that it is an agent's."""
    rungs = ladder(world)
    world.change(rungs[0], role=AGENT)
    assert stands(world, rungs) == [False] * 4


def test_narrowing_above_narrows_below(world: World) -> None:
    rungs = ladder(world)
    world.change(rungs[1], matters=["permits", "seals"])
    agent, last = world.standing(rungs[2]), world.standing(rungs[3])
    assert agent is not None
    assert agent.matters == ("permits",)
    # Nothing in common is nothing, and not everything.
    assert last is None
    assert world.held_by(world.row(rungs[3]).person_id) == []


def test_a_person_holds_what_stands_the_oldest_first(world: World) -> None:
    rungs = ladder(world)
    person = world.row(rungs[2]).person_id
    world.clock.advance(1)
    second = world.below(rungs[0], person, AGENT)
    ended = world.below(rungs[1], world.person(9), AGENT)
    assert world.held_by(person) == [rungs[2], second]
    world.change(rungs[2], ended_at=world.clock())
    assert world.held_by(person) == [second]
    world.change(ended, ended_at=world.clock())
    assert world.held_by(world.row(ended).person_id) == []
