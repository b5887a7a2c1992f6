"""Measures: those that there are, what came of one, and its second officer."""

from uuid import UUID

from flask import Response, abort, current_app, redirect, request, url_for

from idp.extensions import reading, services
from idp.measures import reading as measures_read
from idp.measures.kinds import Reason, SubjectKind
from idp.measures.models import Measure
from idp.measures.opening import KEY
from idp.measures.reading import Which
from idp.measures.subjects import MeasureRefused
from idp.measures.taking import Measures
from idp.security.measures import shown as measure_shown
from idp.security.measures import words as measure_words
from idp.security.present import ACTORS, desk, security_page
from idp.security.room import blueprint
from idp.security.viewed import viewed
from idp.staff.sessions import StaffSignIn
from idp.staff_pages.present import context

PAGE = 50


def measures_here() -> Measures:
    found: Measures = current_app.extensions[KEY]
    return found


@blueprint.get("/measures", endpoint="measures")
def list_page() -> Response:
    staff = desk()
    which, after, now = _which(), request.args.get("after"), services().clock()
    with reading() as session:
        found = measures_read.listed(session, which, now, after=after, at_most=PAGE + 1)
        shown = measure_shown.rows(session, found[:PAGE], now)
    viewed("measures")
    return security_page(
        "security/measures/measures.html",
        staff,
        measures=shown,
        filters=measure_shown.filters(which),
        new_url=url_for("security.new_measure") if staff.has(*ACTORS) else None,
        next_url=url_for("security.measures", which=which.value, after=found[PAGE - 1].id)
        if len(found) > PAGE
        else None,
    )


@blueprint.get("/measures/<uuid:measure_id>", endpoint="measure")
def one_page(measure_id: UUID) -> Response:
    return _show(desk(), str(measure_id))


@blueprint.post("/measures/<uuid:measure_id>/decide", endpoint="decide_measure")
def decide(measure_id: UUID) -> Response:
    staff = desk(*ACTORS)
    decision = request.form.get("decision", "")
    if decision not in {"agree", "refuse"}:
        abort(400)
    try:
        measures_here().decide(str(measure_id), staff, agrees=decision == "agree", context=context())
    except MeasureRefused as refused:
        return _show(staff, str(measure_id), error=measure_words.why_not(refused.reason), status=409)
    return to_measure(str(measure_id))


@blueprint.post("/measures/<uuid:measure_id>/undo", endpoint="undo_measure")
def undo(measure_id: UUID) -> Response:
    staff = desk(*ACTORS)
    try:
        reason = reason_given()
        measures_here().undo(str(measure_id), reason, by=staff.staff_id, context=context())
    except MeasureRefused as refused:
        return _show(staff, str(measure_id), error=measure_words.why_not(refused.reason), status=409)
    return to_measure(str(measure_id))


@blueprint.get("/measures/<uuid:measure_id>/<any(decide, undo):_deed>", endpoint="measure_again")
def again(measure_id: UUID, _deed: str) -> Response:
    """A reload, or the language switch, on the page that followed a deed that was refused."""
    return to_measure(str(measure_id))


def to_measure(measure_id: str) -> Response:
    return redirect(url_for("security.measure", measure_id=measure_id), 303)  # type: ignore[return-value]


def _show(staff: StaffSignIn, measure_id: str, *, status: int = 200, error: str | None = None) -> Response:
    measures, now = measures_here(), services().clock()
    with reading() as session:
        found = session.get(Measure, measure_id)
        if found is None:
            abort(404)
        shown = measure_shown.whole(session, measures, found, staff, now)
        person_id = found.person_id
        client_id = found.subject if found.subject_kind == SubjectKind.CLIENT else None
    viewed("measure", person_id=person_id, client_id=client_id, subject=measure_id)
    return security_page("security/measures/measure.html", staff, status=status, error=error, measure=shown)


def reason_given() -> Reason:
    try:
        return Reason(request.form.get("reason", ""))
    except ValueError:
        raise MeasureRefused("reason") from None


def _which() -> Which:
    try:
        return Which(request.args.get("which", Which.ALL))
    except ValueError:
        abort(400)
