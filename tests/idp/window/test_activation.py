"""Activation codes from the page of the window."""

import pytest

from tests.idp.login.visitor import CHILD, NEWCOMER, PERSON, TAX, Site, Visitor
from tests.idp.staff_pages.officer import Member, add
from tests.idp.window.counter import at_window


@pytest.fixture
def member(site: Site) -> Member:
    return add(site, "C-1", "clerk")


@pytest.fixture
def clerk(site: Site, member: Member) -> Visitor:
    return at_window(site, member).get("/window/activation")


def code_for(clerk: Visitor, number: str) -> str:
    return clerk.submit("activation-form", number=number, seen="1").page.texts["activation-code"].strip()


def test_a_code_of_a_clerk_shows_presence(site: Site, clerk: Visitor, member: Member) -> None:
    code = code_for(clerk, CHILD.number)
    visitor = site.visitor().authorize(TAX).sign_in(CHILD).click("way-activation")
    visitor.submit("activation-form", code=code)
    assert visitor.path == "/consent"
    (made,) = site.events("activation_code_made")
    assert made["person_id"] == site.events("activation_code_used")[-1]["person_id"]


def test_whose_account_it_is_for_is_told(site: Site, clerk: Visitor) -> None:
    code_for(clerk, PERSON.number)
    assert "核验码" in site.messages()[0]


def test_who_has_no_account_is_told_nothing(site: Site, clerk: Visitor) -> None:
    code_for(clerk, NEWCOMER.number)
    assert site.messages() == []


def test_the_card_has_to_be_seen(site: Site, clerk: Visitor) -> None:
    clerk.submit("activation-form", number=PERSON.number)
    assert clerk.status == 422
    assert "seen-error" in clerk.page.elements
    assert not site.events("activation_code_made")


def test_the_actor_is_the_clerk(site: Site, clerk: Visitor, member: Member) -> None:
    code_for(clerk, PERSON.number)
    from sqlalchemy import select

    from idp.audit.models import AuditEvent

    with site.services.sessions() as session:
        query = select(AuditEvent.actor).where(AuditEvent.name == "activation_code_made")
        assert session.scalars(query).all() == [member.id]
