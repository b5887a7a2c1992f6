"""Pages of alerts."""

from datetime import timedelta

import pytest

from idp.audit.context import AuditContext
from idp.audit.events.signing_in import SignInRefused
from idp.audit.log import record
from idp.detection.findings import Severity
from tests.idp.login.visitor import Site, Visitor
from tests.idp.security import desk
from tests.idp.staff_pages.officer import Member, add, sign_in


@pytest.fixture
def officer(site: Site) -> Member:
    return add(site, "S-1", "security", serial=1)


@pytest.fixture
def at_desk(site: Site, officer: Member) -> Visitor:
    return sign_in(site, officer, target="/security/alerts")


def test_nothing_was_found(at_desk: Visitor) -> None:
    assert at_desk.path == "/security/alerts"
    assert at_desk.shows("There are none.")


def test_an_alert_says_what_happened_and_what_to_do(site: Site, at_desk: Visitor) -> None:
    with site.services.sessions.begin() as session:
        context = AuditContext(site.clock(), address="198.51.100.7")
        event = record(session, SignInRefused(reason="wrong", method="password"), context=context)
    desk.raise_alert(site, events=(desk.PERSON, event))
    page = at_desk.get("/security/alerts").click("alert-1")
    rule = page.site.app.extensions["yitong.rules"].by_name[desk.RULE]
    for text in (rule.title["en"], rule.why["en"], rule.false_positives["en"], rule.advice["en"]):
        assert page.shows(text)
    assert page.shows("198.51.100.7")
    assert f"/security/events/{event}" in page.body
    assert page.shows("28 earlier events are not shown.")
    assert page.shows("1 event is too old and no longer in the log.")
    assert site.events("security_viewed")[-1]["page"] == "alert"


def test_an_alert_is_taken_up_closed_for_a_reason_and_opened_again(
    site: Site, at_desk: Visitor, officer: Member
) -> None:
    alert_id = desk.raise_alert(site)
    page = at_desk.get(f"/security/alerts/{alert_id}")
    page.submit("acknowledge-form")
    assert page.shows("taken up")
    page.submit("close-form", outcome="false_alarm")
    assert page.shows("False alarm: it did not happen")
    assert (desk.alert_of(site, alert_id).status, desk.alert_of(site, alert_id).outcome) == (
        *("closed", "false_alarm"),
    )
    page.submit("reopen-form")
    assert desk.alert_of(site, alert_id).outcome is None
    changes = site.events("alert_status_changed")
    assert [(event["status"], event.get("outcome")) for event in changes] == [
        ("acknowledged", None),
        ("closed", "false_alarm"),
        ("open", None),
    ]


def test_the_second_officer_is_told_that_it_was_done(site: Site, at_desk: Visitor) -> None:
    alert_id = desk.raise_alert(site)
    page = at_desk.get(f"/security/alerts/{alert_id}")
    colleague = sign_in(site, add(site, "S-2", "security", serial=2), target=f"/security/alerts/{alert_id}")
    colleague.submit("acknowledge-form")
    page.submit("acknowledge-form")
    assert page.status == 409
    assert page.shows("Another officer has done that already.")


def test_several_are_closed_at_once(site: Site, at_desk: Visitor, officer: Member) -> None:
    ids = [desk.raise_alert(site, subject=f"198.51.100.{number}") for number in range(3)]
    own = desk.raise_alert(site, "staff", officer.id)
    page = at_desk.get("/security/alerts")
    data = {
        **page.page.forms["alerts-form"].fields,
        "alert": [*ids[:2], own, "no alert"],
        "deed": "close",
        "outcome": "harmless",
    }
    page._follow(page.client.post("/security/alerts", data=data, **page._environment()))
    assert page.shows("2 alerts are changed. The others were so already, or are about yourself.")
    assert [desk.alert_of(site, one).status for one in (*ids, own)] == ["closed", "closed", "open", "open"]
    page.submit("alerts-form", deed="close", outcome="harmless")
    assert page.status == 422
    assert page.shows("Choose at least one.")


