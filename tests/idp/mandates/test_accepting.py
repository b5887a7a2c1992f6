"""Accepting: to whom an invitation is there at all, at which level, and what is looked at once more."""

from datetime import timedelta

import pytest

from idp.audit.context import AuditContext
from idp.audit.fields import Event
from idp.business.organisation_kinds import OrganisationStatus
from idp.crypto.fields import BlindIndex
from idp.mandates.models import Role
from idp.mandates.refusing import MandateRefused, Refusal, noting
from idp.people import directory, documents
from idp.people.models import Person, PersonStatus
from idp.people.resident_number import compose
from tests.idp.mandates.world import BORN, World, name_of, refused
from tests.idp.people.conftest import ON_EACH_DATABASE

pytestmark = ON_EACH_DATABASE
ADMINISTRATOR, AGENT, RELATIVE = Role.ADMINISTRATOR, Role.AGENT, Role.RELATIVE


@pytest.fixture
def root(world: World) -> str:
    """Of person 1."""
    world.firm(1)
    return world.root(world.person(1))


def test_an_agent_accepts_and_may_act(world: World, root: str) -> None:
    sent = world.invite(root, 2, AGENT, "tax_filing", days=30, may_pass_on=True)
    person = world.person(2)
    assert world.waiting_for(person) == [sent]
    made = world.accept(sent, person)
    found = world.standing(made)
    assert found is not None
    assert (found.role, found.matters, found.expires_at, found.may_pass_on) == (
        AGENT,
        ("tax_filing",),
        world.clock() + timedelta(days=30),
        True,
    )
    row = world.row(made)
    assert (row.parent_id, row.granted_by) == (root, world.row(root).person_id)
    answered = world.invitation(sent)
    assert (answered.answer, answered.mandate_id, answered.number_index) == ("accepted", made, None)
    assert world.waiting_for(person) == []
    assert world.events("mandate_granted")[-1]["granted_by"] == row.granted_by


def test_an_administrator_may_always_pass_on(world: World, root: str) -> None:
    made = world.accept(world.invite(root, 2, ADMINISTRATOR), world.person(2))
    found = world.standing(made)
    assert found is not None
    assert (found.may_pass_on, found.is_business) == (True, True)
    # Left open, it is as long as may be.
    assert found.expires_at == world.clock() + timedelta(days=1000)


def test_what_was_left_open_is_as_long_as_the_ladder_allows(world: World, root: str) -> None:
    above = world.below(root, world.person(2), AGENT, days=9, may_pass_on=True)
    made = world.accept(world.invite(above, 3), world.person(3))
    assert world.row(made).expires_at == world.row(above).expires_at


def test_a_relative_accepts_at_level_three(world: World) -> None:
    person, relative = world.person(1), world.person(2)
    sent = world.invite(None, 2, RELATIVE, "pension", by=person)
    with refused(Refusal.LEVEL):
        world.accept(sent, relative, level=2)
    found = world.standing(world.accept(sent, relative))
    assert found is not None
    assert (found.principal_id, found.organisation_id, found.matters) == (person, None, ("pension",))
    assert not found.may_pass_on
    world.set_status(person, PersonStatus.FROZEN)
    assert world.standing(found.mandate_id) is None


def test_an_organisations_level_holds_for_whoever_accepts(world: World, root: str) -> None:
    sent, person = world.invite(root, 2), world.person(2)
    with refused(Refusal.LEVEL):
        world.accept(sent, person, level=1)
    with world.sessions.begin() as session:
        by = world.standing(root)
        assert by is not None
        world.mandates.levels.set(session, by, 4, proved=4, context=world.context)
    with refused(Refusal.LEVEL):
        world.accept(sent, person, level=3)
    world.accept(sent, person, level=4)


