"""Pages of cases."""

from datetime import timedelta

import pytest

from idp.cases.words import Outcome
from idp.security.search import criteria
from tests.counting import watch_engine
from tests.idp.login.visitor import Site, Visitor
from tests.idp.security import desk
from tests.idp.staff_pages.officer import Member, add, sign_in


@pytest.fixture
def officer(site: Site) -> Member:
    return add(site, "S-1", "security", serial=1)


@pytest.fixture
def colleague(site: Site) -> Member:
    return add(site, "S-2", "security", serial=2)


@pytest.fixture
def at_desk(site: Site, officer: Member) -> Visitor:
    return sign_in(site, officer, target="/security/cases")


def test_there_are_none_yet(at_desk: Visitor) -> None:
    assert at_desk.path == "/security/cases"
    assert at_desk.shows("There are none.")


def test_from_a_new_case_to_its_end(site: Site, at_desk: Visitor, officer: Member) -> None:
    page = at_desk.click("new-case")
    page.submit(
        "case-form",
        kind="account_attack",
        severity="high",
        subject_kind="client",
        subject="hall",
        text="第一条",
    )
    assert page.path.startswith("/security/cases/")
    case_id = page.path.rpartition("/")[2]
    assert page.shows("Case 2026-1")
    assert page.shows("第一条")
    page.submit("note-form", text="Called the developer.")
    assert page.shows("Your note is in the case.")
    page.submit("wait-form")
    assert page.shows("waits for an answer")
    page.submit("resume-form")
    page.submit("grade-form", severity="low")
    page.submit("subject-form", subject_kind="address", subject="198.51.100.7")
    page.submit("close-form", outcome="confirmed_misuse", text="They had published their key.")
    assert page.shows("Misuse")
    assert page.shows("They had published their key.")
    assert "note-form" not in page.page.forms
    found = desk.case_of(site, case_id)
    assert [line.deed for line in found.history] == [
        *("opened", "subject_added", "noted", "noted", "waiting", "resumed", "graded", "subject_added"),
        *("noted", "closed"),
    ]
    assert {line.by for line in found.history} == {officer.id}
    assert [note.text for note in found.notes][1:] == [
        "Called the developer.",
        "They had published their key.",
    ]
    page.submit("reopen-form")
    assert "note-form" in page.page.forms


def test_each_look_is_an_event(site: Site, at_desk: Visitor, officer: Member) -> None:
    case_id = desk.open_case(site, officer)
    at_desk.get(f"/security/cases/{case_id}")
    assert [(event["page"], event.get("subject")) for event in site.events("security_viewed")] == [
        ("cases", None),
        ("case", case_id),
    ]


def test_who_closes_is_told_what_a_colleague_did_meanwhile_and_loses_no_word(
    site: Site, at_desk: Visitor, officer: Member, colleague: Member
) -> None:
    case_id = desk.open_case(site, officer)
    page = at_desk.get(f"/security/cases/{case_id}")
    desk.note(site, colleague, case_id, "Not yet: they called back.")
    page.submit("close-form", outcome="harmless", text="All is well.")
    assert page.status == 409
    assert page.shows("meanwhile somebody else has worked at this case (S-2 wrote a note)")
    assert page.shows("Not yet: they called back.")
    assert page.page.texts["close-text"] == "All is well."
    assert desk.case_of(site, case_id).case.status == "open"
    page.submit("close-form", outcome="harmless", text="All is well.")
    assert desk.case_of(site, case_id).case.status == "closed"


def test_a_note_goes_in_whatever_a_colleague_does(
    site: Site, at_desk: Visitor, officer: Member, colleague: Member
) -> None:
    case_id = desk.open_case(site, officer)
    page = at_desk.get(f"/security/cases/{case_id}")
    desk.note(site, colleague, case_id, "One.")
    page.submit("note-form", text="Two.")
    assert [note.text for note in desk.case_of(site, case_id).notes] == ["One.", "Two."]


def test_a_note_in_a_case_that_was_closed_meanwhile_is_given_back(
    site: Site, at_desk: Visitor, officer: Member, colleague: Member
) -> None:
    case_id = desk.open_case(site, officer)
    page = at_desk.get(f"/security/cases/{case_id}")
    desk.close_case(site, colleague, case_id)
    page.submit("note-form", text="Something important.")
    assert page.status == 422
    assert page.shows("The case is over. Open it again first.")
    assert page.shows("Something important.")