def test_lists_by_what_is_asked_for(site: Site, at_desk: Visitor) -> None:
    desk.raise_alert(site)
    site.clock.now += timedelta(seconds=1)
    closed = desk.raise_alert(site, "client", "hall", rule="client-code-replay", severity=Severity.CRITICAL)
    for query, titles in (
        ("", 2),
        ("status=open", 2),
        ("status=acknowledged", 0),
        ("severity=critical", 1),
        ("severity=none", 2),
        ("rule=client-code-replay", 1),
        ("subject_kind=client&subject=hall", 1),
        ("subject_kind=client&subject=other", 0),
        ("status=nothing&after=x", 2),
        ("after=9999~z", 2),
    ):
        page = at_desk.get(f"/security/alerts?{query}")
        assert (query, sum(name.startswith("pick-") for name in page.page.elements)) == (query, titles)
    at_desk.get(f"/security/alerts/{closed}").submit("close-form", outcome="harmless")
    assert not at_desk.get("/security/alerts?status=closed").shows("There are none.")
    assert at_desk.get("/security/alerts?severity=critical").shows("There are none.")
    assert at_desk.get("/security/alerts?status=all&severity=critical").shows("hall")


def test_a_list_of_many_goes_on_and_misses_none(site: Site, at_desk: Visitor) -> None:
    ids = {desk.raise_alert(site, subject=f"198.51.{number}.1") for number in range(60)}
    seen: list[str] = []
    page = at_desk.get("/security/alerts")
    while True:
        found = [element for name, element in page.page.elements.items() if name.startswith("pick-")]
        seen += [element["value"] for element in found]
        if "more" not in page.page.elements:
            break
        page.click("more")
    assert len(seen) == 60
    assert set(seen) == ids


def test_a_case_is_opened_with_an_alert(site: Site, at_desk: Visitor, officer: Member) -> None:
    alert_id = desk.raise_alert(site)
    page = at_desk.get(f"/security/alerts/{alert_id}").click("new-case")
    page.submit("case-form", kind="account_attack", severity="high", subject_kind="address")
    assert page.shows("Case 2026-1")
    case_id = page.path.rpartition("/")[2]
    assert desk.alert_of(site, alert_id).case_id == case_id
    assert [(one.kind, one.subject) for one in desk.case_of(site, case_id).subjects] == [
        ("address", "198.51.100.7")
    ]
    second = desk.raise_alert(site, "client", "hall")
    page = at_desk.get(f"/security/alerts/{second}").submit("into-form", into=case_id)
    assert page.shows("The alert is in the case.")
    page.submit("close-form", outcome="confirmed_attack")
    for one in (alert_id, second):
        assert (desk.alert_of(site, one).status, desk.alert_of(site, one).outcome) == (
            *("closed", "confirmed_attack"),
        )


def test_an_alert_goes_into_no_case_that_is_over_or_is_not(
    site: Site, at_desk: Visitor, officer: Member
) -> None:
    alert_id, case_id = desk.raise_alert(site), desk.open_case(site, officer)
    page = at_desk.get(f"/security/alerts/{alert_id}")
    desk.close_case(site, officer, case_id)
    page.submit("into-form", into=case_id)
    assert page.status == 422
    assert page.shows("The case is over. Open it again first.")
    at_desk.get(f"/security/alerts/{alert_id}")
    token = at_desk.csrf()
    data = {"deed": "case", "into": desk.PERSON, "csrf_token": token}
    answer = page.client.post(f"/security/alerts/{alert_id}", data=data, **page._environment())
    assert answer.status_code == 422
    assert desk.alert_of(site, alert_id).case_id is None


