"""From findings to alerts: one for a rule and a subject, however often the rule finds it again."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from idp.audit import log as audit
from idp.audit.context import AuditContext
from idp.audit.events.detection import AlertRaised, AlertStatusChanged
from idp.audit.fields import UUID, is_identifier
from idp.detection.findings import EVENTS_AT_MOST, Fact, Finding
from idp.detection.models import Alert, AlertStatus
from idp.storage.base import new_id
from idp.storage.database import deleted

OPEN = (AlertStatus.OPEN.value, AlertStatus.ACKNOWLEDGED.value)


def take(
    session: Session, finding: Finding, now: datetime, *, cool_down: timedelta, context: AuditContext
) -> tuple[Alert, bool]:
    """The alert that the finding belongs to, and whether it is a new one, whose event is recorded then.

    It joins one that is open, or was closed less than the cool-down before the finding: what staff have
    judged harmless is not told of again while it goes on.
    """
    known = find_same(session, finding.rule, finding.subject, finding.last_at - cool_down)
    if known is not None:
        known.first_at = min(known.first_at, finding.first_at)
        known.last_at = max(known.last_at, finding.last_at)
        known.count += finding.count
        known.event_ids = _joined(known.event_ids, finding.event_ids)
        known.facts = _worse(known.facts, finding.facts)
        if known.status in OPEN:
            known.changed_at = now
        return known, False
    made = Alert(
        id=new_id(now),
        rule=finding.rule,
        severity=finding.severity.value,
        subject_kind=finding.subject_kind,
        subject=finding.subject,
        first_at=finding.first_at,
        last_at=finding.last_at,
        count=finding.count,
        event_ids=list(finding.event_ids),
        facts=dict(finding.facts),
        status=AlertStatus.OPEN.value,
        opened_at=now,
        changed_at=now,
    )
    session.add(made)
    session.flush()
    audit.record(session, _raised(made), context=context)
    return made, True


def _worse(known: Mapping[str, Fact], found: Mapping[str, Fact]) -> dict[str, Fact]:
    """While the count adds up, of how many different ones the most at one time are told; else the latest."""
    before, now = known.get("values"), found.get("values")
    return dict(known if isinstance(before, int) and isinstance(now, int) and before > now else found)


def find_same(session: Session, rule: str, subject: str, closed_after: datetime) -> Alert | None:
    """The latest of this rule and subject that is open, or was closed after that moment."""
    query = (
        select(Alert)
        .where(Alert.rule == rule, Alert.subject == subject)
        .order_by(Alert.opened_at.desc(), Alert.id.desc())
        .limit(1)
    )
    found = session.scalars(query).one_or_none()
    if found is None or found.status in OPEN:
        return found
    return found if found.closed_at is not None and found.closed_at > closed_after else None


def find(session: Session, alert_id: str) -> Alert | None:
    return session.get(Alert, alert_id)


def locked(session: Session, alert_id: str) -> Alert | None:
    """Held to the end of the transaction: of two officers the second sees what the first did."""
    return session.scalar(select(Alert).where(Alert.id == alert_id).with_for_update())


def change(
    session: Session,
    alert: Alert,
    status: AlertStatus,
    now: datetime,
    *,
    context: AuditContext,
    outcome: str | None = None,
) -> bool:
    """Take it up, close it or open it again; False where it is so already. `context` names the officer.

    `outcome`: a code, what it was, of one that is closed.
    """
    if alert.status == status.value:
        return False
    alert.status, alert.changed_at = status.value, now
    alert.closed_at = now if status is AlertStatus.CLOSED else None
    alert.outcome = outcome if status is AlertStatus.CLOSED else None
    event = AlertStatusChanged(
        alert_id=alert.id,
        rule=alert.rule,
        status=alert.status,
        outcome=alert.outcome,
        case_id=alert.case_id,
    )
    audit.record(session, event, context=context)
    return True


def sweep(session: Session, now: datetime, *, kept: timedelta) -> int:
    """Delete what was closed so long ago; how many. What nobody has closed stays."""
    old = delete(Alert).where(Alert.status == AlertStatus.CLOSED.value, Alert.closed_at < now - kept)
    return deleted(session, old)


def _is_person(subject: str) -> bool:
    """What stands in the log may be forged; an event of ours is not."""
    return UUID.fullmatch(subject) is not None


def _joined(known: list[str], new: tuple[str, ...]) -> list[str]:
    return [*(one for one in known if one not in new), *new][-EVENTS_AT_MOST:]


def _raised(alert: Alert) -> AlertRaised:
    return AlertRaised(
        alert_id=alert.id,
        rule=alert.rule,
        severity=alert.severity,
        subject_kind=alert.subject_kind,
        count=alert.count,
        person_id=alert.subject if alert.subject_kind == "person" and _is_person(alert.subject) else None,
        client_id=alert.subject if alert.subject_kind == "client" and is_identifier(alert.subject) else None,
    )
