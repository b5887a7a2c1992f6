"""Officers who want more than they may, and people who attack officers through what the desk shows."""

import html
import json
import re
from contextlib import suppress
from typing import Any

import pytest

from idp.audit.context import AuditContext
from idp.audit.events.signing_in import SignInRefused
from idp.audit.log import record
from idp.cases.history import CaseRefused
from idp.cases.words import SUBJECT_KINDS
from idp.people import directory
from idp.security.search import export_views
from idp.staff import sessions as staff_sessions
from idp.staff.models import StaffAccount
from tests.idp.login.visitor import NEWCOMER, PERSON, Site, Visitor
from tests.idp.security import desk
from tests.idp.staff_pages.officer import Member, add, disable, sign_in

NUMBER = PERSON.number
ADDRESSES = [
    "/security/cases?subject_kind=person&subject={}",
    "/security/cases/new?subject_kind=person&subject={}",
    "/security/alerts?subject_kind=person&subject={}",
    "/security/clients/{}",
    "/security/devices/{}",
    "/security/sessions/{}",
    "/security/measures/new?subject_kind=client&subject={}",
    "/security/measures/new?subject_kind=session&subject={}",
    "/security/rules/{}",
    "/security/search?text={}",
    "/security/live?text={}",
    "/security/search?case={}",
    "/security/people/{}",
    "/security/search?reference={}",
]


@pytest.fixture
def officer(site: Site) -> Member:
    return add(site, "S-1", "security", serial=11)


@pytest.fixture
def at_desk(site: Site, officer: Member) -> Visitor:
    return sign_in(site, officer, target="/security/search")


def posted(page: Visitor, path: str, **data: str) -> Any:
    """Without following where it leads."""
    return page.client.post(path, data={"csrf_token": page.csrf(), **data}, **page._environment())


def person_id(site: Site) -> str:
    with site.services.sessions() as session:
        found = directory.find_by_number(session, site.services.index, NUMBER)
        assert found is not None
        return found.id


def looked_up(site: Site) -> list[str | None]:
    return [one["person_id"] for one in site.events("security_viewed") if one["page"] == "number"]


def log(site: Site) -> str:
    from idp.audit.models import AuditEvent

    with site.services.sessions() as session:
        return json.dumps([(row.client_id, row.payload) for row in session.query(AuditEvent)])


def test_attack_a_number_is_looked_up_and_the_search_never_made(site: Site, at_desk: Visitor) -> None:
    """The address that the form leads to says whose number it is, so the event comes before it."""
    answer = posted(at_desk, "/security/search", number=NUMBER)
    assert answer.status_code == 303
    assert person_id(site) in answer.headers["Location"]
    assert looked_up(site) == [person_id(site)]


def test_attack_a_number_is_looked_up_beside_what_is_wrong(site: Site, at_desk: Visitor) -> None:
    answer = posted(at_desk, "/security/search", number=NUMBER, reference="K7F3-0000")
    assert answer.status_code == 422
    assert looked_up(site) == [person_id(site)]
    assert posted(at_desk, "/security/search", number=NEWCOMER.number).status_code == 303
    assert looked_up(site) == [person_id(site), None]


@pytest.mark.parametrize("separator", ["", "-", "."])
def test_attack_a_number_in_an_address_of_the_desk(site: Site, at_desk: Visitor, separator: str) -> None:
    said = separator.join([NUMBER[:6], NUMBER[6:10], NUMBER[10:14], NUMBER[14:]])
    for path in ADDRESSES:
        page = at_desk.get(path.format(said))
        assert page.status in {200, 404, 422}, path
        # What the page says; its links to other languages repeat the address that was asked for.
        assert said not in re.sub(r'href="[^"]*"', "", page.body), path
    assert said not in log(site)


def test_attack_a_number_as_what_a_case_is_about(site: Site, at_desk: Visitor) -> None:
    said = "-".join([NUMBER[:6], NUMBER[6:14], NUMBER[14:]])
    for kind in sorted(SUBJECT_KINDS):
        form = {"kind": "other", "severity": "low", "subject_kind": kind, "subject": said}
        assert posted(at_desk, "/security/cases/new", **form).status_code == 422, kind
    assert said not in log(site)


@pytest.mark.parametrize("field", ["device", "actor", "session", "address", "text", "interaction"])
def test_attack_an_export_or_a_watch_of_somebody_that_does_not_say_of_whom(
    site: Site, at_desk: Visitor, field: str
) -> None:
    """Of a colleague by their actor, of a person by their device: the log has what a search would leave."""
    value = "198.51.100.7" if field == "address" else "d" * 43
    said = {"device": "from_device", "actor": "acted_by", "session": "session_id", "text": "fragment"}
    name = {**said, "interaction": "request"}.get(field, field)
    answer = posted(at_desk, f"/security/exports?{field}={value}", format="csv", reason="investigation")
    assert answer.get_data()
    at_desk.get(f"/security/live?{field}={value}")
    assert [event[name] for event in site.events("audit_searched")] == [value, value]


