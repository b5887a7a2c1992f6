"""Who may end a mandate, and what ends with it."""

import pytest

from idp.mandates.ending import Reason
from idp.mandates.models import Mandate, Role
from idp.mandates.refusing import MandateRefused, Refusal
from idp.storage.base import new_id
from tests.idp.mandates.world import World


@pytest.fixture
def rungs(world: World) -> list[str]:
    """Of people 1 to 4: four rungs, and an agent of the representative's own."""
    world.firm(1)
    root = world.root(world.person(1))
    administrator = world.below(root, world.person(2), Role.ADMINISTRATOR, may_pass_on=True)
    agent = world.below(administrator, world.person(3), may_pass_on=True)
    last = world.below(agent, world.person(4))
    return [root, administrator, agent, last, world.below(root, world.person(5))]


def person_of(world: World, mandate_id: str) -> str:
    return world.row(mandate_id).person_id


@pytest.mark.parametrize(("by", "reason"), [(0, "withdrawn"), (1, "withdrawn"), (2, "laid_down")])
def test_those_above_and_the_holder_may(world: World, rungs: list[str], by: int, reason: str) -> None:
    person = person_of(world, rungs[by])
    assert world.end(rungs[2], by=person) == (rungs[2], rungs[3])
    assert world.reasons(*rungs) == [None, None, reason, "above_ended", None]
    assert world.row(rungs[2]).ended_by == person
    assert world.ended == [rungs[2], rungs[3]]


@pytest.mark.parametrize("by", [3, 4])
def test_those_below_and_beside_may_not(world: World, rungs: list[str], by: int) -> None:
    with pytest.raises(MandateRefused) as refused:
        world.end(rungs[2], by=person_of(world, rungs[by]))
    assert refused.value.reason is Refusal.NOT_FOUND
    assert (world.reasons(*rungs), world.ended) == ([None] * 5, [])


def test_a_stranger_is_not_told_that_there_is_one(world: World, rungs: list[str]) -> None:
    stranger = world.person(9)
    for mandate_id in (rungs[2], new_id(world.clock())):
        with pytest.raises(MandateRefused, match="not_found"):
            world.end(mandate_id, by=stranger)


def test_who_was_above_and_is_no_more_may_not(world: World, rungs: list[str]) -> None:
    former = person_of(world, rungs[2])
    world.change(rungs[2], ended_at=world.clock())
    with pytest.raises(MandateRefused):
        world.end(rungs[3], by=former)


def test_a_root_is_the_registers(world: World, rungs: list[str]) -> None:
    with pytest.raises(MandateRefused) as refused:
        world.end(rungs[0], by=person_of(world, rungs[0]))
    assert refused.value.reason is Refusal.NOT_YOURS


def test_an_operator_says_why_and_ends_all_below(world: World, rungs: list[str]) -> None:
    with pytest.raises(ValueError, match="says why"):
        world.end(rungs[0], by=None)
    assert sorted(world.end(rungs[0], by=None, reason=Reason.OPERATOR)) == sorted(rungs)
    assert world.reasons(*rungs) == ["operator", *["above_ended"] * 4]


def test_twice_is_once(world: World, rungs: list[str]) -> None:
    assert world.end(rungs[4], by=None, reason=Reason.OPERATOR) == (rungs[4],)
    assert world.end(rungs[4], by=None, reason=Reason.OPERATOR) == ()
    assert len(world.events("mandate_ended")) == 1
    assert world.ended == [rungs[4]]


def test_the_principal_and_the_relative_may_and_nobody_else(world: World) -> None:
    principal, relative = world.person(1), world.person(2)

    def granted() -> str:
        with world.sessions.begin() as session:
            row = Mandate(
                id=new_id(world.clock()),
                role=Role.RELATIVE.value,
                person_id=relative,
                principal_id=principal,
                granted_by=principal,
                matters=[],
                may_pass_on=False,
                granted_at=world.clock(),
            )
            session.add(row)
            return row.id

    first = granted()
    with pytest.raises(MandateRefused):
        world.end(first, by=world.person(3))
    world.end(first, by=principal)
    second = granted()
    world.end(second, by=relative)
    assert world.reasons(first, second) == ["ended_by_principal", "laid_down"]


def test_a_ward_does_not_end_the_guardians(world: World) -> None:
    ward, guardian = world.person(1), world.person(2)
    with world.sessions.begin() as session:
        row = Mandate(
            id=new_id(world.clock()),
            role=Role.GUARDIAN.value,
            person_id=guardian,
            principal_id=ward,
            matters=[],
            may_pass_on=False,
            granted_at=world.clock(),
        )
        session.add(row)
    for person in (ward, guardian):
        with pytest.raises(MandateRefused):
            world.end(row.id, by=person)