def test_another_name_is_another_person(world: World, root: str) -> None:
    """A stranger's number, typed by mistake: they see nothing, and whoever invited sees it open."""
    sent, person = world.invite(root, 2, name=name_of(9)), world.person(2)
    assert world.waiting_for(person) == []
    for act in (world.accept, world.refuse):
        with refused(Refusal.NOT_FOUND):
            act(sent, person)
    assert world.invitation(sent).answered_at is None


def test_only_the_log_learns_of_another_name(world: World, root: str) -> None:
    sent, person = world.invite(root, 2, name=name_of(9)), world.person(2)
    noted: list[Event] = []

    def append(event: Event, context: AuditContext) -> None:
        noted.append(event)

    with pytest.raises(MandateRefused), noting(append, "accept", person, world.context):
        world.accept(sent, person)
    assert [one.values() for one in noted] == [
        {"person_id": person, "act": "accept", "reason": "name_differs"}
    ]
    with noting(append, "accept", person, world.context):
        pass
    assert len(noted) == 1


def test_a_name_is_compared_as_names_are(world: World, root: str) -> None:
    sent, person = world.invite(root, 2, name=f" {name_of(2)} "), world.person(2)
    assert world.waiting_for(person) == [sent]
    world.accept(sent, person)


def test_to_anybody_else_there_is_none(world: World, root: str) -> None:
    sent, stranger = world.invite(root, 2), world.person(3)
    inviter = world.row(root).person_id
    for person in (stranger, inviter):
        assert world.waiting_for(person) == []
        for act in (world.accept, world.refuse):
            with refused(Refusal.NOT_FOUND):
                act(sent, person)
    with refused(Refusal.NOT_FOUND):
        world.accept("unknown", stranger)


def test_it_is_found_by_any_document_and_while_keys_change(world: World, root: str) -> None:
    world.index = BlindIndex(b"i" * 32, b"n" * 32)
    sent = world.invite(root, 2)
    world.index = BlindIndex(b"i" * 32)
    person = world.person(3)
    with world.sessions.begin() as session:
        row = session.get_one(Person, person)
        directory.set_name(row, name_of(2), world.cipher)
        document = documents.identify(compose("110101", BORN, 2), world.clock().date())
        directory.add_document(
            session, row, document, cipher=world.cipher, index=world.index, now=world.clock()
        )
    assert world.waiting_for(person) == [sent]
    world.accept(sent, person)


def test_a_week_is_enough(world: World, root: str) -> None:
    sent, person = world.invite(root, 2), world.person(2)
    world.clock.advance(7 * 86400 - 1)
    assert world.waiting_for(person) == [sent]
    world.clock.advance(1)
    assert world.waiting_for(person) == []
    with refused(Refusal.NOT_FOUND):
        world.accept(sent, person)


def test_refusing_ends_it(world: World, root: str) -> None:
    sent, person = world.invite(root, 2), world.person(2)
    world.refuse(sent, person)
    assert world.invitation(sent).answer == "refused"
    for act in (world.accept, world.refuse):
        with refused(Refusal.NOT_FOUND):
            act(sent, person)
    answers = world.events("mandate_invitation_answered")
    assert answers == [{"person_id": person, "invitation_id": sent, "answer": "refused"}]


def test_twice_is_once(world: World, root: str) -> None:
    sent, person = world.invite(root, 2), world.person(2)
    world.accept(sent, person)
    with refused(Refusal.NOT_FOUND):
        world.accept(sent, person)