def test_lists_of_ones_own_and_of_nobodys(
    site: Site, at_desk: Visitor, officer: Member, colleague: Member
) -> None:
    desk.open_case(site, officer)
    theirs = desk.open_case(site, colleague, ("client", "hall"))
    page = at_desk.get("/security/cases?whose=mine")
    assert page.shows("2026-1")
    assert not page.shows("2026-2")
    page.get("/security/cases?whose=unassigned").shows("There are none.")
    at_desk.get(f"/security/cases/{theirs}").submit("assign-form", officer="")
    assert at_desk.get("/security/cases?whose=unassigned").shows("2026-2")
    at_desk.get(f"/security/cases/{theirs}").submit("take-form")
    assert desk.case_of(site, theirs).case.assigned_to == officer.id
    assert at_desk.get("/security/cases?subject_kind=client&subject=hall").shows("2026-2")
    assert not at_desk.shows("2026-1")


def test_a_list_of_many_goes_on(site: Site, at_desk: Visitor, officer: Member) -> None:
    for _ in range(51):
        site.clock.now += timedelta(seconds=1)
        desk.open_case(site, officer)
    page = at_desk.get("/security/cases")
    assert not page.shows("2026-1 ")
    page.click("more")
    assert page.page.texts["case-1"] == "2026-1"


def test_an_auditor_reads_all_and_changes_nothing(site: Site, officer: Member) -> None:
    case_id = desk.open_case(site, officer)
    desk.note(site, officer, case_id, "Only for us.")
    auditor = add(site, "A-1", "auditor", serial=3)
    page = sign_in(site, auditor, target=f"/security/cases/{case_id}")
    assert page.shows("Only for us.")
    assert set(page.page.forms) == {"/staff/sign-out"}
    token = page.csrf()
    for url, data in (
        (f"/security/cases/{case_id}", {"deed": "close", "outcome": "harmless", "seen": "9"}),
        (f"/security/cases/{case_id}", {"deed": "note", "text": "a"}),
        ("/security/cases/new", {"kind": "other", "severity": "low"}),
    ):
        answer = page.client.post(url, data={**data, "csrf_token": token}, **page._environment())
        assert answer.status_code == 403
    assert page.get("/security/cases/new").status == 403
    assert len(desk.lines(site, case_id)) == 3


@pytest.mark.parametrize("role", ["operator", "clerk"])
def test_others_see_nothing(site: Site, officer: Member, role: str) -> None:
    case_id = desk.open_case(site, officer)
    page = sign_in(site, add(site, "O-1", role, serial=3), target=f"/security/cases/{case_id}")
    assert page.status == 403


def test_an_officer_does_nothing_in_a_case_about_themself(
    site: Site, officer: Member, colleague: Member
) -> None:
    case_id = desk.open_case(site, officer, ("staff", colleague.id))
    page = sign_in(site, colleague, target=f"/security/cases/{case_id}")
    assert page.shows("It is about yourself")
    assert set(page.page.forms) == {"/staff/sign-out"}
    data = {"deed": "close", "outcome": "harmless", "seen": "9", "csrf_token": page.csrf()}
    answer = page.client.post(f"/security/cases/{case_id}", data=data, **page._environment())
    assert answer.status_code == 422
    assert desk.case_of(site, case_id).case.status == "open"


@pytest.mark.parametrize(
    "data",
    [
        {"deed": "none"},
        {"deed": "close", "outcome": "harmless"},
        {"deed": "close", "outcome": "harmless", "seen": "-1"},
        {"deed": "grade", "severity": "huge", "seen": "9"},
        {"deed": "close", "outcome": "harmless", "seen": "9" * 5000},
    ],
)
def test_what_no_form_sends_is_refused(
    site: Site, at_desk: Visitor, officer: Member, data: dict[str, str]
) -> None:
    case_id = desk.open_case(site, officer)
    token = at_desk.get(f"/security/cases/{case_id}").csrf()
    answer = at_desk.client.post(
        f"/security/cases/{case_id}", data={**data, "csrf_token": token}, **at_desk._environment()
    )
    assert answer.status_code == 400
    assert desk.case_of(site, case_id).case.status == "open"


