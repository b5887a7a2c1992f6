"""A counter: a device with a person at it, and a clerk on the other side."""

import re

from tests.idp.login.visitor import PERSON, TAX, Site, Someone, Visitor
from tests.idp.staff_pages.officer import Member, sign_in


def device(site: Site, client: str = TAX, address: str = "192.0.2.7") -> Visitor:
    """Of a sign-in that has just begun; it shows a code."""
    visitor = Visitor(site, address).authorize(client).click("way-window")
    return visitor.submit("code-form")


def code_on(visitor: Visitor) -> str:
    return visitor.page.texts["window-code"].strip()


def at_window(site: Site, clerk: Member) -> Visitor:
    return sign_in(site, clerk, target="/window")


def enter(clerk: Visitor, code: str) -> Visitor:
    return clerk.get("/window").submit("window-form", code=code)


def name(
    clerk: Visitor, someone: Someone = PERSON, *, checked: str = "card_and_face", **changes: str
) -> Visitor:
    given = {"number": someone.number, "name": someone.name, "checked": checked, "seen": "1", **changes}
    return clerk.submit("person-form", **given)


def look(visitor: Visitor) -> Visitor:
    """What the page's script does when the other side has gone on."""
    return visitor.get(visitor.page.elements["watch"]["data-page"])


def answer(visitor: Visitor, decision: str = "confirm") -> Visitor:
    return visitor.submit("answer-form", decision=decision)


def offered(
    site: Site, clerk: Visitor, someone: Someone = PERSON, *, checked: str = "card_and_face"
) -> Visitor:
    """A device that asks whether the clerk is right."""
    visitor = device(site)
    name(enter(clerk, code_on(visitor)), someone, checked=checked)
    look(visitor)
    assert "answer-form" in visitor.page.forms, visitor.page.text
    return visitor


def digits(text: str) -> str:
    return re.sub(r"\D", "", text)
