"""Timelines of people, clients, sessions, devices and addresses; and what was around an event."""

from datetime import timedelta

import pytest

from idp.audit.models import AuditEvent
from tests.idp.login.visitor import PERSON, Site, Visitor
from tests.idp.staff_pages.officer import add, sign_in

NOBODY = "01890a5d-ac96-774b-bcce-b302099a8057"


@pytest.fixture
def at_desk(site: Site) -> Visitor:
    visitor = site.visitor().authorize().sign_in(PERSON)
    visitor.agree()
    site.clock.now += timedelta(minutes=3)
    stranger = Visitor(site, visitor.address).authorize()
    stranger.submit("password-form", number=PERSON.number, password="wrong one")
    return sign_in(site, add(site, "S-1", "security", serial=11), target="/security/search")


def the(site: Site, name: str) -> AuditEvent:
    with site.services.sessions() as session:
        found = session.query(AuditEvent).filter_by(name=name).order_by(AuditEvent.seq.desc()).first()
        assert found is not None
        session.expunge(found)
        return found


def test_of_a_person_by_sign_ins_and_without_who_they_are(at_desk: Visitor, site: Site) -> None:
    person_id = site.events("signed_in")[0]["person_id"]
    at_desk.get(f"/security/people/{person_id}")
    assert at_desk.status == 200
    assert at_desk.shows("Signed in")
    assert at_desk.shows("Consent given to a client")
    assert at_desk.shows("level 2")
    assert at_desk.shows("password")
    for telling in (PERSON.name, PERSON.number, PERSON.phone):
        assert telling not in at_desk.body
    assert f"subject={person_id}" in at_desk.page.elements["measure"]["href"]
    assert "/security/cases/new?" in at_desk.page.elements["open-case"]["href"]
    [viewed] = site.events("security_viewed")[1:]
    assert (viewed["page"], viewed["person_id"]) == ("person", person_id)


def test_an_auditor_is_led_to_nothing_that_changes(at_desk: Visitor, site: Site) -> None:
    person_id = site.events("signed_in")[0]["person_id"]
    auditor = sign_in(site, add(site, "A-1", "auditor", serial=2), target=f"/security/people/{person_id}")
    assert auditor.status == 200
    assert not {"measure", "open-case", "unmask"} & set(auditor.page.elements)


@pytest.mark.parametrize(
    ("path", "seen"),
    [
        ("clients/hall", "Signed in"),
        ("addresses/192.0.2.7", "Sign-in refused"),
        ("people/" + NOBODY, "There is none of this id."),
        ("organisations/" + NOBODY, "There is none of this id."),
        ("devices/" + "d" * 43, "Nothing was found."),
        ("addresses/2001:db8::1", "Nothing was found."),
    ],
)
def test_of_everything_else(at_desk: Visitor, path: str, seen: str) -> None:
    at_desk.get(f"/security/{path}")
    assert (at_desk.status, at_desk.shows(seen)) == (200, True)


@pytest.mark.parametrize(
    "path",
    [
        "people/1",
        f"clients/{PERSON.number}",
        f"devices/{PERSON.number}",
        "addresses/nowhere",
        "sessions/unknown",
        f"around/{NOBODY}",
        f"events/{NOBODY}",
        f"people/{NOBODY}?after=x",
    ],
)
def test_what_is_none_is_not_there(at_desk: Visitor, path: str) -> None:
    assert at_desk.get(f"/security/{path}").status == 404


def test_of_a_session_with_what_others_did_at_its_address(at_desk: Visitor, site: Site) -> None:
    session_id = site.events("signed_in")[0]["session_id"]
    at_desk.get(f"/security/sessions/{session_id}")
    assert at_desk.status == 200
    assert at_desk.shows("Authorization code issued")
    assert at_desk.shows("not yet, as far as the log says")


def test_around_an_event_are_others_at_its_address(at_desk: Visitor, site: Site) -> None:
    at_desk.get(f"/security/around/{the(site, 'code_issued').id}")
    assert at_desk.status == 200
    assert at_desk.shows("Sign-in refused")


def test_an_event_says_what_its_fields_mean_and_who_stands_beside_it(at_desk: Visitor, site: Site) -> None:
    event = the(site, "signed_in")
    at_desk.get(f"/security/events/{event.id}")
    assert at_desk.status == 200
    assert at_desk.shows("A browser has a session of a person from here on.")
    assert at_desk.shows("A digest of the session's id.")
    assert event.payload.replace('"', '\\"') in at_desk.page.texts["raw-bytes"]
    assert "before" in at_desk.page.elements
    assert at_desk.shows("Not under a signed head yet.")
    assert at_desk.get(f"/security/events/{event.id}/proof").status == 404
    [viewed] = [one for one in site.events("security_viewed") if one["page"] == "event"]
    assert viewed["subject"] == event.id
