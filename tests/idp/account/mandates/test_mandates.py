"""Asking a relative to act for oneself, as both of them meet it."""

from datetime import timedelta

import pytest

from idp.audit import log as audit
from idp.audit.context import AuditContext
from idp.audit.events.protocol import CodeIssued
from idp.people import directory, statuses
from tests.idp.account.mandates.acting import (
    FRIEND,
    MANDATES,
    accepts,
    asks,
    friends,
    granted,
    invitations,
    mandates,
    present,
    signed_in,
)
from tests.idp.login.visitor import HALL, PERSON, Site


@pytest.fixture(autouse=True)
def _two(site: Site) -> None:
    friends(site)


def test_it_begins_empty_and_says_so(site: Site) -> None:
    visitor = site.visitor().get("/account").sign_in().click("mandates")
    assert visitor.path == MANDATES
    for said in ("no-given", "no-received", "invite", "wards"):
        assert said in visitor.page.elements
    assert visitor.shows("You can ask 5 more people.")


def test_inviting_needs_somebody_who_is_here_now_and_leads_back(site: Site) -> None:
    visitor = signed_in(site).click("invite")
    assert visitor.path == "/login/presence"
    assert present(visitor).path == f"{MANDATES}/invite"
    site.clock.advance(901)
    assert visitor.get(f"{MANDATES}/invite").path == "/login/presence"


def test_asked_accepted_seen_by_both(site: Site) -> None:
    visitor = asks(site)
    assert visitor.shows("The invitation is there.")
    assert FRIEND.name in visitor.page.texts["offered"]
    assert FRIEND.number not in visitor.body
    assert visitor.shows("You can ask 4 more people.")
    friend = accepts(site)
    assert friend.shows("You may act for them from now on.")
    assert PERSON.name in friend.page.texts["received"]
    assert FRIEND.name in visitor.get(MANDATES).page.texts["given"]
    (mandate,) = mandates(site)
    assert (mandate.role, mandate.matters) == ("relative", [])
    (row,) = invitations(site)
    assert (row.answer, row.number_sealed) == ("accepted", None)
    assert site.events("mandate_granted")[-1]["mandate_id"] == mandate.id


def test_the_account_page_says_that_somebody_asks(site: Site) -> None:
    asks(site)
    assert "invitations-waiting" in signed_in(site, FRIEND, "/account").page.elements
    assert "invitations-waiting" not in signed_in(site, PERSON, "/account").page.elements
    visitor = site.visitor().get("/login").click("way-sms").submit("phone-form", phone=FRIEND.phone)
    visitor.submit("code-form", code=site.code())
    assert visitor.path == "/account"
    assert "invitations-waiting" not in visitor.page.elements


def test_named_matters_and_the_last_day(site: Site) -> None:
    day = (site.clock() + timedelta(days=10)).date()
    visitor = signed_in(site)
    visitor.get(f"{MANDATES}/invite")
    present(visitor)
    matter = next(
        name.removeprefix("matter-") for name in visitor.page.elements if name.startswith("matter-")
    )
    asks(site, visitor, scope="some", matter=matter, until=str(day))
    accepts(site)
    (mandate,) = mandates(site)
    assert mandate.matters == [matter]
    assert mandate.expires_at is not None
    # To the end of that day in China.
    assert mandate.expires_at.isoformat() == f"{day}T16:00:00+00:00"
    visitor.get(f"{MANDATES}/{mandate.id}")
    assert f"{day:%b}" in visitor.page.texts["term"]
    assert str(day.day) in visitor.page.texts["term"]


def test_accepting_needs_somebody_who_is_here_now(site: Site) -> None:
    asks(site)
    friend = signed_in(site, FRIEND).click("invitation-1-open")
    assert "needs-proof" in friend.page.elements
    friend.submit("answer-form", decision="accept")
    assert friend.path == "/login/presence"
    assert mandates(site) == []
    present(friend, FRIEND)
    assert friend.path.startswith(f"{MANDATES}/invitations/")
    assert "needs-proof" not in friend.page.elements
    friend.submit("answer-form", decision="accept")
    assert len(mandates(site)) == 1


def test_refused(site: Site) -> None:
    asks(site)
    friend = signed_in(site, FRIEND).click("invitation-1-open").submit("answer-form", decision="refuse")
    assert friend.shows("You did not accept.")
    assert "invitations" not in friend.page.elements
    assert mandates(site) == []
    assert "offered" not in signed_in(site).page.elements
    assert site.events("mandate_invitation_answered")[-1]["answer"] == "refused"


def test_withdrawn_before_it_is_answered(site: Site) -> None:
    visitor = asks(site)
    friend = signed_in(site, FRIEND).click("invitation-1-open")
    (row,) = invitations(site)
    visitor.submit(f"{MANDATES}/invitations/{row.id}/withdraw")
    assert visitor.shows("The invitation is withdrawn.")
    friend.submit("answer-form", decision="refuse")
    assert friend.status == 404
    assert friend.shows("There is no such invitation or right any more.")
    assert friend.get(friend.url).status == 404


