"""What an officer does in a case: one address, a deed by name, and back to the page."""

from collections.abc import Callable, Mapping

from flask import Response, abort, redirect, request, url_for
from sqlalchemy.orm import Session

from idp.audit.context import AuditContext
from idp.cases import alerting, history, working
from idp.cases.history import CaseMoved, CaseRefused
from idp.cases.models import Case
from idp.cases.words import Outcome
from idp.detection.findings import Severity
from idp.extensions import reading, services, transaction
from idp.security import subjects
from idp.security.case_words import why_not
from idp.security.cases import shown as case_shown
from idp.security.cases.views import show
from idp.security.present import ACTORS, desk
from idp.security.room import blueprint
from idp.staff_pages.present import context

Do = Callable[[Session, Case, AuditContext], None]


def _note(session: Session, case: Case, context: AuditContext) -> None:
    working.note(session, services().cipher, case, request.form.get("text", ""), context=context)


def _take(session: Session, case: Case, context: AuditContext) -> None:
    working.assign(session, case, context.actor, context=context)


def _assign(session: Session, case: Case, context: AuditContext) -> None:
    working.assign(session, case, request.form.get("officer") or None, context=context)


def _wait(session: Session, case: Case, context: AuditContext) -> None:
    working.set_waiting(session, case, context=context)


def _resume(session: Session, case: Case, context: AuditContext) -> None:
    working.resume(session, case, context=context)


def _grade(session: Session, case: Case, context: AuditContext) -> None:
    working.grade(session, case, Severity(request.form.get("severity", "")), context=context)


def _subject(session: Session, case: Case, context: AuditContext) -> None:
    working.add_subject(session, case, subjects.posted(session, request.form), context=context)


def _alert(session: Session, case: Case, context: AuditContext) -> None:
    alert = alerting.add(session, case, request.form.get("alert", ""), context=context)
    working.add_subject(session, case, (alert.subject_kind, alert.subject), context=context)


def _close(session: Session, case: Case, context: AuditContext) -> None:
    given = request.form.get("outcome", "")
    if given not in list(Outcome):
        raise CaseRefused("outcome")
    if request.form.get("text", "").strip():
        _note(session, case, context)
    working.close(session, case, Outcome(given), context=context)


def _reopen(session: Session, case: Case, context: AuditContext) -> None:
    working.reopen(session, case, context=context)
    if request.form.get("text", "").strip():
        _note(session, case, context)


ADDS: Mapping[str, Do] = {"note": _note, "subject": _subject, "alert": _alert}
"""What never has to wait for somebody else."""
DECIDES: Mapping[str, Do] = {
    "take": _take,
    "assign": _assign,
    "wait": _wait,
    "resume": _resume,
    "grade": _grade,
    "close": _close,
    "reopen": _reopen,
}
DONE: Mapping[str, str] = {"note": "noted", "alert": "alert_added", "close": "closed"}


@blueprint.post("/cases/<uuid:case_id>", endpoint="case_deed")
def case_deed(case_id: object) -> Response:
    staff = desk(*ACTORS)
    name, found = request.form.get("deed", ""), str(case_id)
    do = ADDS.get(name) or DECIDES.get(name)
    seen = request.form.get("seen", "")
    if do is None or (name in DECIDES and not seen.isdecimal()):
        abort(400)
    here = context()
    try:
        with transaction() as session:
            case = history.locked(session, found, staff.staff_id, int(seen) if name in DECIDES else None)
            do(session, case, here)
    except CaseMoved as moved:
        with reading() as session:
            told = case_shown.meanwhile(session, moved.deeds)
        return show(staff, found, error=told, status=409)
    except CaseRefused as refused:
        if refused.reason == "unknown":
            abort(404)
        return show(staff, found, error=why_not(refused.reason), status=422)
    except ValueError:
        abort(400)
    target = url_for("security.case", case_id=found, case=None, done=DONE.get(name, "changed"))
    return redirect(target, 303)  # type: ignore[return-value]
