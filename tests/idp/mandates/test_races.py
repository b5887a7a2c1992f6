"""Several at once, in threads that hold connections of their own: one is through, the others are told."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import func, select

from idp.mandates.models import Mandate, Role
from idp.mandates.refusing import MandateRefused
from tests.idp.mandates.world import World
from tests.idp.people.conftest import ON_EACH_DATABASE

pytestmark = ON_EACH_DATABASE


@pytest.fixture
def root(world: World) -> str:
    """Of person 1."""
    world.firm(1)
    return world.root(world.person(1))


def at_once(*acts: Callable[[], object]) -> list[str]:
    """What came of each: `done`, or why it was refused."""
    start = Barrier(len(acts))

    def run(act: Callable[[], object]) -> str:
        start.wait()
        try:
            act()
        except MandateRefused as refused:
            return refused.reason.value
        return "done"

    with ThreadPoolExecutor(len(acts)) as pool:
        return sorted(pool.map(run, acts))


def live(world: World, role: Role) -> int:
    with world.sessions() as session:
        query = select(func.count()).where(Mandate.role == role, Mandate.ended_at.is_(None))
        return session.scalar(query) or 0


def test_an_invitation_accepted_in_two_tabs_makes_one_mandate(world: World, root: str) -> None:
    sent, person = world.invite(root, 2), world.person(2)
    found = at_once(*[lambda: world.accept(sent, person)] * 4)
    assert found == ["done", "not_found", "not_found", "not_found"]
    assert live(world, Role.AGENT) == 1


def test_six_who_accept_at_once_make_five_administrators(world: World, root: str) -> None:
    sent = [world.invite(root, serial, Role.ADMINISTRATOR) for serial in (2, 3, 4)]
    first = world.below(root, world.person(8), Role.ADMINISTRATOR)
    world.below(root, world.person(9), Role.ADMINISTRATOR)
    world.end(first, by=world.row(root).person_id)
    sent.append(world.invite(root, 5, Role.ADMINISTRATOR))
    # Appointed by hand meanwhile, so that more wait than may be.
    world.below(root, world.person(10), Role.ADMINISTRATOR)
    people = [world.person(serial) for serial in (2, 3, 4, 5)]
    acts = [
        lambda one=invitation, who=person: world.accept(one, who)
        for invitation, person in zip(sent, people, strict=True)
    ]
    assert at_once(*acts) == ["done", "done", "done", "limit"]
    assert live(world, Role.ADMINISTRATOR) == 5


def test_a_sixth_relative_at_once_with_the_fifth(world: World) -> None:
    principal = world.person(1)
    sent = [world.invite(None, serial, Role.RELATIVE, by=principal) for serial in (2, 3, 4, 5, 6)]
    people = [world.person(serial) for serial in (2, 3, 4, 5, 6)]
    world.settings = world.settings.model_copy(update={"relatives_at_most": 3})
    acts = [
        lambda one=invitation, who=person: world.accept(one, who)
        for invitation, person in zip(sent, people, strict=True)
    ]
    assert at_once(*acts) == ["done", "done", "done", "limit", "limit"]
    assert live(world, Role.RELATIVE) == 3


def test_accepting_while_whoever_invited_loses_the_mandate_leaves_nothing_standing(
    world: World, root: str
) -> None:
    above = world.below(root, world.person(2), Role.ADMINISTRATOR, may_pass_on=True)
    sent, person = world.invite(above, 3), world.person(3)
    representative = world.row(root).person_id
    found = at_once(lambda: world.accept(sent, person), lambda: world.end(above, by=representative))
    assert found in (["done", "done"], ["done", "not_found"])
    assert world.held_by(person) == []
    # Whichever came first, nothing that is live hangs on what has ended.
    assert live(world, Role.AGENT) == 0


def test_accepting_while_the_register_names_another_leaves_nothing_live(world: World, root: str) -> None:
    sent, person = world.invite(root, 2), world.person(2)
    world.clock.advance(1)
    found = at_once(lambda: world.accept(sent, person), lambda: world.firm(9))
    assert found in (["done", "done"], ["done", "not_found"])
    assert live(world, Role.AGENT) == live(world, Role.LEGAL_REPRESENTATIVE) == 0


def test_inviting_the_same_person_twice_at_once_is_one_invitation(world: World, root: str) -> None:
    found = at_once(*[lambda: world.invite(root, 2)] * 4)
    assert found == ["already_invited", "already_invited", "already_invited", "done"]


def test_ending_twice_at_once_tells_once(world: World, root: str) -> None:
    made = world.below(root, world.person(2))
    by = world.row(root).person_id
    assert at_once(*[lambda: world.end(made, by=by)] * 4) == ["done"] * 4
    assert world.ended == [made]
    assert len(world.events("mandate_ended")) == 1


def test_two_who_end_upwards_and_downwards_do_not_wait_for_each_other(world: World, root: str) -> None:
    second = world.below(root, world.person(2), Role.ADMINISTRATOR, may_pass_on=True)
    third = world.below(second, world.person(3), may_pass_on=True)
    fourth = world.below(third, world.person(4))
    holder, representative = world.row(fourth).person_id, world.row(root).person_id
    at_once(
        lambda: world.end(fourth, by=holder),
        lambda: world.end(second, by=representative),
        lambda: world.end(third, by=representative),
    )
    assert sorted(world.ended) == sorted([second, third, fourth])
