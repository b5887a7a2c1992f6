"""What people see in their account of what clerks did."""

import pytest

from tests.idp.login.visitor import CHILD, PERSON, Site, Visitor
from tests.idp.staff_pages.officer import Member, add
from tests.idp.window.counter import answer, at_window, offered


@pytest.fixture
def member(site: Site) -> Member:
    return add(site, "C-1042", "clerk")


@pytest.fixture
def clerk(site: Site, member: Member) -> Visitor:
    return at_window(site, member)


def own_page(site: Site) -> Visitor:
    visitor = site.visitor().authorize().sign_in()
    return visitor.get("/account").click("at-windows")


def test_nothing_so_far(site: Site) -> None:
    assert "no-help" in own_page(site).page.elements


def test_a_sign_in_with_who_helped(site: Site, clerk: Visitor) -> None:
    answer(offered(site, clerk))
    shown = own_page(site)
    assert shown.shows("A clerk helped you to sign in at Tax Office.")
    assert shown.shows("Clerk no. C-1042 · Hall · Window 3")


def test_what_they_refused_and_what_was_made_for_them(site: Site, clerk: Visitor) -> None:
    answer(offered(site, clerk), "refuse")
    clerk.get("/window/activation").submit("activation-form", number=PERSON.number, seen="1")
    shown = own_page(site)
    assert shown.shows("it did not come to that")
    assert shown.shows("An activation code was made for your account.")


def test_nobody_sees_what_was_done_for_others(site: Site, clerk: Visitor) -> None:
    answer(offered(site, clerk, CHILD))
    assert "no-help" in own_page(site).page.elements


def test_it_asks_for_a_sign_in(site: Site) -> None:
    assert site.visitor().get("/account/window").path == "/login"