def test_who_closes_says_what_it_was(site: Site, at_desk: Visitor, officer: Member) -> None:
    case_id = desk.open_case(site, officer)
    page = at_desk.get(f"/security/cases/{case_id}").submit("close-form", outcome="", text="Because.")
    assert page.status == 422
    assert page.shows("Say what it was.")
    assert page.shows("Because.")


def test_there_is_no_such_case(at_desk: Visitor) -> None:
    assert at_desk.get(f"/security/cases/{desk.PERSON}").status == 404
    assert at_desk.get("/security/cases/x").status == 404


def test_a_member_of_staff_is_named_by_their_number(
    site: Site, at_desk: Visitor, officer: Member, colleague: Member
) -> None:
    case_id = desk.open_case(site, officer)
    page = at_desk.get(f"/security/cases/{case_id}")
    page.submit("subject-form", subject_kind="staff", subject="S-2")
    assert ("staff", colleague.id) in [
        (one.kind, one.subject) for one in desk.case_of(site, case_id).subjects
    ]
    page.submit("subject-form", subject_kind="staff", subject="S-1")
    assert page.status == 422
    assert page.shows("It is about yourself")


def test_a_name_is_no_subject_and_stays_in_no_address(site: Site, at_desk: Visitor) -> None:
    page = at_desk.get("/security/cases/new")
    page.submit("case-form", kind="other", severity="low", subject_kind="person", subject="张三")
    assert page.status == 422
    assert page.path == "/security/cases/new"
    assert page.shows("no name and no number of a person")


def test_what_is_looked_at_from_a_case_is_looked_at_for_it(
    site: Site, at_desk: Visitor, officer: Member
) -> None:
    case_id = desk.open_case(site, officer)
    page = at_desk.get(f"/security/cases?case={case_id}")
    assert page.shows("You look for case 2026-1")
    assert site.events("security_viewed")[-1]["case_id"] == case_id
    assert page.page.elements["case-1"]["href"] == f"/security/cases/{case_id}"
    page.click("desk-work-leave")
    assert "case_id" not in site.events("security_viewed")[-1]
    desk.close_case(site, officer, case_id, Outcome.HARMLESS)
    page.get(f"/security/cases?case={case_id}")
    assert "case_id" not in site.events("security_viewed")[-1]


def test_what_somebody_writes_is_text_and_nothing_else(site: Site, at_desk: Visitor, officer: Member) -> None:
    case_id = desk.open_case(site, officer)
    desk.note(site, officer, case_id, "<script>alert(1)</script>")
    page = at_desk.get(f"/security/cases/{case_id}")
    assert "<script>alert" not in page.body
    assert page.shows("<script>alert(1)</script>")


def test_the_log_tells_what_was_looked_at_for_a_case(site: Site, at_desk: Visitor, officer: Member) -> None:
    case_id = desk.open_case(site, officer)
    at_desk.get(f"/security/people/{desk.PERSON}?case={case_id}")
    page = at_desk.get(f"/security/cases/{case_id}").click("traces")
    assert page.status == 200
    assert page.path == "/security/search"
    assert f"/security/people/{desk.PERSON}" in page.body


@pytest.mark.parametrize("path", ["/security/cases", "/security/alerts"])
def test_a_long_list_costs_no_more_than_a_short_one(
    site: Site, at_desk: Visitor, officer: Member, path: str
) -> None:
    statements: list[str] = []
    watch_engine(site.services.engine, statements)

    def cost() -> int:
        statements.clear()
        at_desk.get(path)
        return len(statements)

    desk.add_alert(site, officer, desk.open_case(site, officer), desk.raise_alert(site))
    short = cost()
    for number in range(20):
        case_id = desk.open_case(site, officer)
        desk.add_alert(site, officer, case_id, desk.raise_alert(site, subject=f"198.51.{number}.1"))
    assert cost() == short


def test_an_id_with_many_digits_is_looked_for_as_any_other() -> None:
    """One of a hundred cases has eleven digits on end in its id."""
    given = {"text": "01a20245-e800-70cf-9ff2-443012345678"}
    assert criteria.read(given, []).given == given
    assert criteria.read({"text": "id-443012345678"}, []).problems.keys() == {"text"}
