"""One alert for a rule and a subject, however often it is found again."""

from dataclasses import replace
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from idp.audit.context import AuditContext
from idp.audit.models import AuditEvent
from idp.detection import alerts
from idp.detection.findings import EVENTS_AT_MOST, Finding, Severity, SubjectKind
from idp.detection.models import Alert, AlertStatus
from tests.idp.detection.conftest import ON_EACH_DATABASE
from tests.idp.people.conftest import NOW

pytestmark = ON_EACH_DATABASE

HOUR = timedelta(hours=1)
OFFICER = AuditContext(NOW, actor="officer")
FOUND = Finding(
    rule="credential-stuffing",
    severity=Severity.HIGH,
    subject_kind="address",
    subject="203.0.113.9",
    first_at=NOW - HOUR,
    last_at=NOW,
    count=15,
    event_ids=tuple(f"event-{number}" for number in range(15)),
    facts={"values": 15},
)


def take(session: Session, finding: Finding = FOUND) -> tuple[Alert, bool]:
    context = AuditContext(finding.last_at, actor="worker")
    return alerts.take(session, finding, finding.last_at, cool_down=HOUR, context=context)


def later(after: timedelta, *ids: str) -> Finding:
    at = NOW + after
    return replace(
        FOUND, first_at=at, last_at=at, event_ids=ids or ("event-x",), count=3, facts={"values": 3}
    )


def names(session: Session) -> list[str]:
    return list(session.scalars(select(AuditEvent.name).order_by(AuditEvent.seq)))


def test_the_first_finding_opens_an_alert_and_the_next_joins_it(session: Session) -> None:
    alert, is_new = take(session)
    assert is_new
    assert (alert.status, alert.count, alert.facts) == ("open", 15, {"values": 15})
    same, is_new = take(session, later(3 * HOUR, "event-3", "event-20"))
    assert (same.id, is_new) == (alert.id, False)
    # Of different ones the most at one time, not those of the last finding.
    assert same.facts == {"values": 15}
    assert (same.count, same.first_at, same.last_at) == (18, NOW - HOUR, NOW + 3 * HOUR)
    assert same.event_ids[-2:] == ["event-3", "event-20"]
    assert len(same.event_ids) == len(set(same.event_ids)) == 16
    assert names(session) == ["alert_raised"]


def test_another_subject_or_rule_is_another_alert(session: Session) -> None:
    take(session)
    assert take(session, replace(FOUND, subject="203.0.113.10"))[1]
    assert take(session, replace(FOUND, rule="password-spraying"))[1]


def test_what_was_closed_is_no_news_until_the_cool_down_is_over(session: Session) -> None:
    alert, _ = take(session)
    assert alerts.change(session, alert, AlertStatus.CLOSED, NOW, context=OFFICER)
    same, is_new = take(session, later(HOUR / 2))
    assert (same.id, is_new, same.status) == (alert.id, False, "closed")
    again, is_new = take(session, later(HOUR + timedelta(seconds=1)))
    assert is_new
    assert again.id != alert.id


def test_an_acknowledged_alert_is_still_the_same(session: Session) -> None:
    alert, _ = take(session)
    alerts.change(session, alert, AlertStatus.ACKNOWLEDGED, NOW, context=OFFICER)
    same, is_new = take(session, later(30 * 24 * HOUR))
    assert (same.id, is_new, same.status) == (alert.id, False, "acknowledged")


def test_changes_are_events_and_only_once(session: Session) -> None:
    alert, _ = take(session)
    for _ in range(2):
        alerts.change(session, alert, AlertStatus.CLOSED, NOW, context=OFFICER)
    assert alert.closed_at == NOW
    alerts.change(session, alert, AlertStatus.OPEN, NOW, context=OFFICER)
    assert alert.closed_at is None
    assert names(session) == ["alert_raised", "alert_status_changed", "alert_status_changed"]


def test_the_event_names_whom_it_is_about_and_no_address(session: Session) -> None:
    take(session)
    take(session, replace(FOUND, subject_kind="client", subject="hall"))
    person = "0198c2f0-0000-7000-8000-000000000001"
    take(session, replace(FOUND, subject_kind="person", subject=person))
    rows = session.execute(select(AuditEvent.client_id, AuditEvent.person_id).order_by(AuditEvent.seq)).all()
    assert [tuple(row) for row in rows] == [(None, None), ("hall", None), (None, person)]


def test_attack_a_forged_subject_stops_no_alert(session: Session) -> None:
    kinds: tuple[tuple[SubjectKind, str], ...] = (("person", "one"), ("client", "other"))
    for kind, rule in kinds:
        alert, is_new = take(session, replace(FOUND, rule=rule, subject_kind=kind, subject="no/id of ours"))
        assert is_new
        assert alert.subject == "no/id of ours"
    rows = session.execute(select(AuditEvent.client_id, AuditEvent.person_id)).all()
    assert [tuple(row) for row in rows] == [(None, None)] * 2


def test_events_that_an_alert_names_are_bounded(session: Session) -> None:
    alert, _ = take(session)
    for round_ in range(10):
        take(session, later(HOUR, *(f"event-{round_}-{number}" for number in range(40))))
    assert len(alert.event_ids) == EVENTS_AT_MOST
    assert alert.event_ids[-1] == "event-9-39"


def test_only_what_was_closed_long_ago_is_swept(session: Session) -> None:
    alert, _ = take(session)
    open_one, _ = take(session, replace(FOUND, subject="203.0.113.10"))
    alerts.change(session, alert, AlertStatus.CLOSED, NOW, context=OFFICER)
    session.flush()
    kept = timedelta(days=400)
    assert alerts.sweep(session, NOW + kept, kept=kept) == 0
    assert alerts.sweep(session, NOW + kept + HOUR, kept=kept) == 1
    assert session.scalars(select(Alert.id)).all() == [open_one.id]
