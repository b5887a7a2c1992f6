"""The people of the sandbox: enough of each kind, and every one of them usable."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idp.people import names, phones
from idp.people.documents import DocumentType, identify
from idp.people.models import PersonStatus
from idp.people.password_rules import problem_with
from idp.people.registry import Relation
from idp.people.resident_number import Kind
from idp.people.sandbox.families import CARES
from idp.people.sandbox.population import SandboxPerson, highlighted, population

TODAY = date(2026, 11, 22)
EVERYBODY = population(TODAY)


def test_there_are_people_of_each_kind() -> None:
    assert len(EVERYBODY) >= 30
    assert {person.number.kind for person in EVERYBODY} == set(Kind)
    assert {identify(person.number.value, TODAY).type for person in EVERYBODY} == set(DocumentType)
    assert {person.account.status for person in EVERYBODY if person.account} == {
        PersonStatus.ACTIVE,
        PersonStatus.FROZEN,
        PersonStatus.DECEASED,
    }
    assert any(person.number.birth_date.year == 1935 for person in EVERYBODY)
    assert any(len(person.name) >= 14 and "·" in person.name for person in EVERYBODY)
    for has in ("has_photo", "phone", "deceased", "account"):
        assert {bool(getattr(person, has)) for person in EVERYBODY} == {True, False}


@given(st.dates(date(2026, 1, 1), date(2075, 12, 31)))
def test_children_stay_children_and_keep_their_number_through_a_year(today: date) -> None:
    children = {person.serial: person for person in population(today) if person.serial in (11, 12, 34)}
    assert {serial: person.number.age_on(today) for serial, person in children.items()} == {
        11: 13,
        12: 16,
        34: 14,
    }
    on_new_year = {person.serial: person.number for person in population(today.replace(month=1, day=1))}
    assert all(on_new_year[serial] == person.number for serial, person in children.items())


@pytest.mark.parametrize("person", EVERYBODY, ids=lambda person: str(person.serial))
def test_each_can_be_typed_stored_and_signed_in_with(person: SandboxPerson) -> None:
    assert person.number.is_sandbox
    assert identify(person.number.value, TODAY).number == person.number
    assert names.normalise(person.name) == person.name
    assert person.phone is None or phones.normalise(person.phone) == person.phone
    assert person.phone is None or person.phone.startswith("+8619900000")
    if person.account:
        assert problem_with(person.account.password, number=person.number, phone=person.phone) is None
    assert person.number.value not in repr(person)


def test_nothing_is_shared() -> None:
    for values in (
        [person.serial for person in EVERYBODY],
        [person.number.value for person in EVERYBODY],
        [person.phone for person in EVERYBODY if person.phone],
        [person.account.password for person in EVERYBODY if person.account],
    ):
        assert len(set(values)) == len(values)


def test_those_who_are_shown_first_are_few_and_say_what_they_are_good_for() -> None:
    shown = highlighted(TODAY)
    assert 5 <= len(shown) <= 8
    assert shown[0].account is not None
    assert not shown[0].has_photo


def test_what_the_register_holds() -> None:
    first = EVERYBODY[0].record()
    assert (first.number, first.name, first.photo) == (EVERYBODY[0].number.value, EVERYBODY[0].name, None)
    with_photo = next(person for person in EVERYBODY if person.has_photo)
    assert with_photo.record().photo == with_photo.photo()


def test_who_cares_for_whom_is_worth_trying() -> None:
    """A guardian can sign in, and there is a child, one too old for it, and one who has an account."""
    people = {person.serial: person for person in EVERYBODY}
    for care in CARES:
        guardian = people[care.guardian].account
        assert guardian is not None
        assert guardian.status is PersonStatus.ACTIVE
    assert {care.relation for care in CARES} == set(Relation)
    children = [people[care.ward] for care in CARES if care.relation.is_for_childhood]
    assert {child.number.age_on(TODAY) < 14 for child in children} == {True, False}
    adults = [people[care.ward] for care in CARES if care.relation is Relation.CARER]
    assert {adult.account is None for adult in adults} == {True, False}
