"""Alerts that nobody has taken up: how many, and those to begin with."""

from typing import Any, Final

from flask import url_for
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from idp.detection.findings import Severity
from idp.detection.models import Alert, AlertStatus
from idp.security.alerts import shown as alert_shown
from idp.security.case_words import SEVERITIES, words
from idp.security.figures import number

SHOWN: Final = 5
AT_ONCE: Final = (Severity.CRITICAL.value, Severity.HIGH.value)
"""What does not wait until somebody has time for a list."""


def counts(session: Session, case_id: str | None) -> list[dict[str, str]]:
    """By severity, the gravest first; `case_id` goes along."""
    counted = (
        select(Alert.severity, func.count().label("found"))
        .where(Alert.status == AlertStatus.OPEN.value)
        .group_by(Alert.severity)
    )
    there: dict[str, int] = {row.severity: row.found for row in session.execute(counted)}
    return [
        {
            "severity": one.value,
            "words": words(SEVERITIES, one.value),
            "count": number(there[one.value]),
            "url": url_for(
                "security.alerts", status=AlertStatus.OPEN.value, severity=one.value, case=case_id
            ),
        }
        for one in reversed(list(Severity))
        if there.get(one.value)
    ]


def first(session: Session) -> list[dict[str, Any]]:
    """The gravest, and of these the newest, as rows of a list."""
    found = session.scalars(
        select(Alert)
        .where(Alert.status == AlertStatus.OPEN.value, Alert.severity.in_(AT_ONCE))
        .order_by(Alert.severity == AT_ONCE[1], Alert.opened_at.desc(), Alert.id.desc())
        .limit(SHOWN)
    ).all()
    return alert_shown.rows(session, found)