@pytest.mark.parametrize("ends", ["disabled", "demoted", "signed out"])
def test_attack_an_export_goes_on_when_its_officer_may_no_longer_read(
    site: Site, officer: Member, at_desk: Visitor, ends: str
) -> None:
    with site.services.sessions.begin() as session:
        for _ in range(3 * export_views.PAGE):
            record(
                session, SignInRefused(reason="wrong", method="password"), context=AuditContext(site.clock())
            )
    site.clock.advance(1)
    form = {"csrf_token": at_desk.csrf(), "format": "jsonl", "reason": "investigation"}
    answer = at_desk.client.post("/security/exports", data=form, buffered=False, **at_desk._environment())
    lines = iter(answer.response)
    next(lines)
    if ends == "disabled":
        disable(site, officer)
    elif ends == "demoted":
        with site.services.sessions.begin() as session:
            session.get_one(StaffAccount, officer.id).roles = ["clerk"]
    else:
        with site.services.sessions.begin() as session:
            staff_sessions.end_all_of(session, officer.id)
    assert len(list(lines)) <= export_views.PAGE + 1
    answer.close()
    assert [event["outcome"] for event in site.events("audit_exported")] == ["cut"]


def test_attack_a_subject_that_breaks_the_page_of_its_case_and_all_lists(
    site: Site, officer: Member, at_desk: Visitor
) -> None:
    odd = ("abc", "a/b", "..", "~", "a:b@c", "x" * 128, "198.51.100.0/24")
    for subject in odd:
        about = [(kind, subject) for kind in sorted(SUBJECT_KINDS)]
        for one in about:
            with suppress(CaseRefused):
                desk.open_case(site, officer, one)
    assert at_desk.get("/security/cases").status == 200
    links = set(re.findall(r'href="(/security/[^"]*)"', at_desk.body))
    assert len(links) > len(odd)
    for link in links:
        assert at_desk.get(html.unescape(link)).status in {200, 404, 422}, link


@pytest.mark.parametrize("page", ["/security/search?show=1&", "/security/live?"])
def test_attack_what_is_asked_for_makes_the_desk_fail(at_desk: Visitor, page: str) -> None:
    odd = (
        *("from=9999-12-31T23:59", "to=0999-01-01", "from=0001-01-01T00:00", "level=%D9%A3", "text=%00"),
        *("address=fe80::1%25eth0", "address=::ffff:1.2.3.4%25eth0", "address=%C2%B2.2.3.4", "address=::/0"),
        *("after=9999999999999999999999.1", "after=%00", "case=%00", "reference=%00", "person=nobody&text=a"),
    )
    for asked in odd:
        assert at_desk.get(f"{page}{asked}").status in {200, 400, 404, 422}, asked
    assert at_desk.get("/security/addresses/fe80::1%25eth0").status == 404


def test_attack_a_block_without_an_end(at_desk: Visitor) -> None:
    for hours in ("999999999999999999999", "-99999999999999999999", "-1", "0"):
        at_desk.get("/security/measures/new?kind=block&subject_kind=address&subject=203.0.113.0/24")
        at_desk.submit("measure-form", reason="attack", hours=hours)
        assert at_desk.status == 422, hours


def test_attack_a_nul_makes_the_desk_look_out_of_order(at_desk: Visitor) -> None:
    for path in ("cases?after=", "measures?after=", "alerts?rule=", "clients/", "rules/"):
        assert at_desk.get(f"/security/{path}%00").status in {400, 404}, path
    assert posted(at_desk.get("/security/alerts"), "/security/alerts", alert="\0").status_code == 400


def test_attack_a_page_that_nobody_looks_at_keeps_its_officer_signed_in(site: Site, at_desk: Visitor) -> None:
    """Its script asks how far the verification is, for as long as that takes."""
    idle = site.services.settings.staff.session_idle_seconds
    for _ in range(3):
        site.clock.advance(idle // 2)
        asked = at_desk.client.get("/security/integrity/run", **at_desk._environment())
    assert (asked.status_code, asked.get_data()) == (204, b"")
    assert at_desk.get("/security/integrity").path == "/staff/login"


class TestOwnAccount:
    """An officer has an account as a citizen, too: of whoever the number of their own card is."""

    @pytest.fixture
    def officer(self, site: Site) -> Member:
        return add(site, "S-1", "security", own=NUMBER)

    @pytest.fixture
    def colleague(self, site: Site) -> Visitor:
        return sign_in(site, add(site, "S-2", "security", serial=12), target="/security")

    def test_attack_an_officer_thaws_themself(self, site: Site, at_desk: Visitor, colleague: Visitor) -> None:
        new = f"/security/measures/new?kind=freeze&subject_kind=person&subject={person_id(site)}"
        colleague.get(new).submit("measure-form", reason="fraud")
        at_desk.get(colleague.url).submit("undo-form", reason="settled")
        assert at_desk.status == 409
        assert at_desk.shows("It is about yourself")
        colleague.get(colleague.url).submit("undo-form", reason="settled")
        assert colleague.shows("Undone")

    def test_attack_an_officer_sees_to_what_is_about_them_as_a_citizen(
        self, site: Site, officer: Member, at_desk: Visitor, colleague: Visitor
    ) -> None:
        alert_id = desk.raise_alert(site, "person", person_id(site))
        answer = posted(at_desk, f"/security/alerts/{alert_id}", deed="close", outcome="harmless")
        assert answer.status_code == 422
        colleague.get("/security/cases/new").submit(
            "case-form", kind="other", severity="low", subject_kind="person", subject=person_id(site)
        )
        answer = posted(at_desk, colleague.path, deed="close", outcome="harmless", seen="99")
        assert answer.status_code == 422
        answer = posted(colleague, colleague.path, deed="assign", officer=officer.id, seen="99")
        assert answer.status_code == 422
        assert desk.case_of(site, colleague.path.rpartition("/")[2]).case.status == "open"
