"""Looking for a case: it goes along, is written down, and has to be one."""

from datetime import timedelta

import pytest
from flask import url_for

from idp.audit.context import AuditContext
from idp.cases import history, working
from idp.cases.words import CaseKind, Outcome
from idp.detection.findings import Severity
from idp.security.viewed import case_here
from idp.security.work import working_case
from tests.idp.login.visitor import Site
from tests.idp.staff_pages import officer

UNKNOWN = "0192f0c1-2345-7abc-8def-0123456789ab"


@pytest.fixture
def member(site: Site) -> officer.Member:
    return officer.add(site, "S-1", "security")


@pytest.fixture
def case_id(site: Site, member: officer.Member) -> str:
    with site.services.sessions.begin() as session:
        context = AuditContext(site.clock(), actor=member.id)
        return working.open_case(session, CaseKind.OTHER, Severity.LOW, (), context=context).id


def at(site: Site, query: str) -> str | None:
    with site.app.test_request_context(f"/security/cases?{query}"):
        return case_here()


def test_a_case_in_work_goes_along(site: Site, case_id: str) -> None:
    assert at(site, f"case={case_id}") == case_id
    with site.app.test_request_context(f"/security/cases?case={case_id}"):
        work = working_case()
        assert work is not None
        assert work.number == "2026-1"
        assert url_for("security.cases") == f"/security/cases?case={case_id}"
        assert "case" not in url_for("staff.home")


def test_no_view_is_for_a_case_that_there_is_not(site: Site, case_id: str, member: officer.Member) -> None:
    for given in ("", "case=", "case=x", f"case={UNKNOWN}", "case=%00"):
        assert at(site, given) is None
    site.clock.now += timedelta(minutes=1)
    with site.services.sessions.begin() as session:
        case = history.locked(session, case_id, member.id)
        context = AuditContext(site.clock(), actor=member.id)
        working.close(session, case, Outcome.HARMLESS, context=context)
    assert at(site, f"case={case_id}") is None
