"""Pages of measures."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from idp.measures.models import Measure
from idp.people import directory
from idp.people.models import Person
from idp.staff import accounts
from tests.idp.login.visitor import PERSON, Site, Visitor
from tests.idp.security import desk
from tests.idp.staff_pages.officer import Member, add, sign_in

NEW = "/security/measures/new"


@pytest.fixture
def officer(site: Site) -> Member:
    return add(site, "S-1", "security", serial=1)


@pytest.fixture
def at_desk(site: Site, officer: Member) -> Visitor:
    return sign_in(site, officer, target="/security/measures")


def person_id(site: Site) -> str:
    with site.services.sessions() as session:
        found = directory.find_by_number(session, site.services.index, PERSON.number)
        assert found is not None
        return found.id


def measures(site: Site) -> list[Measure]:
    with site.services.sessions() as session:
        return list(session.scalars(select(Measure).order_by(Measure.id)))


def test_there_are_none_yet(at_desk: Visitor) -> None:
    assert at_desk.path == "/security/measures"
    assert at_desk.shows("There are none.")


def test_from_whom_over_what_to_done_and_back(site: Site, at_desk: Visitor) -> None:
    citizen = site.visitor()
    citizen.get("/account")
    citizen.sign_in(PERSON)
    assert citizen.path == "/account"
    page = at_desk.click("new-measure")
    page.submit("whom-form", subject_kind="person", subject=PERSON.number)
    assert page.status == 422
    assert PERSON.number not in page.body
    page.submit("whom-form", subject_kind="person", subject=person_id(site))
    assert page.shows("End all sessions of a person")
    page.get(f"{NEW}?kind=freeze&subject_kind=person&subject={person_id(site)}")
    assert page.shows("Sessions that end")
    page.submit("measure-form", reason="stolen", note="Called at nine.")
    assert page.path.startswith("/security/measures/")
    assert page.shows("In force")
    assert page.shows("Called at nine.")
    assert citizen.get("/account").path == "/login"
    page.submit("undo-form", reason="settled")
    assert page.shows("Undone")
    with site.services.sessions() as session:
        assert session.get_one(Person, person_id(site)).status == "active"


def test_a_form_that_is_sent_twice_is_one_deed(site: Site, at_desk: Visitor) -> None:
    page = at_desk.get(f"{NEW}?kind=freeze&subject_kind=person&subject={person_id(site)}")
    form = page.body
    page.submit("measure-form", reason="attack")
    first = page.path
    page.body = form
    page.submit("measure-form", reason="attack")
    assert page.path == first
    assert len(measures(site)) == 1


def test_a_session_is_found_by_its_digest_alone(site: Site, at_desk: Visitor) -> None:
    """As alerts and cases name it: whose it is says the log."""
    citizen = site.visitor()
    citizen.get("/account")
    citizen.sign_in(PERSON)
    (opened,) = site.events("signed_in")
    at_desk.get(f"{NEW}?kind=end_sessions&subject_kind=session&subject={opened['session_id']}")
    at_desk.submit("measure-form", reason="stolen")
    assert at_desk.path.startswith("/security/measures/")
    assert citizen.get("/account").path == "/login"
    at_desk.get(f"{NEW}?kind=end_sessions&subject_kind=session&subject={opened['session_id']}")
    assert at_desk.status == 422


def test_a_measure_is_entered_in_the_case_for_which_it_is_taken(
    site: Site, at_desk: Visitor, officer: Member
) -> None:
    case_id = desk.open_case(site, officer)
    at_desk.get(f"{NEW}?kind=freeze&subject_kind=person&subject={person_id(site)}&case={case_id}")
    at_desk.submit("measure-form", reason="fraud")
    (made,) = measures(site)
    assert made.case_id == case_id
    assert "measure_taken" in [line.deed for line in desk.case_of(site, case_id).history]
    (event,) = site.events("measure_taken")
    assert event["case_id"] == case_id


def test_attack_a_form_from_another_page_does_nothing(site: Site, at_desk: Visitor) -> None:
    at_desk.get(f"{NEW}?kind=freeze&subject_kind=person&subject={person_id(site)}")
    at_desk.submit("measure-form", reason="attack", csrf_token="guessed")
    assert at_desk.status == 403
    assert measures(site) == []


def test_an_auditor_reads_and_does_nothing(site: Site, at_desk: Visitor) -> None:
    at_desk.get(f"{NEW}?kind=freeze&subject_kind=person&subject={person_id(site)}")
    at_desk.submit("measure-form", reason="attack")
    one = at_desk.path
    auditor = sign_in(site, add(site, "A-1", "auditor", serial=2), target="/security/measures")
    assert auditor.shows("Freeze a person's account")
    auditor.get(one)
    assert "undo-form" not in auditor.page.forms
    assert auditor.get(NEW).status == 403


def test_a_block_keeps_out_who_begins_and_nobody_who_is_in(site: Site, at_desk: Visitor) -> None:
    inside, outside = site.visitor(), site.visitor()
    inside.get("/account")
    inside.sign_in(PERSON)
    outside.get("/account")
    at_desk.get(f"{NEW}?kind=block&subject_kind=address&subject=192.0.2.7")
    at_desk.submit("measure-form", reason="attack", hours="1")
    assert at_desk.shows("In force")
    assert outside.get("/login").status == 403
    assert outside.shows("You cannot sign in from this network at the moment")
    assert outside.get("/enrol").status == 403
    assert inside.get("/account").status == 200
    at_desk.submit("undo-form", reason="false_alarm")
    assert outside.get("/account").status == 200
    assert outside.path == "/login"


@pytest.mark.parametrize(
    ("network", "words"),
    [
        ("192.0.2.0/24", "Your own address lies in this range"),
        ("127.0.0.1", "This range is needed"),
        ("10.0.0.0/8", "The range is too wide"),
        ("110105194912310021", "This is no id, or no address"),
    ],
)
def test_what_must_not_be_blocked_is_not(site: Site, at_desk: Visitor, network: str, words: str) -> None:
    at_desk.get(f"{NEW}?kind=block&subject_kind=address&subject={network}")
    if "measure-form" in at_desk.page.forms:
        at_desk.submit("measure-form", reason="attack", hours="1")
    assert at_desk.shows(words)
    assert measures(site) == []


class TestTwoOfficers:
    @pytest.fixture
    def changes(self) -> dict[str, str]:
        return {"IDP_MEASURES__TWO_OFFICERS": "freeze:client"}

    def test_a_client_is_frozen_once_the_second_officer_agrees(self, site: Site, at_desk: Visitor) -> None:
        second = add(site, "S-2", "security", serial=2)
        site.clock.now += timedelta(days=10)
        officer = sign_in(site, officer_of(site), target="/security/measures")
        officer.get(f"{NEW}?kind=freeze&subject_kind=client&subject=hall")
        assert officer.shows("This takes two")
        officer.submit("measure-form", reason="misconduct")
        assert officer.shows("Waits for a second officer")
        assert officer.shows("You have asked for it yourself")
        citizen = site.visitor().authorize("hall")
        assert citizen.path == "/login"
        other = sign_in(site, second, target=officer.path)
        other.submit("decide-form", decision="agree")
        assert other.shows("In force")
        assert site.visitor().authorize("hall").status == 400


def officer_of(site: Site) -> Member:
    with site.services.sessions() as session:
        found = accounts.find(session, "S-1")
        assert found is not None
        return Member(found.id, "S-1")