def test_nobody_closes_an_alert_about_themself(site: Site, at_desk: Visitor, officer: Member) -> None:
    alert_id = desk.raise_alert(site, "staff", officer.id, rule="staff-snooping")
    page = at_desk.get(f"/security/alerts/{alert_id}")
    assert page.shows("It is about yourself")
    assert page.shows("S-1")
    assert set(page.page.forms) == {"/staff/sign-out"}
    data = {"deed": "close", "outcome": "harmless", "csrf_token": page.csrf()}
    answer = page.client.post(f"/security/alerts/{alert_id}", data=data, **page._environment())
    assert answer.status_code == 422
    assert desk.alert_of(site, alert_id).status == "open"


def test_an_auditor_reads_all_and_changes_nothing(site: Site) -> None:
    alert_id = desk.raise_alert(site)
    page = sign_in(site, add(site, "A-1", "auditor", serial=3), target="/security/alerts")
    assert set(page.page.forms) == {"/staff/sign-out"}
    page.click("alert-1")
    assert set(page.page.forms) == {"/staff/sign-out"}
    for url in ("/security/alerts", f"/security/alerts/{alert_id}"):
        data = {"deed": "close", "outcome": "harmless", "alert": alert_id, "csrf_token": page.csrf()}
        assert page.client.post(url, data=data, **page._environment()).status_code == 403
    assert desk.alert_of(site, alert_id).status == "open"


def test_looking_at_alerts_of_people_is_no_looking_at_people(site: Site, at_desk: Visitor) -> None:
    alert_id = desk.raise_alert(site, "person", desk.PERSON)
    at_desk.get(f"/security/alerts/{alert_id}")
    assert site.events("security_viewed")[-1]["person_id"] is None


@pytest.mark.parametrize("outcome", ["", "x"])
def test_who_closes_says_what_it_was(site: Site, at_desk: Visitor, outcome: str) -> None:
    alert_id = desk.raise_alert(site)
    page = at_desk.get(f"/security/alerts/{alert_id}").submit("close-form", outcome=outcome)
    assert page.status == 422
    assert page.shows("Say what it was.")
    chosen = {"deed": "close", "outcome": outcome, "alert": alert_id}
    page = at_desk.get("/security/alerts").submit("alerts-form", **chosen)
    assert page.status == 422
    assert desk.alert_of(site, alert_id).status == "open"


@pytest.mark.parametrize("data", [{"deed": "x"}, {}])
def test_what_no_form_sends_is_refused(site: Site, at_desk: Visitor, data: dict[str, str]) -> None:
    alert_id = desk.raise_alert(site)
    token = at_desk.get(f"/security/alerts/{alert_id}").csrf()
    for url in ("/security/alerts", f"/security/alerts/{alert_id}"):
        sent = {**data, "alert": alert_id, "csrf_token": token}
        assert at_desk.client.post(url, data=sent, **at_desk._environment()).status_code == 400


def test_there_is_no_such_alert(at_desk: Visitor) -> None:
    assert at_desk.get(f"/security/alerts/{desk.PERSON}").status == 404
    assert at_desk.get("/security/alerts/x").status == 404


def test_a_report_of_a_person_says_what_to_do(site: Site, at_desk: Visitor) -> None:
    facts: dict[str, str | int] = {
        "session": "s" * 43,
        "client": "hall",
        "device": "d" * 43,
        "address": "198.51.100.7",
    }
    facts |= {"sign_in": desk.PERSON, "said_by_session": "s" * 43, "was_here": 1, "has_ended": 1}
    desk.raise_alert(site, "person", desk.PERSON, rule="person_reported", facts=facts)
    page = at_desk.get("/security/alerts").click("alert-1")
    assert page.shows("A person says of a sign-in: this was not me")
    assert page.shows("The session was ended at once")
    assert page.shows("It was said in that very session.")
    assert page.shows("First see that it is over")
    for path in (f"people/{desk.PERSON}", "clients/hall", "addresses/198.51.100.7", f"sessions/{'s' * 43}"):
        assert f"/security/{path}" in page.body
    assert page.click("new-case").page.elements["subject"]["value"] == desk.PERSON
