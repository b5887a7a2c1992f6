"""What strangers, invitees and insiders might try with pages about mandates."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier

import pytest

from idp.audit.context import AuditContext
from idp.people import statuses
from idp.people.models import Person
from idp.people.resident_number import SANDBOX_ADDRESS, compose
from tests.idp.account.mandates.acting import (
    FRIEND,
    MANDATES,
    accepts,
    asks,
    forged,
    friends,
    granted,
    invitations,
    mandates,
    person_of,
    present,
    signed_in,
)
from tests.idp.login.visitor import CHILD, ISSUER, PERSON, Site, Visitor

UNKNOWN = compose(SANDBOX_ADDRESS, date(1970, 1, 1), 99)


@pytest.fixture(autouse=True)
def _two(site: Site) -> None:
    friends(site)


def visible(visitor: Visitor) -> str:
    return " ".join(visitor.page.text.split())


def test_attack_learning_who_is_known_here(site: Site) -> None:
    """The same page for a number that has an account, one that has none, and one of somebody else's name."""
    known = visible(asks(site))
    for row in invitations(site):
        signed_in(site).submit(f"{MANDATES}/invitations/{row.id}/withdraw")
    unknown = visible(asks(site, None, number=UNKNOWN))
    for row in invitations(site):
        if row.answered_at is None:
            signed_in(site).submit(f"{MANDATES}/invitations/{row.id}/withdraw")
    misnamed = visible(asks(site, None, number=CHILD.number))
    assert known == unknown == misnamed


def test_attack_inviting_oneself(site: Site) -> None:
    visitor = asks(site, None, number=PERSON.number, name=PERSON.name)
    assert visitor.status == 422
    assert invitations(site) == []


def test_attack_accepting_anothers_invitation(site: Site) -> None:
    asks(site)
    (row,) = invitations(site)
    path = f"{MANDATES}/invitations/{row.id}"
    for stranger in (signed_in(site, CHILD), signed_in(site)):
        assert stranger.get(path).status == 404
        assert "answer-form" not in stranger.page.forms
        assert forged(stranger, path, decision="accept").status == 404
    assert mandates(site) == []
    assert site.events("mandate_refused_to")[-1]["reason"] == "not_found"


def test_attack_a_name_that_is_not_the_holders(site: Site) -> None:
    """Whoever guesses a number gets nobody to act for them."""
    asks(site, None, name="赵七")
    friend = signed_in(site, FRIEND)
    assert "invitations" not in friend.page.elements
    (row,) = invitations(site)
    assert friend.get(f"{MANDATES}/invitations/{row.id}").status == 404


def test_attack_a_text_message_alone_sees_nothing(site: Site) -> None:
    visitor = site.visitor().get("/login").click("way-sms").submit("phone-form", phone=PERSON.phone)
    visitor.submit("code-form", code=site.code())
    assert visitor.path == "/account"
    for path in (MANDATES, f"{MANDATES}/invite", f"{MANDATES}/wards"):
        assert visitor.get(path).path in {"/login", "/login/presence"}


def test_attack_a_form_sent_after_presence_has_passed(site: Site) -> None:
    visitor = signed_in(site).get(f"{MANDATES}/invite")
    present(visitor)
    site.clock.advance(901)
    asks_again = {"name": FRIEND.name, "number": FRIEND.number, "scope": "all", "until": "2026-12-24"}
    visitor.submit("invite-form", **asks_again)
    assert visitor.path == "/login/presence"
    assert invitations(site) == []


def test_attack_another_persons_mandate(site: Site) -> None:
    mandate_id = granted(site)
    stranger = signed_in(site, CHILD)
    assert stranger.get(f"{MANDATES}/{mandate_id}").status == 404
    assert forged(stranger, f"{MANDATES}/{mandate_id}/end").status == 404
    present(forged(stranger, f"{MANDATES}/{mandate_id}/until", until="2026-12-01"), CHILD)
    assert forged(stranger, f"{MANDATES}/{mandate_id}/until", until="2026-12-01").status == 404
    (mandate,) = mandates(site)
    assert mandate.ended_at is None


