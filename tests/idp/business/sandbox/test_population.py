"""The organisations of the sandbox: enough of each kind, and every one of them usable."""

from datetime import date

import pytest

from idp.business import credit_code, names
from idp.business.organisation_kinds import REGISTERED_STATUSES, OrganisationType
from idp.business.sandbox.population import SandboxOrganisation, population
from idp.people.sandbox.population import population as people

TODAY = date(2026, 11, 22)
EVERYTHING = population(TODAY)


def test_there_are_organisations_of_each_kind() -> None:
    assert len(EVERYTHING) >= 12
    assert {one.registered.status for one in EVERYTHING} == REGISTERED_STATUSES
    assert len({one.registered.type for one in EVERYTHING}) >= 10
    assert {one.code.organisation_code_checks for one in EVERYTHING} == {True, False}
    assert any(one.registered.type is not one.code.type for one in EVERYTHING)
    assert OrganisationType.INDIVIDUAL_BUSINESS in {one.registered.type for one in EVERYTHING}


@pytest.mark.parametrize("one", EVERYTHING, ids=lambda one: str(one.serial))
def test_each_can_be_typed_and_is_marked_as_the_sandboxs(one: SandboxOrganisation) -> None:
    assert one.code.is_sandbox
    assert credit_code.parse(one.code.value) == one.code
    assert one.registered.code == one.code.value
    assert names.normalise(one.registered.name) == one.registered.name
    assert any(word in one.registered.name for word in ("样本", "示例", "SPECIMEN"))
    assert one.code.value not in repr(one)


def test_legal_representatives_are_grown_up_people_of_the_sandbox() -> None:
    known = {person.number.value: person for person in people(TODAY)}
    named = [one.registered.representative for one in EVERYTHING if one.registered.representative]
    numbers = [person.number for person in named if person.number]
    assert len(named) > len(numbers) >= 12
    for person in named:
        if person.number is not None:
            assert known[person.number].name == person.name
            assert known[person.number].number.age_on(TODAY) >= 18
    # One person represents two, so that there is something to choose from.
    assert len(set(numbers)) < len(numbers)


def test_codes_are_not_shared_and_do_not_change_with_the_day() -> None:
    codes = [one.code.value for one in EVERYTHING]
    assert len(set(codes)) == len(codes)
    assert [one.registered for one in population(date(2031, 2, 3))] == [one.registered for one in EVERYTHING]
