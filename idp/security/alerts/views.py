"""Alerts: the list, one with everything that is known of it, and what an officer does about it."""

from collections.abc import Sequence
from typing import Any, Final

from flask import Response, abort, redirect, request, url_for
from sqlalchemy.orm import Session

from idp.audit.context import AuditContext
from idp.audit.searching.pages import find as find_event
from idp.cases import alerting, history, working
from idp.cases.history import CaseRefused
from idp.cases.words import Outcome
from idp.detection import alerts
from idp.detection import reading as stored
from idp.detection.models import AlertStatus
from idp.detection.reading import Sought
from idp.extensions import reading, services, transaction
from idp.locales import gettext as _
from idp.locales import ngettext
from idp.security import subjects
from idp.security.alerts import shown as alert_shown
from idp.security.case_words import OUTCOMES, SEVERITIES, choices, why_not
from idp.security.present import ACTORS, desk, security_page
from idp.security.room import blueprint
from idp.security.rows import rows_of
from idp.security.viewed import viewed
from idp.staff.sessions import StaffSignIn
from idp.staff_pages.present import context

PAGE: Final = 50
AT_ONCE: Final = 200
"""Alerts of one form."""
EVENTS_SHOWN: Final = 20


@blueprint.get("/alerts", endpoint="alerts")
def alert_list() -> Response:
    return _list(desk(), request.args.get("done", ""))


@blueprint.post("/alerts", endpoint="alerts_deed")
def alerts_deed() -> Response:
    """Of several at once: take them up, or close them for one reason."""
    staff = desk(*ACTORS)
    chosen = list(dict.fromkeys(request.form.getlist("alert")))[:AT_ONCE]
    try:
        status, outcome = _decision(request.form.get("deed", ""))
    except CaseRefused as refused:
        return _list(staff, error=why_not(refused.reason), status=422)
    if not chosen:
        return _list(staff, error=_("Choose at least one."), status=422)
    changed = 0
    here = context()
    with transaction() as session:
        # In one order, whoever does it: two officers who choose the same ones do not wait for each other.
        for alert_id in sorted(chosen):
            try:
                changed += _decide(session, alert_id, status, outcome, here)
            except CaseRefused:
                continue
    target = url_for("security.alerts", **_kept(), done=f"{changed}.{len(chosen)}")
    return redirect(target, 303)  # type: ignore[return-value]


@blueprint.get("/alerts/<uuid:alert_id>", endpoint="alert")
def alert_page(alert_id: object) -> Response:
    done = _("Done.") if request.args.get("done") else None
    return _page(desk(), str(alert_id), notice=done)


@blueprint.post("/alerts/<uuid:alert_id>", endpoint="alert_deed")
def alert_deed(alert_id: object) -> Response:
    staff, found, here = desk(*ACTORS), str(alert_id), context()
    try:
        if request.form.get("deed") == "case":
            case_id = request.form.get("into", "")
            with transaction() as session:
                case = history.locked(session, case_id, staff.staff_id)
                alert = alerting.add(session, case, found, context=here)
                working.add_subject(session, case, (alert.subject_kind, alert.subject), context=here)
            target = url_for("security.case", case_id=case_id, case=None, done="alert_added")
            return redirect(target, 303)  # type: ignore[return-value]
        status, outcome = _decision(request.form.get("deed", ""))
        with transaction() as session:
            changed = _decide(session, found, status, outcome, here)
    except CaseRefused as refused:
        return _page(staff, found, error=why_not(refused.reason), status=422)
    if not changed:
        return _page(staff, found, error=_("Another officer has done that already."), status=409)
    return redirect(url_for("security.alert", alert_id=found, done="1"), 303)  # type: ignore[return-value]


def _decide(
    session: Session, alert_id: str, status: AlertStatus, outcome: str | None, here: AuditContext
) -> bool:
    """False where nothing is to be changed. Raises CaseRefused."""
    alert = alerting.locked(session, alert_id, context=here)
    if status is AlertStatus.ACKNOWLEDGED and alert.status != AlertStatus.OPEN:
        return False
    return alerts.change(session, alert, status, here.at, context=here, outcome=outcome)


