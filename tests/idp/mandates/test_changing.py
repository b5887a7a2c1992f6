"""Renewing and narrowing: who may, how far, and what rests on it."""

from datetime import datetime, timedelta

import pytest

from idp.business.organisation_kinds import OrganisationStatus
from idp.mandates.models import Role
from idp.mandates.refusing import Refusal
from tests.idp.mandates.world import World, refused


@pytest.fixture
def rungs(world: World) -> list[str]:
    """Of people 1 to 4."""
    world.firm(1)
    root = world.root(world.person(1))
    second = world.below(root, world.person(2), Role.ADMINISTRATOR, days=100, may_pass_on=True)
    third = world.below(
        second, world.person(3), Role.AGENT, "permits", "tax_filing", days=9, may_pass_on=True
    )
    return [root, second, third, world.below(third, world.person(4), Role.AGENT, "tax_filing", days=9)]


def renew(world: World, mandate_id: str, by: str, days: int | None = None, level: int = 3) -> datetime:
    expires_at = None if days is None else world.clock() + timedelta(days=days)
    with world.sessions.begin() as session:
        return world.mandates.changing.renew(
            session, mandate_id, expires_at, by=by, level=level, context=world.context
        )


def narrow(world: World, mandate_id: str, by: str, *matters: str) -> tuple[str, ...]:
    with world.sessions.begin() as session:
        return world.mandates.changing.narrow(session, mandate_id, matters, by=by, context=world.context)


def held_by(world: World, mandate_id: str) -> str:
    return world.row(mandate_id).person_id


@pytest.mark.parametrize("above", [0, 1])
def test_those_above_renew(world: World, rungs: list[str], above: int) -> None:
    by = held_by(world, rungs[above])
    assert renew(world, rungs[2], by, days=50) == world.clock() + timedelta(days=50)
    assert world.row(rungs[2]).expires_at == world.clock() + timedelta(days=50)
    (event,) = world.events("mandate_changed")
    assert (event["change"], event["changed_by"]) == ("renewed", by)


def test_left_open_it_is_as_long_as_the_ladder_allows(world: World, rungs: list[str]) -> None:
    by = held_by(world, rungs[0])
    assert renew(world, rungs[2], by) == world.row(rungs[1]).expires_at
    assert renew(world, rungs[1], by) == world.clock() + timedelta(days=1000)


def test_it_may_become_shorter_and_takes_those_below_along(world: World, rungs: list[str]) -> None:
    renew(world, rungs[2], held_by(world, rungs[1]), days=1)
    below = world.standing(rungs[3])
    assert below is not None
    assert below.expires_at == world.clock() + timedelta(days=1)


@pytest.mark.parametrize("days", [-1, 0, 101])
def test_no_longer_than_the_ladder_and_not_into_the_past(world: World, rungs: list[str], days: int) -> None:
    with refused(Refusal.TOO_LONG):
        renew(world, rungs[2], held_by(world, rungs[0]), days=days)


def test_the_holder_does_not_renew(world: World, rungs: list[str]) -> None:
    with refused(Refusal.NO_STANDING):
        renew(world, rungs[2], held_by(world, rungs[2]))


def test_nor_does_anybody_below_or_beside(world: World, rungs: list[str]) -> None:
    for person in (held_by(world, rungs[3]), world.person(9)):
        with refused(Refusal.NOT_FOUND):
            renew(world, rungs[2], person)


def test_a_root_is_not_renewed(world: World, rungs: list[str]) -> None:
    with refused(Refusal.NOT_YOURS):
        renew(world, rungs[0], held_by(world, rungs[0]))


def test_what_has_ended_or_expired_is_not_renewed(world: World, rungs: list[str]) -> None:
    by = held_by(world, rungs[0])
    world.clock.advance(9 * 86400)
    world.firm(1)
    with refused(Refusal.NOT_FOUND):
        renew(world, rungs[2], by)
    world.end(rungs[1], by=by)
    with refused(Refusal.NOT_FOUND):
        renew(world, rungs[1], by)


def test_it_takes_the_level_at_which_it_was_given(world: World, rungs: list[str]) -> None:
    with refused(Refusal.LEVEL):
        renew(world, rungs[2], held_by(world, rungs[0]), level=1)


def test_nothing_is_renewed_on_a_ladder_that_does_not_stand(world: World, rungs: list[str]) -> None:
    world.clock.advance(1)
    world.firm(1, status=OrganisationStatus.SUSPENDED)
    with refused(Refusal.NO_STANDING):
        renew(world, rungs[2], held_by(world, rungs[0]))


def test_a_principal_renews_a_relatives_at_level_three(world: World) -> None:
    principal, relative = world.person(1), world.person(2)
    made = world.accept(world.invite(None, 2, Role.RELATIVE, by=principal, days=1), relative)
    with refused(Refusal.LEVEL):
        renew(world, made, principal, days=9, level=2)
    renew(world, made, principal, days=9)
    with refused(Refusal.NO_STANDING):
        renew(world, made, relative, days=20)


def test_narrowing_begins_anew_all_that_rests_on_it(world: World, rungs: list[str]) -> None:
    assert narrow(world, rungs[2], held_by(world, rungs[0]), "tax_filing") == ()
    found = world.standing(rungs[2])
    assert found is not None
    assert found.matters == ("tax_filing",)
    assert sorted(world.ended) == sorted(rungs[2:])
    assert world.reasons(*rungs) == [None] * 4


def test_those_below_that_have_no_matter_left_end(world: World, rungs: list[str]) -> None:
    assert narrow(world, rungs[2], held_by(world, rungs[2]), "permits") == (rungs[3],)
    assert world.reasons(*rungs) == [None, None, None, "above_ended"]


def test_narrowing_all_business_goes_down_the_whole_ladder(world: World, rungs: list[str]) -> None:
    assert narrow(world, rungs[1], held_by(world, rungs[0]), "permits", "invoices") == (rungs[3],)
    found = world.standing(rungs[2])
    assert found is not None
    assert found.matters == ("permits",)


@pytest.mark.parametrize(
    "matters", [(), ("invoices",), ("permits", "tax_filing"), ("permits", "tax_filing", "invoices"), ("x",)]
)
def test_it_never_widens(world: World, rungs: list[str], matters: tuple[str, ...]) -> None:
    with refused(Refusal.MATTERS):
        narrow(world, rungs[2], held_by(world, rungs[0]), *matters)


def test_a_mandate_for_all_business_is_narrowed_to_matters_of_its_kind(
    world: World, rungs: list[str]
) -> None:
    for matters in (("unknown",), ("pension",)):
        with refused(Refusal.MATTERS):
            narrow(world, rungs[1], held_by(world, rungs[0]), *matters)


def test_it_is_narrowed_to_what_is_left_above(world: World, rungs: list[str]) -> None:
    by = held_by(world, rungs[0])
    own = world.below(rungs[1], world.person(5))
    narrow(world, rungs[1], by, "permits", "invoices")
    with refused(Refusal.MATTERS):
        narrow(world, own, by, "tax_filing")
    narrow(world, own, by, "permits")
    assert world.standing(own) is not None


def test_a_stranger_narrows_nothing(world: World, rungs: list[str]) -> None:
    with refused(Refusal.NOT_FOUND):
        narrow(world, rungs[2], world.person(9), "permits")


def test_a_root_is_not_narrowed_by_its_holder(world: World, rungs: list[str]) -> None:
    with refused(Refusal.NOT_YOURS):
        narrow(world, rungs[0], held_by(world, rungs[0]), "permits")
