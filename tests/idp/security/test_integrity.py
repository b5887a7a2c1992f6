"""Whether the log is whole, on a page: what is late, what a verification found, and who may ask for one."""

import re
from pathlib import Path

import pytest
from sqlalchemy import select, text

from idp.audit.models import AuditEvent
from tests.idp.login.visitor import Site, Visitor
from tests.idp.security.proving import proved, verified
from tests.idp.staff_pages import officer
from tests.idp.staff_pages.officer import Member

PAGE = "/security/integrity"


@pytest.fixture
def changes(tmp_path: Path) -> dict[str, str]:
    return {"IDP_AUDIT__ANCHOR_DIRECTORY": f"{tmp_path}/anchors"}


@pytest.fixture
def auditor(site: Site) -> Member:
    return officer.add(site, "A-1", "auditor")


def at_page(site: Site, member: Member) -> Visitor:
    return officer.sign_in(site, member, target=PAGE)


def test_an_empty_log_is_neither_whole_nor_late(site: Site, auditor: Member) -> None:
    visitor = at_page(site, auditor)
    assert visitor.path == PAGE
    assert visitor.shows("Nothing is folded into the tree yet.")
    assert visitor.shows("The log was not verified yet.")


def test_a_log_that_is_proved_says_how_far(site: Site, auditor: Member) -> None:
    proved(site)
    visitor = at_page(site, auditor)
    assert visitor.shows("On time; not verified yet.")
    assert visitor.shows("has all heads")
    assert "late" not in visitor.page.elements


def test_what_is_late_is_named(site: Site, auditor: Member) -> None:
    proved(site)
    visitor = at_page(site, auditor)
    site.clock.advance(1000)
    visitor.get(PAGE)
    assert visitor.shows("Look at this Folding into the tree is late by 1")
    assert "late" in visitor.page.elements


def test_an_auditor_asks_a_worker_verifies_and_the_page_says_so(site: Site, auditor: Member) -> None:
    proved(site)
    visitor = at_page(site, auditor)
    visitor.submit("verify-form")
    assert visitor.shows("A worker verifies the log now.")
    assert "verify-form" not in visitor.page.forms
    assert "verifying" in visitor.page.elements
    assert verified(site)
    visitor.get(PAGE)
    assert re.search(
        r"On time; [\d,]+ rows found whole \d+ seconds? ago", " ".join(visitor.page.text.split())
    )
    assert visitor.shows("A-1")
    with site.services.sessions() as session:
        rows = session.scalars(select(AuditEvent.actor).where(AuditEvent.name == "audit_verified"))
        assert rows.all() == [auditor.id]


def test_the_first_bad_row_is_told_in_words_and_leads_to_its_event(site: Site, auditor: Member) -> None:
    proved(site)
    visitor = at_page(site, auditor)
    with site.services.engine.begin() as connection:
        connection.execute(text("UPDATE audit_events SET name = 'signed_out' WHERE seq = 1"))
    visitor.submit("verify-form")
    assert verified(site)
    visitor.get(PAGE)
    assert visitor.shows("Row 0 holds something else than when it was folded.")
    assert visitor.page.elements["run-event-1"]["href"].startswith("/security/events/")


def test_one_verification_at_a_time(site: Site, auditor: Member) -> None:
    first, second = at_page(site, auditor), at_page(site, auditor)
    first.submit("verify-form")
    second.submit("verify-form")
    assert second.shows("A verification is on its way already.")


def test_progress_is_told_to_the_script(site: Site, auditor: Member) -> None:
    visitor = at_page(site, auditor)
    visitor.get("/security/integrity/run")
    assert '"running":false' in visitor.body.replace(" ", "")
    visitor.get(PAGE).submit("verify-form")
    visitor.get("/security/integrity/run")
    assert '"running":true' in visitor.body.replace(" ", "")


def test_an_operator_sees_it_and_cannot_ask(site: Site, auditor: Member) -> None:
    operator = officer.add(site, "O-1", "operator", serial=2)
    form = at_page(site, auditor).page.forms["verify-form"]
    visitor = at_page(site, operator)
    assert visitor.status == 200
    assert "verify-form" not in visitor.page.forms
    token = visitor.client.get(PAGE, **visitor._environment()).get_data(as_text=True)
    found = re.search(r'name="csrf_token" value="([^"]+)"', token)
    assert found
    answer = visitor.client.post(
        str(form.action), data={"csrf_token": found.group(1)}, **visitor._environment()
    )
    assert answer.status_code == 403


def test_a_clerk_sees_nothing(site: Site) -> None:
    visitor = officer.sign_in(site, officer.add(site, "C-1", "clerk"))
    assert visitor.get(PAGE).status == 403


def test_a_view_is_an_event(site: Site, auditor: Member) -> None:
    at_page(site, auditor)
    with site.services.sessions() as session:
        viewed = select(AuditEvent.payload).where(AuditEvent.name == "security_viewed")
        assert '"page":"integrity"' in session.scalars(viewed).one()


class TestSinks:
    @pytest.fixture
    def changes(self, tmp_path: Path) -> dict[str, str]:
        siem = {"KIND": "http", "URL": "https://siem.example/events", "FORMAT": "jsonl"}
        sinks = {f"IDP_AUDIT__SINKS__SIEM__{name}": value for name, value in siem.items()}
        return {**sinks, "IDP_AUDIT__ANCHOR_DIRECTORY": f"{tmp_path}/anchors"}

    def test_a_system_that_events_are_given_to_says_how_late_it_is(self, site: Site, auditor: Member) -> None:
        visitor = at_page(site, auditor)
        site.clock.advance(600)
        visitor.get(PAGE)
        assert "sinks" in visitor.page.elements
        assert visitor.shows("siem")
        assert visitor.shows("10 minutes")
