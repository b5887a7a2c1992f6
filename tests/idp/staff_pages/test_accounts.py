"""Officers help colleagues, and stop accounts; auditors read."""

import pytest

from idp.staff.models import StaffAccount
from tests.idp.login.visitor import Site, Visitor
from tests.idp.staff_pages.officer import Member, add, sign_in


@pytest.fixture
def clerk(site: Site) -> Member:
    return add(site, "C-1", "clerk", serial=1)


@pytest.fixture
def officer(site: Site) -> Member:
    return add(site, "S-1", "security", serial=2)


def status(site: Site, member: Member) -> str:
    with site.services.sessions() as session:
        return session.get_one(StaffAccount, member.id).status


def test_who_lost_everything_gets_a_code_from_an_officer(site: Site, clerk: Member, officer: Member) -> None:
    at_work = sign_in(site, clerk)
    page = sign_in(site, officer).get("/staff/accounts").submit("reset-form-1")
    assert "Activation code for C-1" in page.page.text
    assert at_work.get("/staff").path == "/staff/login"
    code = page.page.text.partition("shown this once: ")[2].split()[0]
    again = Visitor(site).get("/staff/activate").submit("activate-form", staff_number="C-1", code=code)
    assert again.path == "/staff/activate/means"


def test_an_officer_stops_an_account(site: Site, clerk: Member, officer: Member) -> None:
    page = sign_in(site, officer).get("/staff/accounts").submit("disable-form-1")
    assert page.shows("C-1 is disabled")
    assert status(site, clerk) == "disabled"
    assert "disable-1" not in page.page.elements


def test_nobody_does_it_to_themself(site: Site, clerk: Member, officer: Member) -> None:
    page = sign_in(site, officer).get("/staff/accounts")
    assert "reset-form-2" not in page.page.forms
    form = page.page.forms["reset-form-1"]
    assert form.action is not None
    page.submit("reset-form-1", url=form.action.replace(clerk.id, officer.id))
    assert page.status == 403
    assert status(site, officer) == "active"


def test_an_auditor_is_reset_by_two(site: Site, officer: Member) -> None:
    auditor = add(site, "A-1", "auditor", serial=3)
    page = sign_in(site, officer).get("/staff/accounts").submit("reset-form-1")
    assert page.shows("It waits for a second officer")
    assert status(site, auditor) == "active"
    page.get("/staff/changes")
    assert "change-agree-1" not in page.page.elements


def test_an_auditor_reads_and_changes_nothing(site: Site, clerk: Member, officer: Member) -> None:
    auditor = sign_in(site, add(site, "A-1", "auditor", serial=3)).get("/staff/accounts")
    assert auditor.shows("C-1")
    assert not [name for name in auditor.page.forms if name.startswith(("reset", "disable"))]
    token = auditor.page.forms["/staff/sign-out"].fields["csrf_token"]
    answer = auditor.client.post(
        f"/staff/accounts/{clerk.id}/disable", data={"csrf_token": token}, base_url="https://id.example"
    )
    assert answer.status_code == 403
    assert status(site, clerk) == "active"


def test_a_clerk_does_not_see_them(site: Site, clerk: Member) -> None:
    assert sign_in(site, clerk).get("/staff/accounts").status == 403