@pytest.mark.parametrize("by", [PERSON, FRIEND])
def test_either_side_ends_it_at_once_and_both_read_why(site: Site, by: object) -> None:
    mandate_id = granted(site)
    first, second = (signed_in(site, PERSON), signed_in(site, FRIEND))
    who = first if by is PERSON else second
    who.get(f"{MANDATES}/{mandate_id}").submit("end-form")
    assert who.shows("It has ended.")
    (mandate,) = mandates(site)
    assert mandate.ended_at is not None
    words = "Whoever was acted for ended it." if by is PERSON else "Whoever could act gave it up."
    for visitor in (first, second):
        visitor.get(MANDATES)
        assert "given" not in visitor.page.elements
        assert "received" not in visitor.page.elements
        assert words in visitor.page.texts["ended"]
        visitor.click("ended-1-open")
        assert "over" in visitor.page.elements
        assert "end-form" not in visitor.page.forms
        assert "renew-form" not in visitor.page.forms


def test_renewed_by_whom_it_is_for_alone(site: Site) -> None:
    mandate_id = granted(site)
    day = (site.clock() + timedelta(days=200)).date()
    visitor = signed_in(site)
    visitor.get(f"{MANDATES}/{mandate_id}").submit("renew-form", until=str(day))
    assert visitor.path == "/login/presence"
    present(visitor).submit("renew-form", until=str(day))
    assert visitor.shows("It counts until the day that you chose.")
    (mandate,) = mandates(site)
    assert mandate.expires_at is not None
    assert mandate.expires_at.date() == day
    visitor.get(f"{MANDATES}/{mandate_id}").submit("renew-form", until="2100-01-01")
    assert "until-error" in visitor.page.elements
    assert visitor.get(visitor.url).status == 200
    assert "renew-form" not in signed_in(site, FRIEND).get(f"{MANDATES}/{mandate_id}").page.forms


def test_both_see_every_use(site: Site) -> None:
    mandate_id = granted(site)
    both = signed_in(site, PERSON), signed_in(site, FRIEND)
    for visitor in both:
        assert "no-uses" in visitor.get(f"{MANDATES}/{mandate_id}").page.elements
    (mandate,) = mandates(site)
    site.clock.advance(60)
    event = CodeIssued(HALL, mandate.person_id, ("openid",), 2, "grant", mandate_id=mandate_id)
    with site.services.sessions.begin() as session:
        audit.record(session, event, context=AuditContext(site.clock()))
    for visitor in both:
        assert "City Service Hall" in visitor.get(f"{MANDATES}/{mandate_id}").page.texts["uses"]
        assert visitor.get(MANDATES).shows("Last used at City Service Hall")


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"name": ""}, "name"),
        ({"number": ""}, "number"),
        ({"number": FRIEND.number[:-1] + ("1" if FRIEND.number[-1] == "0" else "0")}, "number"),
        ({"number": PERSON.number}, "number"),
        ({"scope": "some"}, "matters"),
        ({"scope": "some", "matter": "everything"}, "matters"),
        ({"until": "2000-01-01"}, "until"),
        ({"until": "2100-01-01"}, "until"),
        ({"until": "soon"}, "until"),
    ],
)
def test_slips_are_told_where_they_are_and_nothing_typed_is_lost(
    site: Site, typed: dict[str, str], field: str
) -> None:
    visitor = asks(site, None, **typed)
    assert visitor.status == 422
    assert f"{field}-error" in visitor.page.elements
    if "name" not in typed:
        assert visitor.page.elements["name"]["value"] == FRIEND.name
    assert invitations(site) == []
    assert visitor.get(visitor.url).path == f"{MANDATES}/invite"


def test_a_mandate_of_a_frozen_account_is_shown_as_what_counts_for_nothing(site: Site) -> None:
    granted(site)
    (mandate,) = mandates(site)
    visitor = signed_in(site)
    with site.services.sessions.begin() as session:
        person = directory.find_by_id(session, mandate.person_id)
        assert person is not None
        statuses.freeze(session, person, reason="clerk", context=AuditContext(site.clock()))
    assert visitor.get(MANDATES).shows("Does not count at the moment")


def test_pages_speak_every_language(site: Site) -> None:
    mandate_id = granted(site)
    visitor = signed_in(site)
    for tag, words in (("zh-CN", "亲友"), ("zh-Hant", "親友")):
        visitor.client.set_cookie("__Host-locale", tag, domain="id.example", secure=True)
        assert visitor.get(f"{MANDATES}/{mandate_id}").shows(words)


def test_of_a_closed_account_no_name_is_left(site: Site) -> None:
    granted(site)
    (mandate,) = mandates(site)
    visitor = signed_in(site)
    with site.services.sessions.begin() as session:
        person = directory.find_by_id(session, mandate.person_id)
        assert person is not None
        statuses.close(
            session, person, reason="asked", cipher=site.services.cipher, context=AuditContext(site.clock())
        )
    assert visitor.get(MANDATES).shows("somebody whose account is closed")
