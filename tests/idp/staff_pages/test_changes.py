"""The second officer's page."""

from datetime import timedelta

import pytest

from idp.audit.context import AuditContext
from idp.staff import accounts, changes
from idp.staff.changes import Change
from idp.staff.models import StaffAccount
from idp.staff_pages.room import KEY
from tests.idp.login.visitor import Site
from tests.idp.staff_pages.officer import Member, add, sign_in


@pytest.fixture
def auditor(site: Site) -> Member:
    return add(site, "A-1", "auditor", serial=1)


@pytest.fixture
def officer(site: Site) -> Member:
    return add(site, "S-1", "security", serial=2)


def ask(site: Site, about: Member, kind: Change) -> None:
    with site.services.sessions.begin() as session:
        account = accounts.locked(session, about.id)
        assert account is not None
        changes.ask(
            session,
            site.app.extensions[KEY].accounts,
            account,
            kind,
            asked_by="operator",
            settings=site.services.settings.staff,
            context=AuditContext(site.clock(), actor="operator"),
        )


def status(site: Site, member: Member) -> str:
    with site.services.sessions() as session:
        return session.get_one(StaffAccount, member.id).status


def test_a_second_officer_agrees(site: Site, auditor: Member, officer: Member) -> None:
    ask(site, auditor, Change.RESET)
    site.clock.now += timedelta(hours=73)
    page = sign_in(site, officer).get("/staff/changes")
    page.submit("change-form-1", decision="agree")
    assert "activation code" in page.page.texts["notice"] or page.shows("activation code")
    assert status(site, auditor) == "invited"
    assert site.events("staff_change_decided")[-1]["officer_id"] == officer.id
    assert page.get(page.url).status == 200


def test_an_officer_of_today_does_not(site: Site, auditor: Member, officer: Member) -> None:
    ask(site, auditor, Change.DISABLE)
    page = sign_in(site, officer).get("/staff/changes")
    assert "change-agree-1" not in page.page.elements
    page.submit("change-form-1", decision="agree")
    assert page.status == 403
    assert status(site, auditor) == "active"


def test_the_auditor_sees_it_and_refuses(site: Site, auditor: Member, officer: Member) -> None:
    ask(site, auditor, Change.DISABLE)
    page = sign_in(site, auditor)
    assert "about-me" in page.page.elements
    page.get("/staff/changes").submit("change-form-1", decision="refuse")
    assert "no-changes" in page.page.elements
    assert status(site, auditor) == "active"


def test_a_clerk_sees_none_of_it(site: Site, auditor: Member) -> None:
    ask(site, auditor, Change.DISABLE)
    assert sign_in(site, add(site, "C-1", "clerk", serial=3)).get("/staff/changes").status == 403
