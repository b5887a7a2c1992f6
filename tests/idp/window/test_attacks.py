"""Codes that are guessed, shared, late or sent on; clerks who help themselves, or are none any more."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from idp.people.models import PersonStatus
from idp.staff import sessions as staff_sessions
from idp.staff.models import StaffAccount
from tests.idp.login.visitor import CHILD, ISSUER, PERSON, TAX, Site, Visitor
from tests.idp.staff_pages.officer import Member, add, disable
from tests.idp.window.counter import answer, at_window, code_on, device, enter, look, name, offered


@pytest.fixture
def member(site: Site) -> Member:
    return add(site, "C-1", "clerk")


@pytest.fixture
def clerk(site: Site, member: Member) -> Visitor:
    return at_window(site, member)


def test_attack_a_code_by_brute_force(site: Site, clerk: Visitor) -> None:
    """A rogue clerk tries codes of devices elsewhere."""
    code = code_on(device(site))
    for guess in range(30):
        enter(clerk, f"{guess:08}")
        if clerk.status == 429:
            break
    assert clerk.status == 429
    assert enter(clerk, code).status == 429
    assert len(site.events("window_code_refused")) < 20


def test_a_wrong_code_says_nothing_more(site: Site, clerk: Visitor) -> None:
    for wrong in ("00000000", "1", "abcdefgh", "", "1234 5678 9"):
        assert enter(clerk, wrong).status in {422, 429}
        assert "help" not in clerk.path


def test_an_expired_code_is_none(site: Site, clerk: Visitor) -> None:
    visitor = device(site)
    code = code_on(visitor)
    site.clock.advance(site.services.settings.staff.window_code_seconds)
    assert enter(clerk, code).status == 422
    assert visitor.get(visitor.url).shows("The time has run out")


def test_a_code_counts_once(site: Site, clerk: Visitor) -> None:
    code = code_on(device(site))
    enter(clerk, code)
    assert enter(clerk, code).status == 422


def test_two_clerks_race_for_one_code(site: Site, clerk: Visitor) -> None:
    other = at_window(site, add(site, "C-2", "clerk", serial=2))
    code, start = code_on(device(site)), Barrier(2)

    def one(of: Visitor) -> str:
        of.get("/window")
        start.wait()
        return of.submit("window-form", code=code).path

    with ThreadPoolExecutor(2) as pool:
        paths = sorted(pool.map(one, (clerk, other)))
    assert paths[0] == "/window"
    assert paths[1].startswith("/window/help/")
    assert len(site.events("window_code_taken")) == 1


def test_another_clerks_help_is_not_there(site: Site, clerk: Visitor) -> None:
    enter(clerk, code_on(device(site)))
    other = at_window(site, add(site, "C-2", "clerk", serial=2))
    assert other.get(clerk.url).status == 404


def test_attack_the_clerk_answers_for_the_person(site: Site, member: Member) -> None:
    """One browser on both sides: the clerk would say yes to their own word."""
    both = at_window(site, member)
    both.authorize(TAX).click("way-window").submit("code-form")
    code = code_on(both)
    assert enter(both, code).status == 422
    assert both.shows("This is the browser that shows the code")
    assert site.events("window_given_up")[-1]["reason"] == "same_browser"


def test_attack_a_clerk_helps_themself(site: Site) -> None:
    own = at_window(site, add(site, "C-9", "clerk", own=PERSON.number))
    enter(own, code_on(device(site)))
    name(own)
    assert own.status == 422
    assert own.shows("This is your own card")
    assert site.events("window_person_refused")[-1]["reason"] == "own"
    own.get("/window/activation").submit("activation-form", number=PERSON.number, seen="1")
    assert own.status == 422
    assert "activation-code" not in own.page.elements
    assert site.events("window_activation_refused")[-1]["reason"] == "own"


def test_a_clerk_disabled_in_the_middle_helps_nobody(site: Site, clerk: Visitor, member: Member) -> None:
    visitor = offered(site, clerk)
    disable(site, member)
    answer(visitor)
    assert visitor.shows("The clerk's help has ended")
    assert not site.events("signed_in")
    assert site.events("window_answered")[-1]["outcome"] == "clerk_gone"
    assert clerk.get("/window").path == "/staff/login"


def test_nor_one_who_is_no_clerk_any_more(site: Site, clerk: Visitor, member: Member) -> None:
    visitor = offered(site, clerk)
    with site.services.sessions.begin() as session:
        session.get_one(StaffAccount, member.id).roles = ["auditor"]
    assert answer(visitor).shows("The clerk's help has ended")


def test_nor_one_whose_session_was_ended(site: Site, clerk: Visitor, member: Member) -> None:
    visitor = offered(site, clerk)
    with site.services.sessions.begin() as session:
        staff_sessions.end_all_of(session, member.id)
    assert answer(visitor).shows("The clerk's help has ended")


def test_a_clerk_disabled_while_the_face_is_checked(site: Site, clerk: Visitor, member: Member) -> None:
    visitor = answer(offered(site, clerk, checked="face_at_device")).consent_to_face()
    disable(site, member)
    visitor.show_face()
    assert visitor.get("/account").path == "/login"
    assert not site.events("window_sign_in")


def test_an_offer_does_not_wait_for_ever(site: Site, clerk: Visitor) -> None:
    visitor = offered(site, clerk)
    site.clock.advance(site.services.settings.staff.window_help_seconds)
    assert answer(visitor).shows("The time has run out")
    assert not site.events("signed_in")


def test_attack_the_answer_comes_from_another_browser(site: Site, clerk: Visitor) -> None:
    visitor = offered(site, clerk)
    thief = Visitor(site, "192.0.2.99").get("/staff/login")
    token = thief.page.forms["staff-form"].fields["csrf_token"]
    target = visitor.page.forms["answer-form"].action
    assert target is not None
    response = thief.client.post(target, data={"csrf_token": token, "decision": "confirm"}, base_url=ISSUER)
    assert response.status_code == 400
    assert not site.events("signed_in")


def test_attack_yes_twice(site: Site, clerk: Visitor) -> None:
    """Two tabs: one signs in, the other finds it done."""
    visitor = offered(site, clerk)
    form = visitor.page.forms["answer-form"]
    start = Barrier(2)
    cookie = visitor.client.get_cookie("__Host-browser", domain="id.example")
    assert cookie is not None

    def one(_tab: int) -> int:
        client = site.app.test_client()
        client.set_cookie("__Host-browser", cookie.value, domain="id.example", secure=True)
        start.wait()
        answered = client.post(form.action, data={**form.fields, "decision": "confirm"}, base_url=ISSUER)
        return int(answered.status_code)

    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(one, range(2))) == [303, 303]
    assert len(site.events("window_sign_in")) == 1


def test_an_answer_before_anybody_was_named_is_nothing(site: Site, clerk: Visitor) -> None:
    visitor = device(site)
    interaction = visitor.query["interaction"]
    enter(clerk, code_on(visitor))
    token = visitor.page.forms["code-form"].fields["csrf_token"]
    visitor.client.post(
        f"/login/window/answer?interaction={interaction}",
        data={"csrf_token": token, "decision": "confirm"},
        base_url=ISSUER,
    )
    assert visitor.get("/account").path == "/login"


def test_attack_naming_people_without_end(site: Site, clerk: Visitor) -> None:
    staff = site.services.settings.staff
    for _person in range(staff.window_sign_ins_per_hour + 1):
        enter(clerk, code_on(device(site)))
        name(clerk, CHILD, name="王五")
        if clerk.status == 429:
            break
    assert clerk.status == 429
    assert clerk.shows("as many people as one clerk may")
    site.clock.advance(3600)
    enter(at_window(site, add(site, "C-2", "clerk", serial=2)), code_on(device(site)))


def test_attack_activation_codes_without_end(site: Site, clerk: Visitor) -> None:
    for _code in range(site.services.settings.staff.activation_codes_per_hour + 1):
        clerk.get("/window/activation").submit("activation-form", number=PERSON.number, seen="1")
        if clerk.status == 429:
            break
    assert clerk.status == 429
    assert site.events("window_activation_refused")[-1]["reason"] == "too_many"


def test_attack_a_portal_embeds_the_page_with_the_code(site: Site) -> None:
    visitor = device(site)
    response = visitor.client.get(visitor.url, base_url=ISSUER)
    assert response.headers["X-Frame-Options"] == "DENY"
    assert "frame-ancestors 'none'" in response.headers["Content-Security-Policy"]
    assert response.headers["Cache-Control"] == "no-store"


def test_attack_a_device_shows_codes_without_end(site: Site) -> None:
    visitor = device(site)
    for _code in range(60):
        visitor.get(visitor.url).submit("code-form")
        if visitor.status == 429:
            break
    assert visitor.status == 429
    assert visitor.shows("too many codes")


@pytest.mark.parametrize("status", [PersonStatus.FROZEN, PersonStatus.DECEASED])
def test_an_account_that_is_not_open_is_not_offered(site: Site, clerk: Visitor, status: PersonStatus) -> None:
    _set_status(site, status)
    enter(clerk, code_on(device(site)))
    assert name(clerk).status == 422
    assert "lead-to-enrol" not in clerk.page.elements
    assert site.events("window_person_refused")[-1]["reason"] == status.value


def test_nor_one_that_was_frozen_after_the_offer(site: Site, clerk: Visitor) -> None:
    visitor = offered(site, clerk)
    _set_status(site, PersonStatus.FROZEN)
    assert answer(visitor).status == 403
    assert visitor.shows("This account is frozen")
    assert site.events("sign_in_refused")[-1]["method"] == "window"
    assert not site.events("window_sign_in")


def test_the_clerk_is_warned_of_a_device_elsewhere(site: Site, clerk: Visitor) -> None:
    far = device(site, address="198.51.100.9")
    enter(clerk, code_on(far))
    assert "Another network than yours" in clerk.page.texts["same-network"]
    assert clerk.shows("198.51.*.*")


def test_no_event_names_anybody(site: Site, clerk: Visitor) -> None:
    from sqlalchemy.orm import Session

    from tests.fakes import AuditTrap

    answer(offered(site, clerk))
    with Session(site.services.engine) as session:
        AuditTrap(PERSON.number, PERSON.name, PERSON.phone).check_stored(session)


def test_a_device_that_is_done_shows_no_code(site: Site, clerk: Visitor) -> None:
    visitor = offered(site, clerk)
    page = visitor.url
    answer(visitor)
    assert visitor.get(page).path == "/consent"


def test_the_help_of_one_interaction_is_none_of_another(site: Site, clerk: Visitor) -> None:
    """Two sign-ins in one browser: what the clerk helps with is the one whose code they took."""
    visitor = offered(site, clerk)
    first = visitor.url
    visitor.authorize(TAX).click("way-window")
    assert "answer-form" not in visitor.page.forms
    assert "answer-form" in visitor.get(first).page.forms
    assert look


def _set_status(site: Site, status: PersonStatus) -> None:
    from idp.people import directory

    with site.services.sessions.begin() as session:
        person = directory.find_by_number(session, site.services.index, PERSON.number)
        assert person is not None
        person.status = status.value