class TestTheLadderOfWhoInvited:
    """Is looked at again: between the two lie days."""

    @pytest.fixture
    def above(self, world: World, root: str) -> str:
        return world.below(root, world.person(2), AGENT, "tax_filing", "permits", days=9, may_pass_on=True)

    def test_who_lost_the_mandate_gives_nothing(self, world: World, above: str) -> None:
        sent = world.invite(above, 3, AGENT, "permits")
        world.change(above, ended_at=world.clock())
        with refused(Refusal.NO_STANDING):
            world.accept(sent, world.person(3))

    def test_who_lost_a_matter_does_not_give_it(self, world: World, above: str) -> None:
        sent = world.invite(above, 3, AGENT, "permits")
        world.change(above, matters=["tax_filing"])
        with refused(Refusal.NO_STANDING):
            world.accept(sent, world.person(3))

    def test_who_may_no_longer_pass_on_does_not(self, world: World, above: str) -> None:
        sent = world.invite(above, 3, AGENT, "permits")
        world.change(above, may_pass_on=False)
        with refused(Refusal.NO_STANDING):
            world.accept(sent, world.person(3))

    def test_who_has_less_time_does_not_give_more(self, world: World, above: str) -> None:
        sent = world.invite(above, 3, AGENT, "permits", days=9)
        world.change(above, expires_at=world.clock() + timedelta(days=8))
        with refused(Refusal.NO_STANDING):
            world.accept(sent, world.person(3))

    def test_who_is_frozen_gives_nothing(self, world: World, above: str) -> None:
        sent = world.invite(above, 3, AGENT, "permits")
        world.set_status(world.row(above).person_id, PersonStatus.FROZEN)
        with refused(Refusal.NO_STANDING):
            world.accept(sent, world.person(3))

    def test_a_suspended_organisation_gives_nothing(self, world: World, above: str) -> None:
        sent, person = world.invite(above, 3, AGENT, "permits"), world.person(3)
        world.clock.advance(1)
        world.firm(1, status=OrganisationStatus.SUSPENDED)
        with pytest.raises(MandateRefused):
            world.accept(sent, person)
        world.clock.advance(1)
        world.firm(1)
        world.accept(sent, person)

    def test_a_principal_whose_account_is_closed_gives_nothing(self, world: World) -> None:
        person = world.person(8)
        sent = world.invite(None, 9, RELATIVE, by=person)
        world.set_status(person, PersonStatus.CLOSED)
        with refused(Refusal.NO_STANDING):
            world.accept(sent, world.person(9))


def test_nobody_is_appointed_below_themself(world: World, root: str) -> None:
    above = world.below(root, world.person(2), ADMINISTRATOR, may_pass_on=True)
    sent = world.invite(above, 1, AGENT)
    with refused(Refusal.ONESELF):
        world.accept(sent, world.row(root).person_id)


def test_one_right_from_one_hand(world: World, root: str) -> None:
    person = world.person(2)
    administrator = world.below(root, world.person(3), ADMINISTRATOR, may_pass_on=True)
    first = world.accept(world.invite(root, 2, AGENT, "permits"), person)
    with refused(Refusal.ALREADY_HELD):
        world.accept(world.invite(root, 2, AGENT, "tax_filing"), person)
    second = world.accept(world.invite(administrator, 2, AGENT, "tax_filing"), person)
    assert sorted(world.held_by(person)) == sorted([first, second])


def test_one_that_time_has_ended_is_in_nobodys_way(world: World, root: str) -> None:
    person = world.person(2)
    first = world.accept(world.invite(root, 2, days=1), person)
    world.clock.advance(86400)
    world.firm(1)
    second = world.accept(world.invite(root, 2), person)
    assert world.reasons(first, second) == ["expired", None]
    assert world.ended == [first]


def test_a_sixth_administrator_is_one_too_many(world: World, root: str) -> None:
    sent = [world.invite(root, serial, ADMINISTRATOR) for serial in (2, 3, 4)]
    for serial in (5, 6, 7):
        world.below(root, world.person(serial), ADMINISTRATOR, days=2)
    people = [world.person(serial) for serial in (2, 3, 4)]
    for invitation, person in zip(sent[:2], people[:2], strict=True):
        world.accept(invitation, person)
    with refused(Refusal.LIMIT):
        world.accept(sent[2], people[2])
    # Those whose time is over do not count, swept or not.
    world.clock.advance(2 * 86400)
    world.firm(1)
    world.accept(sent[2], people[2])
