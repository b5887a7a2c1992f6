"""Cases: those that there are, a new one, and one with everything in it."""

from flask import Response, abort, redirect, request, url_for

from idp.cases import alerting, working
from idp.cases import reading as cases
from idp.cases.history import CaseRefused
from idp.cases.reading import Sought, Whose
from idp.cases.words import CaseKind, CaseStatus
from idp.detection.findings import Severity
from idp.extensions import reading, services, transaction
from idp.security import alert_links, rule_words, subjects
from idp.security.case_words import why_not
from idp.security.cases import shown as case_shown
from idp.security.present import ACTORS, desk, security_page
from idp.security.room import blueprint
from idp.security.viewed import viewed
from idp.staff.sessions import StaffSignIn
from idp.staff_pages.present import context

PAGE = 50


@blueprint.get("/cases", endpoint="cases")
def case_list() -> Response:
    staff = desk()
    sought = _sought()
    after = request.args.get("after")
    with reading() as session:
        found = list(cases.listed(session, sought, staff.staff_id, after, PAGE + 1))
        rows = case_shown.rows(session, found[:PAGE])
    viewed("cases", subject=None if sought.subject is None else sought.subject[1])
    return security_page(
        "security/cases/cases.html",
        staff,
        cases=rows,
        filters=case_shown.filters(sought),
        subject=sought.subject,
        may_act=staff.has(*ACTORS),
        new_url=url_for("security.new_case"),
        next_url=case_shown.next_url(sought, found[PAGE - 1].id) if len(found) > PAGE else None,
    )


@blueprint.get("/cases/new", endpoint="new_case")
def new_case() -> Response:
    return _new_page(desk(*ACTORS))


@blueprint.post("/cases/new", endpoint="open_case")
def open_case() -> Response:
    staff = desk(*ACTORS)
    form = request.form
    try:
        kind, severity = CaseKind(form.get("kind", "")), Severity(form.get("severity", ""))
    except ValueError:
        abort(400)
    alert_id = form.get("alert") or None
    text = form.get("text", "").strip()
    try:
        with transaction() as session:
            about = subjects.posted(session, form)
            opened = working.open_case(
                session, kind, severity, [about] if about[1] else [], context=context()
            )
            if alert_id is not None:
                alerting.add(session, opened, alert_id, context=context())
            if text:
                working.note(session, services().cipher, opened, text, context=context())
            case_id = opened.id
    except CaseRefused as refused:
        return _new_page(staff, error=why_not(refused.reason), status=422)
    return redirect(url_for("security.case", case_id=case_id, case=None), 303)  # type: ignore[return-value]


@blueprint.get("/cases/<uuid:case_id>", endpoint="case")
def case_page(case_id: object) -> Response:
    staff = desk()
    return show(staff, str(case_id), notice=case_shown.done(request.args.get("done", "")))


def show(
    staff: StaffSignIn,
    case_id: str,
    *,
    status: int = 200,
    notice: str | None = None,
    error: str | None = None,
) -> Response:
    """The page of a case; what somebody typed and could not be done stays in the form."""
    with reading() as session:
        found = cases.whole(session, services().cipher, case_id)
        if found is None:
            abort(404)
        shown = case_shown.whole(session, found, staff, services().clock(), may_act=staff.has(*ACTORS))
    viewed("case", subject=case_id)
    return security_page(
        "security/cases/case.html",
        staff,
        status=status,
        work=None,
        notice=notice,
        error=error,
        values=request.form if status != 200 else {},
        **shown,
    )


def _sought() -> Sought:
    """Of the address; what is not among the choices is left out."""
    whose, status = request.args.get("whose", ""), request.args.get("status", "")
    return Sought(
        Whose(whose) if whose in list(Whose) else Whose.ALL,
        CaseStatus(status) if status in list(CaseStatus) else None,
        subjects.asked(request.args),
    )


def _new_page(staff: StaffSignIn, *, status: int = 200, error: str | None = None) -> Response:
    """For what the address names: a subject, an alert."""
    given = request.values
    with reading() as session:
        alert = alert_links.find(session, given.get("alert", ""))
    values = {
        "subject_kind": given.get("subject_kind") or (alert.subject_kind if alert else ""),
        "subject": subjects.typed_again(given.get("subject", "")) or (alert.subject if alert else ""),
        "alert": "" if alert is None else alert.id,
        "severity": given.get("severity") or (alert.severity if alert else Severity.MEDIUM.value),
        "kind": given.get("kind") or alert_links.likely_kind(alert),
        "text": given.get("text", ""),
    }
    viewed("case_new")
    return security_page(
        "security/cases/case_new.html",
        staff,
        status=status,
        error=error,
        values=values,
        action=url_for("security.open_case"),
        cancel_url=url_for("security.cases"),
        alert_title=None if alert is None else rule_words.title(alert.rule),
        **case_shown.forms(),
    )
