"""Alerts and the cases in which they are worked at. An alert belongs to one case at most."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from idp.audit.context import AuditContext
from idp.audit.events.cases import CaseAlertAdded
from idp.cases.history import CaseRefused, actor_of, is_about, living, write
from idp.cases.models import Case
from idp.cases.words import Deed, Outcome
from idp.detection import alerts
from idp.detection.models import Alert, AlertStatus
from idp.staff import accounts


def locked(session: Session, alert_id: str, *, context: AuditContext) -> Alert:
    """For the officer who decides about it. Raises CaseRefused, also where it is about themself."""
    alert = alerts.locked(session, alert_id)
    if alert is None:
        raise CaseRefused("alert")
    by = actor_of(context)
    if accounts.is_about(session, by, alert.subject_kind, alert.subject) or is_about(
        session, alert.case_id, by
    ):
        # What becomes of the alerts of a case is part of what becomes of it.
        raise CaseRefused("own")
    return alert


def add(session: Session, case: Case, alert_id: str, *, context: AuditContext) -> Alert:
    """It is worked at in this case from here on; where it was there already nothing changes.

    Raises CaseRefused, also where it is in another case that is not over.
    """
    living(case)
    alert = locked(session, alert_id, context=context)
    if alert.case_id == case.id:
        return alert
    if alert.case_id is not None and _is_living(session, alert.case_id):
        raise CaseRefused("alert")
    alert.case_id = case.id
    write(session, case, Deed.ALERT_ADDED, CaseAlertAdded(case.id, alert.id), context, about=alert.id)
    alerts.change(session, alert, AlertStatus.ACKNOWLEDGED, context.at, context=context)
    return alert


def close_all(session: Session, case: Case, outcome: Outcome, *, context: AuditContext) -> None:
    """With their case: what that was, they were."""
    query = select(Alert).where(Alert.case_id == case.id).order_by(Alert.id).with_for_update()
    for alert in session.scalars(query).all():
        alerts.change(session, alert, AlertStatus.CLOSED, context.at, context=context, outcome=outcome.value)


def _is_living(session: Session, case_id: str) -> bool:
    other = session.get(Case, case_id)
    return other is not None and other.closed_at is None
