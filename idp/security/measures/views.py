"""Measures: those that there are, what a new one will do before it is done, and what came of one."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from flask import Response, abort, current_app, redirect, request, url_for

from idp.audit.events.signing_in import SignedIn
from idp.audit.fields import is_identifier
from idp.audit.searching import Sought, search
from idp.extensions import reading, services
from idp.locales import gettext as _
from idp.measures import foreseeing, subjects
from idp.measures import reading as measures_read
from idp.measures.kinds import POSSIBLE, REASONS, Kind, Reason, SubjectKind
from idp.measures.models import Measure
from idp.measures.opening import KEY
from idp.measures.reading import Which
from idp.measures.subjects import MeasureRefused
from idp.measures.taking import NOTE_CHARACTERS_AT_MOST, Measures, Wanted
from idp.security import measure_reasons
from idp.security.measures import shown as measure_shown
from idp.security.measures import words as measure_words
from idp.security.present import ACTORS, desk, security_page
from idp.security.room import blueprint
from idp.security.subjects import typed_again
from idp.security.viewed import viewed
from idp.security.work import working_case
from idp.staff.sessions import StaffSignIn
from idp.staff_pages.present import context
from idp.storage.base import new_id

PAGE = 50
LONGEST_HOURS = 100_000
HOURS = (1, 6, 24, 72, 168, 336, 720, 2160)
"""To choose from for a block, as far as the settings allow."""


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


@blueprint.get("/measures/new", endpoint="new_measure")
def new_page() -> Response:
    staff = desk(*ACTORS)
    given = request.args
    if not given.get("subject") or not given.get("subject_kind"):
        return _asking(staff, given.get("subject_kind", ""))
    return _about_to(staff)


@blueprint.post("/measures/whom", endpoint="measure_whom")
def whom() -> Response:
    """What was typed goes into an address only once it is an id."""
    staff = desk(*ACTORS)
    try:
        subject_kind = SubjectKind(request.form.get("subject_kind", ""))
    except ValueError:
        abort(400)
    first = next(one for one, kinds in POSSIBLE.items() if subject_kind in kinds)
    try:
        with reading() as session:
            subject = subjects.found(session, first, subject_kind, request.form.get("subject", "").strip())
    except MeasureRefused as refused:
        return _asking(staff, subject_kind, error=measure_words.why_not(refused.reason), status=422)
    target = url_for("security.new_measure", subject_kind=subject_kind.value, subject=subject.id)
    return redirect(target, 303)  # type: ignore[return-value]


@blueprint.get("/measures/whom", endpoint="measure_whom_again")
def whom_again() -> Response:
    """A reload, or the language switch, on the page that followed."""
    return redirect(url_for("security.new_measure"), 303)  # type: ignore[return-value]


@blueprint.post("/measures/new", endpoint="take_measure")
def take() -> Response:
    staff = desk(*ACTORS)
    try:
        wanted = _wanted()
        measure_id = measures_here().take(wanted, by=staff.staff_id, context=context())
    except MeasureRefused as refused:
        return _about_to(staff, error=measure_words.why_not(refused.reason), status=422)
    return _to(measure_id)


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
    return _to(str(measure_id))


@blueprint.post("/measures/<uuid:measure_id>/undo", endpoint="undo_measure")
def undo(measure_id: UUID) -> Response:
    staff = desk(*ACTORS)
    try:
        reason = _reason()
        measures_here().undo(str(measure_id), reason, by=staff.staff_id, context=context())
    except MeasureRefused as refused:
        return _show(staff, str(measure_id), error=measure_words.why_not(refused.reason), status=409)
    return _to(str(measure_id))


@blueprint.get("/measures/<uuid:measure_id>/<any(decide, undo):_deed>", endpoint="measure_again")
def again(measure_id: UUID, _deed: str) -> Response:
    """A reload, or the language switch, on the page that followed a deed that was refused."""
    return _to(str(measure_id))


def _to(measure_id: str) -> Response:
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


def _asking(staff: StaffSignIn, chosen: str = "", *, status: int = 200, error: str | None = None) -> Response:
    """To whom, first."""
    viewed("measure_new")
    return security_page(
        "security/measures/measure_whom.html",
        staff,
        status=status,
        error=error,
        action=url_for("security.measure_whom"),
        subject_kinds=[(kind.value, _(words)) for kind, words in _subject_words()],
        chosen=chosen,
    )


def _about_to(staff: StaffSignIn, *, status: int = 200, error: str | None = None) -> Response:
    """What can be done to it; or what one deed will do, before it is done."""
    values = request.values
    try:
        subject_kind = SubjectKind(values.get("subject_kind", ""))
        kind = Kind(values["kind"]) if values.get("kind") else None
    except ValueError:
        abort(400)
    text, person_id = values.get("subject", "").strip(), values.get("person") or None
    if subject_kind is SubjectKind.SESSION and person_id is None:
        person_id = _whose(text)
    first = kind or next(one for one, kinds in POSSIBLE.items() if subject_kind in kinds)
    shown: dict[str, Any] = {"figures": [], "before": []}
    now = services().clock()
    with reading() as session:
        try:
            subject = subjects.found(session, first, subject_kind, text, person_id)
        except MeasureRefused as refused:
            subject = None
            error, status = error or measure_words.why_not(refused.reason), 422
        if subject is not None:
            before = measures_read.of_subject(session, subject_kind, subject.id)
            shown["before"] = measure_shown.rows(session, before, now)
            if kind is not None:
                found = foreseeing.foreseen(session, kind, subject)
                shown["figures"] = measure_shown.figures(found, kind, subject_kind)
    client_id = text if subject is not None and subject_kind is SubjectKind.CLIENT else None
    viewed("measure_new", person_id=None if subject is None else subject.person_id, client_id=client_id)
    shown |= {
        "subject_words": _(measure_words.SUBJECTS[subject_kind]),
        "subject": typed_again(text) if subject is None else subject.id,
        "error": error,
        "again_url": url_for("security.new_measure", subject_kind=subject_kind.value),
        "ways": [] if subject is None else measure_shown.ways(subject_kind, subject.id, person_id),
    }
    if kind is None or subject is None:
        return security_page("security/measures/measure_ways.html", staff, status=status, **shown)
    work = working_case()
    longest = services().settings.measures.block_days_at_most * 24
    return security_page(
        "security/measures/measure_new.html",
        staff,
        status=status,
        action=url_for("security.take_measure"),
        form_id=_form_id() if request.method == "POST" else new_id(now),
        kind=kind.value,
        subject_kind=subject_kind.value,
        person_id=person_id,
        deed=_(measure_words.DEEDS[kind, subject_kind]),
        what=_(measure_words.WHAT_HAPPENS[kind, subject_kind]),
        button=_(measure_words.SHORT[kind, subject_kind]),
        reasons=[(one.value, _(measure_reasons.REASONS[one])) for one in REASONS],
        reason=values.get("reason", ""),
        hours=[hours for hours in HOURS if hours <= longest] if kind is Kind.BLOCK else [],
        chosen_hours=request.form.get("hours", type=int, default=24),
        note=request.form.get("note", ""),
        note_at_most=NOTE_CHARACTERS_AT_MOST,
        needs_two=measures_here().needs_two(kind, subject_kind),
        case_id=None if work is None else work.case_id,
        **shown,
    )


def _whose(session_id: str) -> str | None:
    """Whose session the log names so."""
    if not is_identifier(session_id):
        return None
    sought = Sought(session_id=session_id, names=(SignedIn.name,))
    found = search(services().engine, sought, None, 1).events
    return found[0].person_id if found else None


def _wanted() -> Wanted:
    form = request.form
    try:
        kind, subject_kind = Kind(form.get("kind", "")), SubjectKind(form.get("subject_kind", ""))
    except ValueError:
        abort(400)
    hours = form.get("hours", type=int)
    work = working_case()
    return Wanted(
        id=_form_id(),
        kind=kind,
        subject_kind=subject_kind,
        subject=form.get("subject", "").strip(),
        reason=_reason(),
        person_id=form.get("person") or None,
        note=form.get("note", ""),
        case_id=None if work is None else work.case_id,
        # Beyond what any setting allows it does not matter by how much.
        lasts=None if hours is None else timedelta(hours=max(0, min(hours, LONGEST_HOURS))),
    )


def _reason() -> Reason:
    try:
        return Reason(request.form.get("reason", ""))
    except ValueError:
        raise MeasureRefused("reason") from None


def _form_id() -> str:
    try:
        return str(UUID(request.form.get("id", "")))
    except ValueError:
        abort(400)


def _which() -> Which:
    try:
        return Which(request.args.get("which", Which.ALL))
    except ValueError:
        abort(400)


def _subject_words() -> list[tuple[SubjectKind, str]]:
    """Those that an officer can name by hand: a session is found from its event."""
    return [(kind, measure_words.SUBJECTS[kind]) for kind in SubjectKind if kind is not SubjectKind.SESSION]
