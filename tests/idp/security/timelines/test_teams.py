"""Whose app a client is, on the desk's page of it."""

import pytest

from tests.idp.developer import console
from tests.idp.login.licences.licensing import CODE, COMPANY
from tests.idp.login.visitor import HALL, PERSON, TAX, Site, Visitor
from tests.idp.staff_pages.officer import add, sign_in


@pytest.fixture
def officer(site: Site) -> Visitor:
    return sign_in(site, add(site, "S-1", "security", serial=11), target="/security/search")


def test_an_organisations_team_by_its_code_which_is_public(site: Site, officer: Visitor) -> None:
    organisation_id = console.company(site)
    console.takes_over(site, console.company_team(site, organisation_id), HALL)
    officer.get(f"/security/clients/{HALL}")
    assert officer.shows(CODE)
    assert f"/security/organisations/{organisation_id}" in officer.body
    for telling in (PERSON.name, COMPANY):
        assert telling not in officer.body


def test_somebodys_own_team_by_no_name(site: Site, officer: Visitor) -> None:
    console.takes_over(site, console.own_team(site), HALL)
    officer.get(f"/security/clients/{HALL}")
    assert officer.shows("Somebody’s own, in the sandbox")
    assert PERSON.name not in officer.body
    assert f"/security/people/{console.id_of(site, PERSON)}" in officer.body


def test_nobody_owns_what_the_operator_registered(site: Site, officer: Visitor) -> None:
    officer.get(f"/security/clients/{TAX}")
    assert not officer.shows("Team")