def test_attack_the_holder_renews_their_own(site: Site) -> None:
    mandate_id = granted(site)
    (before,) = mandates(site)
    friend = present(signed_in(site, FRIEND, f"{MANDATES}/invite"), FRIEND)
    assert forged(friend, f"{MANDATES}/{mandate_id}/until", until="2028-01-01").status == 403
    (after,) = mandates(site)
    assert after.expires_at == before.expires_at


def test_attack_a_form_of_another_site(site: Site) -> None:
    mandate_id = granted(site)
    (row,) = invitations(site)
    visitor = signed_in(site)
    for act in (
        f"{mandate_id}/end",
        f"{mandate_id}/until",
        f"{mandate_id}/ask-again",
        f"invitations/{row.id}",
        f"invitations/{row.id}/withdraw",
        "invite",
        "wards",
    ):
        sent = visitor.client.post(f"{MANDATES}/{act}", data={}, base_url=ISSUER)
        assert sent.status_code == 403, act
    (mandate,) = mandates(site)
    assert mandate.ended_at is None


def test_attack_a_sixth_relative_in_a_race(site: Site) -> None:
    """Six invitations at once, of which five may be: whoever counts holds the person's row."""
    visitors = []
    for _ in range(6):
        visitor = signed_in(site).get(f"{MANDATES}/invite")
        visitors.append(present(visitor))
    numbers = [compose(SANDBOX_ADDRESS, date(1980, 1, 1), 40 + turn) for turn in range(6)]
    start = Barrier(6)

    def invite(turn: int) -> int:
        start.wait()
        typed = {"name": f"样本{turn}", "number": numbers[turn], "scope": "all", "until": "2026-12-24"}
        return visitors[turn].submit("invite-form", **typed).status

    with ThreadPoolExecutor(6) as pool:
        statuses_found = sorted(pool.map(invite, range(6)))
    assert statuses_found == [200] * 5 + [422]
    assert len(invitations(site)) == 5
    full = signed_in(site)
    assert "relatives-full" in full.page.elements
    assert "invite" not in full.page.elements


def test_attack_a_principal_who_is_frozen_is_acted_for_by_nobody_new(site: Site) -> None:
    asks(site)
    person = person_of(site, PERSON)
    assert person is not None
    with site.services.sessions.begin() as session:
        row = session.get_one(Person, person.id)
        statuses.freeze(session, row, reason="clerk", context=AuditContext(site.clock()))
    friend = accepts(site)
    assert friend.shows("Whoever invited you cannot give this any more.")
    assert mandates(site) == []


def test_attack_an_invitation_that_is_over(site: Site) -> None:
    asks(site)
    friend = signed_in(site, FRIEND).click("invitation-1-open")
    site.clock.advance(7 * 86_400)
    friend = signed_in(site, FRIEND)
    (row,) = invitations(site)
    assert friend.get(f"{MANDATES}/invitations/{row.id}").status == 404
    assert "invitations" not in friend.get(MANDATES).page.elements


def test_attack_accepting_twice(site: Site) -> None:
    asks(site)
    first = signed_in(site, FRIEND).click("invitation-1-open").submit("answer-form", decision="accept")
    present(first, FRIEND)
    stale = first.body, first.url
    first.submit("answer-form", decision="accept")
    first.body, first.url = stale
    first.submit("answer-form", decision="accept")
    assert first.status == 404
    assert len(mandates(site)) == 1


def test_attack_markup_in_a_name_never_comes_to_the_page(site: Site) -> None:
    visitor = asks(site, None, name="<img src=x>")
    assert "<img src=x>" not in visitor.body


def test_no_name_or_number_comes_into_the_log_or_an_address(site: Site) -> None:
    granted(site)
    for name in ("mandate_invited", "mandate_invitation_answered", "mandate_granted"):
        for event in site.events(name):
            for secret in (PERSON.name, PERSON.number, FRIEND.name, FRIEND.number):
                assert secret not in str(event)