def _decision(deed: str) -> tuple[AlertStatus, str | None]:
    """What a button says; else the request ends. Raises CaseRefused."""
    if deed == "acknowledge":
        return AlertStatus.ACKNOWLEDGED, None
    if deed == "reopen":
        return AlertStatus.OPEN, None
    outcome = request.form.get("outcome", "")
    if deed != "close":
        abort(400)
    if outcome not in list(Outcome):
        raise CaseRefused("outcome")
    return AlertStatus.CLOSED, outcome


def _list(staff: StaffSignIn, done: str = "", *, status: int = 200, error: str | None = None) -> Response:
    chosen = request.args.get("status", "")
    chosen = chosen if chosen in alert_shown.STATUSES else ""
    sought = _sought(chosen)
    after = alert_shown.cursor(request.args.get("after", ""))
    with reading() as session:
        found = stored.listed(session, sought, after, PAGE + 1)
        rows = alert_shown.rows(session, found[:PAGE])
    viewed("alerts", subject=None if sought.subject is None else sought.subject[1])
    last = found[PAGE - 1] if len(found) > PAGE else None
    return security_page(
        "security/alerts/alerts.html",
        staff,
        status=status,
        error=error,
        notice=_bulk_done(done),
        alert_rows=rows,
        filters=alert_shown.filters(sought, chosen),
        by_rule=alert_shown.by_rule(sought, chosen),
        narrowed=alert_shown.narrowed(sought),
        all_url=url_for("security.alerts"),
        may_act=staff.has(*ACTORS),
        act_url=url_for("security.alerts_deed", **_kept()),
        outcomes=choices(OUTCOMES),
        next_url=None
        if last is None
        else alert_shown.address(sought, chosen, after=alert_shown.written((last.opened_at, last.id))),
    )


def _page(
    staff: StaffSignIn,
    alert_id: str,
    *,
    status: int = 200,
    notice: str | None = None,
    error: str | None = None,
) -> Response:
    with reading() as session:
        alert = alerts.find(session, alert_id)
        if alert is None:
            abort(404)
        shown = alert_shown.whole(session, alert, staff, may_act=staff.has(*ACTORS))
        # The last of them: what made the finding.
        ids: Sequence[str] = alert.event_ids[-EVENTS_SHOWN:]
    found = [find_event(services().engine, one) for one in reversed(ids)]
    events = rows_of([event for event in found if event is not None])
    # Not as a view of the person: whoever sorts alerts looks at many, and for a reason.
    viewed("alert", subject=alert_id)
    return security_page(
        "security/alerts/alert.html",
        staff,
        status=status,
        notice=notice,
        error=error,
        events=events,
        events_gone=len(found) - len(events),
        events_more=alert.count - len(found),
        **shown,
    )


def _sought(status: str) -> Sought:
    """Of the address; what is not among the choices is left out."""
    severity, rule = request.args.get("severity", ""), request.args.get("rule", "")
    return Sought(
        alert_shown.STATUSES[status],
        severity if severity in SEVERITIES else None,
        rule or None,
        subjects.asked(request.args),
    )


def _kept() -> dict[str, Any]:
    """What the address of the list says, for coming back to it."""
    names = ("status", "severity", "rule", "subject_kind", "subject")
    return {name: request.args[name] for name in names if request.args.get(name)}


def _bulk_done(done: str) -> str | None:
    changed, separator, chosen = done.partition(".")
    if not separator or not (changed.isdecimal() and chosen.isdecimal()) or len(done) > 9:
        return None
    said = ngettext("%(num)s alert is changed.", "%(num)s alerts are changed.", int(changed))
    if changed == chosen:
        return said
    return said + " " + _("The others were so already, or are about yourself.")
