"""Somebody acts for another at a portal: both see it, and the first time is told by message."""

import pytest

from idp.oidc.clients.models import ClientRecord
from tests.idp.account.mandates.acting import FRIEND, MANDATES, friends, granted, signed_in
from tests.idp.login.visitor import HALL, PERSON, Site, Visitor

MYSELF = ""


@pytest.fixture
def mandate_id(site: Site) -> str:
    """Given to the friend; the hall takes people who act for others."""
    friends(site)
    with site.services.sessions.begin() as session:
        record = session.get_one(ClientRecord, HALL)
        record.metadata_json = {**record.metadata_json, "accepted_parties": ["citizen", "agent"]}
    return granted(site)


def at_the_hall(site: Site, choice: str) -> Visitor:
    """The friend signs in there, and says for whom they act."""
    visitor = site.visitor().authorize(HALL).sign_in(FRIEND)
    assert visitor.path == "/choose", (visitor.url, visitor.page.text)
    visitor.submit("choose-form", acting=choice, decision="choose")
    if visitor.path == "/consent":
        visitor.agree()
    assert visitor.is_back_at_the_portal
    return visitor


def uses(site: Site, mandate_id: str) -> list[str]:
    """As each side reads them."""
    return [
        signed_in(site, someone).get(f"{MANDATES}/{mandate_id}").page.texts.get("uses", "")
        for someone in (PERSON, FRIEND)
    ]


def told(site: Site) -> list[str]:
    return [text for text in site.messages() if f"{MANDATES}" in text]


def test_each_use_is_seen_by_both_and_the_first_is_told(site: Site, mandate_id: str) -> None:
    site.clock.advance(60)
    visitor = at_the_hall(site, mandate_id)
    first, second = uses(site, mandate_id)
    assert "City Service Hall" in first
    assert first == second
    (text,) = told(site)
    assert "*六" in text
    assert FRIEND.name not in text
    site.clock.advance(60)
    # Again in the same session: nobody is asked, and it is a use all the same.
    assert visitor.authorize(HALL).is_back_at_the_portal
    assert uses(site, mandate_id)[0].count("City Service Hall") == 2
    assert len(told(site)) == 1


def test_what_the_friend_does_as_themselves_is_nobody_elses_business(site: Site, mandate_id: str) -> None:
    at_the_hall(site, MYSELF)
    assert uses(site, mandate_id) == ["", ""]
    assert told(site) == []
