"""The level that an organisation sets for giving and accepting."""

import pytest

from idp.mandates.models import Role
from idp.mandates.refusing import Refusal
from tests.idp.business.registering import code_of
from tests.idp.mandates.world import World, refused


@pytest.fixture
def root(world: World) -> str:
    """Of person 1."""
    world.firm(1)
    return world.root(world.person(1))


def change(world: World, mandate_id: str, level: int, proved: int = 4) -> bool:
    by = world.standing(mandate_id)
    assert by is not None
    with world.sessions.begin() as session:
        return world.mandates.levels.set(session, by, level, proved=proved, context=world.context)


def level_of(world: World, mandate_id: str) -> int:
    with world.sessions() as session:
        return world.mandates.levels.of(session, world.row(mandate_id).organisation_id)


def test_it_is_the_settings_until_it_is_set(world: World, root: str) -> None:
    other = world.firm(1, code_of(2))
    assert level_of(world, root) == 2
    assert change(world, root, 3)
    assert level_of(world, root) == 3
    with world.sessions() as session:
        assert world.mandates.levels.of(session, other) == 2
        assert world.mandates.levels.of(session, None) == 3
    (event,) = world.events("acceptance_level_changed")
    assert event["level"] == 3
    assert not change(world, root, 3)
    assert change(world, root, 4)


def test_who_lowers_it_proves_what_it_was(world: World, root: str) -> None:
    change(world, root, 4)
    with refused(Refusal.LEVEL):
        change(world, root, 2, proved=3)
    assert change(world, root, 2, proved=4)


def test_attack_an_administrator_shuts_out_everybody_who_has_no_key_in_hardware(
    world: World, root: str
) -> None:
    """Nobody could lower it again, nor appoint or renew anybody, the legal representative neither."""
    administrator = world.below(root, world.person(2), Role.ADMINISTRATOR)
    with refused(Refusal.LEVEL):
        change(world, administrator, 4, proved=3)
    # Level 3 is for everybody to reach.
    assert change(world, administrator, 3, proved=2)
    assert change(world, administrator, 4, proved=4)


@pytest.mark.parametrize("level", [-1, 0, 1, 5])
def test_no_other_levels(world: World, root: str, level: int) -> None:
    with refused(Refusal.ACCEPTANCE_LEVEL):
        change(world, root, level)


def test_an_administrator_of_all_business_sets_it_and_nobody_else(world: World, root: str) -> None:
    administrator = world.below(root, world.person(2), Role.ADMINISTRATOR)
    narrow = world.below(root, world.person(3), Role.ADMINISTRATOR, "permits")
    agent = world.below(root, world.person(4), Role.AGENT)
    assert change(world, administrator, 3)
    for nobody in (narrow, agent):
        with refused(Refusal.NO_STANDING):
            change(world, nobody, 2)


def test_who_lost_the_mandate_meanwhile_sets_nothing(world: World, root: str) -> None:
    by = world.standing(root)
    assert by is not None
    world.change(root, ended_at=world.clock())
    with refused(Refusal.NO_STANDING), world.sessions.begin() as session:
        world.mandates.levels.set(session, by, 4, proved=4, context=world.context)


def test_a_relative_sets_no_level(world: World) -> None:
    principal = world.person(5)
    made = world.accept(world.invite(None, 6, Role.RELATIVE, by=principal), world.person(6))
    with refused(Refusal.NO_STANDING):
        change(world, made, 2)
