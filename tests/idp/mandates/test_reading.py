"""What there is and what there was, for those whom it concerns."""

import pytest

from idp.mandates import reading
from idp.mandates.models import Role
from tests.idp.mandates.world import World


@pytest.fixture
def rungs(world: World) -> list[str]:
    """Of people 1 to 3, a second apart."""
    organisation = world.firm(1)
    assert organisation
    made = [world.root(world.person(1))]
    for serial, role in ((2, Role.ADMINISTRATOR), (3, Role.AGENT)):
        world.clock.advance(1)
        made.append(world.below(made[-1], world.person(serial), role))
    return made


def test_an_organisations_live_ones_and_its_history(world: World, rungs: list[str]) -> None:
    organisation = world.row(rungs[0]).organisation_id or ""
    world.clock.advance(1)
    by = world.row(rungs[0]).person_id
    world.end(rungs[2], by=by)
    with world.sessions() as session:
        assert [one.id for one in reading.of_organisation(session, organisation)] == rungs[:2]
        told = reading.history_of_organisation(session, organisation)
        assert [(one.mandate.id, one.is_end) for one in told] == [
            (rungs[2], True),
            (rungs[2], False),
            (rungs[1], False),
            (rungs[0], False),
        ]
        assert (told[0].at, told[0].mandate.ended_reason, told[0].mandate.ended_by) == (
            world.clock(),
            "withdrawn",
            by,
        )
        before = reading.history_of_organisation(session, organisation, before=told[1].at)
        assert [one.mandate.id for one in before] == [rungs[1], rungs[0]]


def test_a_persons_of_both_sides(world: World, rungs: list[str]) -> None:
    person, relative = world.row(rungs[1]).person_id, world.person(4)
    world.clock.advance(1)
    sent = world.invite(None, 4, Role.RELATIVE, by=person)
    with world.sessions() as session:
        found = reading.open_invitations_of_person(session, person, world.clock())
        assert [one.id for one in found] == [sent]
    made = world.accept(sent, relative)
    with world.sessions() as session:
        assert [one.id for one in reading.held_by(session, person)] == [rungs[1]]
        assert [one.id for one in reading.given_by(session, person)] == [made]
        told = reading.history_of_person(session, person)
        assert [one.mandate.id for one in told] == [made, rungs[1]]
        assert [one.mandate.id for one in reading.history_of_person(session, relative)] == [made]


def test_the_open_invitations_of_an_organisation(world: World, rungs: list[str]) -> None:
    sent = [world.invite(rungs[0], serial) for serial in (8, 9)]
    world.withdraw(sent[0], world.row(rungs[0]).person_id)
    organisation = world.row(rungs[0]).organisation_id or ""
    with world.sessions() as session:
        found = reading.open_invitations_of_organisation(session, organisation, world.clock())
        assert [one.id for one in found] == sent[1:]
