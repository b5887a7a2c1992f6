"""Roots are made for whom the register names, of organisations that are active, and for nobody else."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from idp.business.organisation_kinds import OrganisationStatus
from idp.crypto.fields import BlindIndex
from idp.mandates.models import Role
from idp.people import directory, documents
from idp.people.models import Person
from idp.people.resident_number import compose
from tests.idp.business.registering import code_of
from tests.idp.mandates.world import BORN, World
from tests.idp.people.conftest import ON_EACH_DATABASE

pytestmark = ON_EACH_DATABASE


def test_a_root_is_made_once(world: World) -> None:
    person = world.person(1)
    organisation = world.firm(1)
    made = world.root(person)
    assert world.root(person) == made
    row = world.row(made)
    assert (row.role, row.person_id, row.organisation_id) == (
        Role.LEGAL_REPRESENTATIVE,
        person,
        organisation,
    )
    assert (row.parent_id, row.granted_by, row.matters, row.may_pass_on) == (None, None, [], True)
    (event,) = world.events("mandate_granted")
    assert event == {
        "person_id": person,
        "mandate_id": made,
        "role": "legal_representative",
        "organisation_id": organisation,
    }


def test_who_represents_several_has_a_root_at_each(world: World) -> None:
    person = world.person(1)
    firms = [world.firm(1, code_of(serial)) for serial in (1, 2, 3)]
    world.firm(2, code_of(4))
    assert [world.row(one).organisation_id for one in world.roots(person)] == firms


@pytest.mark.parametrize("status", [status for status in OrganisationStatus if status != "active"])
def test_there_is_none_where_the_organisation_is_not_active(world: World, status: OrganisationStatus) -> None:
    person = world.person(1)
    world.firm(1, status=status)
    assert world.roots(person) == []


def test_nobody_else_has_one(world: World) -> None:
    person = world.person(2)
    world.firm(1)
    world.firm(None, code_of(2))
    assert world.roots(person) == []


def test_any_document_of_the_person_will_do(world: World) -> None:
    person = world.person(2)
    with world.sessions.begin() as session:
        row = session.get_one(Person, person)
        former = documents.identify(compose("110101", BORN, 1), world.clock().date())
        directory.add_document(
            session, row, former, cipher=world.cipher, index=world.index, now=world.clock()
        )
    world.firm(1)
    assert world.standing(world.root(person)) is not None


def test_it_is_found_while_the_index_key_is_changed(world: World) -> None:
    person = world.person(1)
    # Written by a process that has the next key already.
    world.index = BlindIndex(b"i" * 32, b"n" * 32)
    world.firm(1)
    root = world.root(person)
    assert world.standing(root) is not None
    # The next key has become the current one for the register's answers; people are not rewritten yet.
    world.index = BlindIndex(b"n" * 32, b"i" * 32)
    world.clock.advance(1)
    world.firm(1)
    assert world.standing(root) is not None
    assert world.root(person) == root


def test_a_root_of_who_is_represented_no_more_gives_way(world: World) -> None:
    """Also when nobody heard of the change."""
    former, person = world.person(1), world.person(2)
    organisation = world.firm(2)
    root = world.root(person)
    world.change(root, person_id=former)
    (made,) = world.roots(person)
    assert world.row(made).organisation_id == organisation
    assert world.reasons(root, made) == ["representative_changed", None]
    assert world.ended == [root]


def test_two_at_once_make_one(world: World) -> None:
    person = world.person(1)
    world.firm(1)
    with ThreadPoolExecutor(4) as pool:
        made = set(pool.map(lambda _: world.root(person), range(8)))
    assert len(made) == 1
    assert len(world.events("mandate_granted")) == 1
