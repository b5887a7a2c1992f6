"""Searching the log at the desk: by number, by everything else, a page at a time; each search is an event."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest

from idp.audit.context import AuditContext
from idp.audit.events.operation import ClientChanged
from idp.audit.events.signing_in import SignInRefused
from idp.audit.log import record
from idp.error_references import Cause, remember
from tests.idp.login.visitor import NEWCOMER, PERSON, Site, Visitor
from tests.idp.staff_pages.officer import Member, add, sign_in

DIGEST = "d" * 43


@pytest.fixture
def officer(site: Site) -> Member:
    return add(site, "S-1", "security", serial=11)


@pytest.fixture
def at_desk(site: Site, officer: Member) -> Visitor:
    site.visitor().authorize().sign_in(PERSON)
    return sign_in(site, officer, target="/security/search")


def refusals(site: Site, count: int, **fields: str) -> None:
    with site.services.sessions.begin() as session:
        for _ in range(count):
            context = AuditContext(site.clock(), address="198.51.100.7", device=DIGEST, request_id="r-77")
            record(session, SignInRefused(reason="wrong", method="password", **fields), context=context)


def test_the_form_offers_every_kind_of_event_and_searches_for_nothing(at_desk: Visitor, site: Site) -> None:
    assert at_desk.path == "/security/search"
    assert at_desk.shows("Signed in")
    assert not at_desk.shows("results-title")
    assert site.events("audit_searched") == []


def test_by_number_the_person_is_found_and_the_number_is_nowhere(
    at_desk: Visitor, site: Site, capsys: pytest.CaptureFixture[str]
) -> None:
    at_desk.submit("search-form", number=PERSON.number)
    assert at_desk.status == 200
    assert at_desk.shows("Signed in")
    [searched] = site.events("audit_searched")
    [signed_in] = site.events("signed_in")
    assert searched["person_id"] == signed_in["person_id"]
    assert searched["criteria"] == ["person"]
    assert parse_qs(urlsplit(at_desk.url).query)["person"] == [signed_in["person_id"]]
    written = [at_desk.url, at_desk.body, str(searched), *capsys.readouterr()]
    assert [text for text in written if PERSON.number in text or PERSON.number.lower() in text] == []


def test_a_number_that_nobody_has_is_answered_in_the_same_words(at_desk: Visitor, site: Site) -> None:
    at_desk.submit("search-form", number=NEWCOMER.number, event="passkey_added")
    nobody, status = at_desk.page.texts["nothing"], at_desk.status
    assert NEWCOMER.number not in at_desk.url + at_desk.body
    at_desk.get("/security/search").submit("search-form", number=PERSON.number, event="passkey_added")
    assert (nobody, status) == (at_desk.page.texts["nothing"], at_desk.status)
    assert next(one["person_id"] for one in site.events("audit_searched")) is None


@pytest.mark.parametrize("changes", [{"IDP_SECURITY__NUMBER_LOOKUPS_PER_HOUR": "3"}])
def test_numbers_are_looked_up_so_often_in_an_hour(at_desk: Visitor, site: Site) -> None:
    for _ in range(site.services.settings.security.number_lookups_per_hour):
        assert at_desk.get("/security/search").submit("search-form", number=NEWCOMER.number).status == 200
    at_desk.get("/security/search").submit("search-form", number=PERSON.number)
    assert at_desk.status == 422
    assert at_desk.shows("You have looked up too many numbers in this hour.")


@pytest.mark.parametrize("field", ["person", "client", "organisation", "device", "session", "actor", "text"])
def test_a_number_in_the_wrong_field_is_refused_and_not_shown_again(at_desk: Visitor, field: str) -> None:
    for typed in (PERSON.number, "13800138000", "张三丰"):
        at_desk.get("/security/search").submit("search-form", **{field: typed})
        assert at_desk.status == 422
        assert typed not in at_desk.url + at_desk.body
        assert at_desk.page.texts[f"search-{field}-error"]


def test_a_number_in_the_address_finds_nobody_and_is_not_shown(at_desk: Visitor) -> None:
    at_desk.get(f"/security/search?client={PERSON.number}&number={PERSON.number}")
    assert at_desk.status == 422
    assert PERSON.number not in at_desk.url + at_desk.body


def test_everything_that_can_be_asked_for_at_once(at_desk: Visitor, site: Site) -> None:
    refusals(site, 1, client_id="hall")
    at_desk.submit(
        "search-form",
        client="hall",
        event="sign_in_refused",
        result="refused",
        address="198.51.100.0/24",
        device=DIGEST,
        request="r-77",
        text="password",
        to="2099-01-01T00:00",
    )
    assert at_desk.status == 200
    assert at_desk.shows("Sign-in refused")
    assert at_desk.body.count('data-id="') == 1
    [searched] = site.events("audit_searched")
    expected = {
        "client_id": "hall",
        "sought": "sign_in_refused",
        "outcome": "refused",
        "fragment": "password",
    }
    expected |= {"address": "198.51.100.0", "from_device": DIGEST, "request": "r-77"}
    assert {name: searched[name] for name in expected} == expected
    assert (searched["prefix"], searched["rows"]) == (24, 1)


def test_levels_are_looked_for_from_one_on(at_desk: Visitor) -> None:
    at_desk.submit("search-form", level="1", event="signed_in")
    assert at_desk.body.count('data-id="') == 1
    at_desk.get("/security/search").submit("search-form", level="3", event="signed_in")
    assert at_desk.shows("Nothing was found.")


def test_pages_go_on_without_gaps_or_doubles(at_desk: Visitor, site: Site) -> None:
    refusals(site, 120)
    at_desk.submit("search-form", event="sign_in_refused")
    seen: list[str] = []
    while True:
        seen += re.findall(r'data-id="([^"]+)"', at_desk.body)
        if "older" not in at_desk.page.elements:
            break
        at_desk.click("older")
    assert len(seen) == len(set(seen)) == 120
    assert ["after" in one["criteria"] for one in site.events("audit_searched")] == [False, True, True]
    at_desk.get("/security/search?show=1&after=nonsense")
    assert at_desk.status == 422


def test_by_an_error_reference_its_cause_and_its_events(at_desk: Visitor, site: Site) -> None:
    refusals(site, 1)
    cause = Cause(site.clock(), "authorize", "invalid_request", "No.", "redirect_uri", "hall", "r-77")
    reference = remember(site.services.store, cause)
    at_desk.submit("search-form", reference=reference)
    assert at_desk.shows("redirect_uri")
    assert at_desk.body.count('data-id="') == 1
    assert site.events("audit_searched")[-1]["request"] == "r-77"
    for form in ("export-form", "save-form"):
        assert "request=r-77" in str(at_desk.page.forms[form].action)
    at_desk.get("/security/search").submit("search-form", reference="K7F3-0000")
    assert at_desk.status == 422


def test_an_auditor_searches_and_a_clerk_and_an_operator_do_not(site: Site) -> None:
    auditor = add(site, "A-1", "auditor", serial=2)
    assert sign_in(site, auditor, target="/security/search").get("/security/search?show=1").status == 200
    for number, role in enumerate(("clerk", "operator"), 3):
        member = add(site, f"C-{number}", role, serial=number)
        assert sign_in(site, member, target="/security/search").status == 403


def test_what_is_saved_is_seen_by_whom_it_is_for(at_desk: Visitor, site: Site) -> None:
    with site.services.sessions.begin() as session:
        record(session, ClientChanged("hall", DIGEST, ("x",)), context=AuditContext(site.clock()))
    at_desk.submit("search-form", client="hall", event="client_changed")
    at_desk.submit("save-form", title="hall changes", shared="1")
    assert (at_desk.path, at_desk.status) == ("/security/searches", 200)
    [saved] = site.events("search_saved")
    assert (saved["criteria"], saved["sharing"]) == (["client", "event"], "desk")
    other = sign_in(site, add(site, "A-1", "auditor", serial=2), target="/security/searches")
    assert other.shows("hall changes")
    assert "remove-form-1" not in other.page.forms
    at_desk.get("/security/search?show=1&client=hall&event=client_changed")
    at_desk.submit("save-form", title="")
    assert at_desk.status == 422
    at_desk.get("/security/searches").submit("remove-form-1")
    assert not at_desk.shows("hall changes")
    assert len(site.events("search_removed")) == 1


def test_attack_an_auditor_changes_what_the_desk_has_saved(at_desk: Visitor, site: Site) -> None:
    at_desk.get("/security/search?show=1").submit("save-form", title="all", shared="1")
    removal = at_desk.page.forms["remove-form-1"].action
    assert removal
    auditor = sign_in(site, add(site, "A-1", "auditor", serial=2), target="/security/search?show=1")
    for address in (removal, "/security/searches"):
        auditor.get("/security/search?show=1").submit("search-form", url=address, title="x")
        assert auditor.status == 403
