"""What pages of cases say of alerts, and of the rules that raised them."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from flask import url_for
from sqlalchemy import select
from sqlalchemy.orm import Session

from idp.cases.words import CaseKind
from idp.detection import alerts
from idp.detection.models import Alert, AlertStatus
from idp.locales import gettext_noop
from idp.security import rule_words
from idp.security.case_words import OUTCOMES, SEVERITIES, words

SHOWN_AT_MOST: Final = 200
STATUSES: Final[Mapping[str, str]] = {
    AlertStatus.OPEN: gettext_noop("new"),
    AlertStatus.ACKNOWLEDGED: gettext_noop("taken up"),
    AlertStatus.CLOSED: gettext_noop("done with"),
}
LIKELY: Final = {
    "person_reported": CaseKind.REPORTED,
    "client": CaseKind.CLIENT_MISUSE,
    "staff": CaseKind.STAFF_CONDUCT,
    "issuer": CaseKind.FALSE_IDENTITY,
    "organisation": CaseKind.FALSE_IDENTITY,
}
"""By rule, or by what the alert is about; else it is an attack on accounts."""


def of_case(session: Session, case_id: str) -> Sequence[Alert]:
    query = select(Alert).where(Alert.case_id == case_id).order_by(Alert.id).limit(SHOWN_AT_MOST)
    return session.scalars(query).all()


def find(session: Session, alert_id: str) -> Alert | None:
    return alerts.find(session, alert_id) if alert_id else None


def likely_kind(alert: Alert | None) -> CaseKind:
    """What to begin with in the form of a new case."""
    if alert is None:
        return CaseKind.OTHER
    return LIKELY.get(alert.rule) or LIKELY.get(alert.subject_kind) or CaseKind.ACCOUNT_ATTACK


def shown(alert: Alert) -> dict[str, Any]:
    return {
        "id": alert.id,
        "url": url_for("security.alert", alert_id=alert.id),
        "title": rule_words.title(alert.rule),
        "rule": alert.rule,
        "severity": alert.severity,
        "severity_words": words(SEVERITIES, alert.severity),
        "status": alert.status,
        "status_words": words(STATUSES, alert.status),
        "outcome_words": None if alert.outcome is None else words(OUTCOMES, alert.outcome),
        "opened_at": alert.opened_at,
        "first_at": alert.first_at,
        "last_at": alert.last_at,
        "count": alert.count,
        "case_id": alert.case_id,
    }
