"""What is on the desk: cases and alerts, made without its pages."""

from datetime import timedelta
from typing import Any

from idp.audit.context import AuditContext
from idp.cases import alerting, history, reading, working
from idp.cases.history import Line
from idp.cases.reading import Whole
from idp.cases.words import CaseKind, Outcome
from idp.detection import alerts
from idp.detection.findings import Finding, Severity, SubjectKind
from idp.detection.models import Alert
from tests.idp.login.visitor import Site
from tests.idp.staff_pages.officer import Member

PERSON = "0192f0c1-2345-7abc-8def-0123456789ab"
RULE = "credential-stuffing"


def acting(site: Site, member: Member) -> AuditContext:
    return AuditContext(site.clock(), actor=member.id)


def open_case(site: Site, member: Member, *subjects: tuple[str, str]) -> str:
    about = subjects or (("person", PERSON),)
    with site.services.sessions.begin() as session:
        context = acting(site, member)
        kind, severity = CaseKind.ACCOUNT_ATTACK, Severity.HIGH
        return working.open_case(session, kind, severity, about, context=context).id


def note(site: Site, member: Member, case_id: str, text: str) -> None:
    with site.services.sessions.begin() as session:
        case = history.locked(session, case_id, member.id)
        working.note(session, site.services.cipher, case, text, context=acting(site, member))


def close_case(site: Site, member: Member, case_id: str, outcome: Outcome = Outcome.HARMLESS) -> None:
    with site.services.sessions.begin() as session:
        case = history.locked(session, case_id, member.id)
        working.close(session, case, outcome, context=acting(site, member))


def add_alert(site: Site, member: Member, case_id: str, alert_id: str) -> None:
    with site.services.sessions.begin() as session:
        case = history.locked(session, case_id, member.id)
        alerting.add(session, case, alert_id, context=acting(site, member))


def case_of(site: Site, case_id: str) -> Whole:
    with site.services.sessions() as session:
        found = reading.whole(session, site.services.cipher, case_id)
    assert found is not None
    return found


def lines(site: Site, case_id: str) -> list[Line]:
    return list(case_of(site, case_id).history)


def raise_alert(
    site: Site,
    kind: SubjectKind = "address",
    subject: str = "198.51.100.7",
    *,
    rule: str = RULE,
    severity: Severity = Severity.HIGH,
    events: tuple[str, ...] = (),
    facts: dict[str, Any] | None = None,
) -> str:
    now = site.clock()
    begun = now - timedelta(minutes=5)
    found = Finding(rule, severity, kind, subject, begun, now, 30, events, facts or {"values": 30})
    with site.services.sessions.begin() as session:
        context = AuditContext(now, actor="worker")
        alert, _new = alerts.take(session, found, now, cool_down=timedelta(hours=1), context=context)
        return alert.id


def alert_of(site: Site, alert_id: str) -> Alert:
    with site.services.sessions() as session:
        found = alerts.find(session, alert_id)
        assert found is not None
        session.expunge(found)
        return found
