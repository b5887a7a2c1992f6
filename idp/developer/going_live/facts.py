"""What the sandbox has seen of an app."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from idp.apps.going_live.checklist import report_told
from idp.apps.going_live.packages import Seen, tried
from idp.apps.models import App
from idp.audit.statistics.counting import Kind, hour_of
from idp.audit.statistics.models import AuditCount
from idp.checker import Verdict, runs
from idp.checker.models import RunBy
from idp.oidc.clients.changes import changing, history
from idp.oidc.clients.metadata import MetadataRefused, from_json
from idp.oidc.sharing import Consent

WEEKS = timedelta(weeks=4)
AN_HOUR = 1
FAILED = "failed"


def seen(session: Session, app: App, now: datetime) -> Seen:
    return Seen(_sign_ins(session, app.client_id, now), _report(session, app))


def _sign_ins(session: Session, client_id: str | None, now: datetime) -> int:
    """Counts are made behind the log, so the first ones show by what people agreed to."""
    counted = session.scalar(
        select(func.sum(AuditCount.count)).where(
            AuditCount.kind == Kind.CLIENT_SIGN_IN,
            AuditCount.grain == AN_HOUR,
            AuditCount.hour >= hour_of(now - WEEKS),
            AuditCount.value == client_id,
        )
    )
    agreed = session.scalar(select(func.count()).where(Consent.client_id == client_id))
    return max(int(counted or 0), int(agreed or 0))


def _report(session: Session, app: App) -> dict[str, Any] | None:
    """Ours, where we could look at the app at all; else the last one. So what we found wrong is hidden by no
    report that somebody has brought, and may have written by hand."""
    ours = runs.latest(session, app.id, RunBy.SERVER)
    looked = ours is not None and bool(ours[1].of(Verdict.PASSED))
    found = ours if looked else runs.latest(session, app.id)
    if found is None:
        return None
    run, report = found
    failed = [one.check for one in report.results if one.verdict.value == FAILED]
    registration = _standing_at(session, app.client_id, run.made_at)
    return report_told(run.by, run.made_at, report.has_passed, report.counted, failed, registration)


def _standing_at(session: Session, client_id: str | None, moment: datetime) -> str:
    """Which registration a check that was asked for then has looked at; empty where it is too long ago."""
    if client_id is None:
        return ""
    versions = history.history(session, client_id)
    if not versions:
        # It was never changed since versions are kept.
        return tried(changing.standing(session, client_id).metadata)
    stood = next((one for one in versions if one.at <= moment), None)
    try:
        return "" if stood is None else tried(from_json(stood.metadata))
    except MetadataRefused:
        return ""  # by rules of then
