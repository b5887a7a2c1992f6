"""What the register changes ends what rested on it, and no more."""

import pytest

from idp.business.organisation_kinds import OrganisationStatus
from idp.mandates.models import Role
from idp.people import directory, documents
from idp.people.models import Person
from idp.people.resident_number import compose
from tests.idp.business.registering import code_of
from tests.idp.mandates.world import BORN, World
from tests.idp.people.conftest import ON_EACH_DATABASE

pytestmark = ON_EACH_DATABASE


def ladder(world: World, serial: int = 1) -> list[str]:
    """Of a person, their administrator and that one's agent."""
    world.firm(serial, code_of(serial))
    root = world.root(world.person(serial))
    administrator = world.below(root, world.person(serial + 1), Role.ADMINISTRATOR)
    return [root, administrator, world.below(administrator, world.person(serial + 2))]


def later(world: World) -> None:
    world.clock.advance(1)


def test_another_representative_ends_the_ladder_of_the_former(world: World) -> None:
    rungs, others = ladder(world), ladder(world, 5)
    later(world)
    world.firm(9, code_of(1))
    assert world.reasons(*rungs) == ["representative_changed", "above_ended", "above_ended"]
    assert world.reasons(*others) == [None] * 3
    assert sorted(world.ended) == sorted(rungs)
    ended = world.events("mandate_ended")
    assert [(one["mandate_id"], one["reason"]) for one in ended] == [
        (rungs[0], "representative_changed"),
        (rungs[1], "above_ended"),
        (rungs[2], "above_ended"),
    ]


def test_the_former_representative_gets_nothing_back_by_returning(world: World) -> None:
    rungs = ladder(world)
    person = world.row(rungs[0]).person_id
    for serial in (9, 1):
        later(world)
        world.firm(serial, code_of(1))
    (made,) = world.roots(person)
    assert made not in rungs
    assert [world.standing(one) for one in rungs] == [None] * 3


@pytest.mark.parametrize("status", [OrganisationStatus.REVOKED, OrganisationStatus.DISSOLVED])
def test_an_end_for_good_ends_everything(world: World, status: OrganisationStatus) -> None:
    rungs = ladder(world)
    later(world)
    world.firm(1, code_of(1), status=status)
    assert world.reasons(*rungs) == ["organisation_ended"] * 3
    assert sorted(world.ended) == sorted(rungs)
    later(world)
    world.firm(1, code_of(1))
    assert [world.standing(one) for one in rungs] == [None] * 3


def test_an_organisation_that_the_register_forgets_ends_everything(world: World) -> None:
    rungs = ladder(world)
    later(world)
    with world.sessions.begin() as session:
        world.organisations.note_missing(session, code_of(1), asked_at=world.clock(), context=world.context)
    assert world.reasons(*rungs) == ["organisation_ended"] * 3


def test_a_suspension_ends_what_was_opened_and_no_mandate(world: World) -> None:
    rungs = ladder(world)
    later(world)
    world.firm(1, code_of(1), status=OrganisationStatus.SUSPENDED)
    assert world.reasons(*rungs) == [None] * 3
    assert sorted(world.ended) == sorted(rungs)
    assert [world.standing(one) for one in rungs] == [None] * 3
    (event,) = world.events("mandates_suspended")
    assert event["mandates"] == 3
    later(world)
    world.firm(1, code_of(1))
    assert None not in [world.standing(one) for one in rungs]


def test_a_suspension_and_another_representative_at_once(world: World) -> None:
    rungs = ladder(world)
    later(world)
    world.firm(9, code_of(1), status=OrganisationStatus.SUSPENDED)
    assert world.reasons(*rungs)[0] == "representative_changed"
    assert world.events("mandates_suspended") == []


def test_a_new_title_ends_nothing(world: World) -> None:
    rungs = ladder(world)
    later(world)
    world.firm(1, code_of(1), name="北京另某科技有限公司")
    assert (world.reasons(*rungs), world.ended) == ([None] * 3, [])


def test_a_representative_whose_number_was_corrected_stays(world: World) -> None:
    rungs = ladder(world)
    with world.sessions.begin() as session:
        row = session.get_one(Person, world.row(rungs[0]).person_id)
        corrected = documents.identify(compose("110101", BORN, 99), world.clock().date())
        directory.add_document(
            session, row, corrected, cipher=world.cipher, index=world.index, now=world.clock()
        )
    later(world)
    world.firm(99, code_of(1))
    assert world.reasons(*rungs) == [None] * 3
    assert None not in [world.standing(one) for one in rungs]


def test_an_answer_to_an_earlier_question_changes_nothing(world: World) -> None:
    rungs = ladder(world)
    world.clock.advance(-5)
    world.firm(9, code_of(1), status=OrganisationStatus.REVOKED)
    assert world.reasons(*rungs) == [None] * 3
