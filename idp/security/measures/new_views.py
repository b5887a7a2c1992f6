"""A new measure: to whom, which way, and what it will do before it is done."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from flask import Response, abort, redirect, request, url_for
from sqlalchemy.orm import Session

from idp.audit.events.signing_in import SignedIn
from idp.audit.fields import is_identifier
from idp.audit.searching import Sought, search
from idp.extensions import reading, services
from idp.locales import gettext as _
from idp.measures import foreseeing, subjects
from idp.measures import reading as measures_read
from idp.measures.kinds import POSSIBLE, REASONS, Kind, SubjectKind
from idp.measures.subjects import MeasureRefused, Subject
from idp.measures.taking import NOTE_CHARACTERS_AT_MOST, Wanted
from idp.security import measure_reasons
from idp.security.measures import shown as measure_shown
from idp.security.measures import words as measure_words
from idp.security.measures.views import measures_here, reason_given, to_measure
from idp.security.present import ACTORS, desk, security_page
from idp.security.room import blueprint
from idp.security.subjects import typed_again
from idp.security.viewed import viewed
from idp.security.work import working_case
from idp.staff.sessions import StaffSignIn
from idp.staff_pages.present import context
from idp.storage.base import new_id

LONGEST_HOURS = 100_000


HOURS = (1, 6, 24, 72, 168, 336, 720, 2160)
"""To choose from for a block, as far as the settings allow."""


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
    return to_measure(measure_id)


def _subject_words() -> list[tuple[SubjectKind, str]]:
    """Those that an officer can name by hand: a session is found from its event."""
    return [(kind, measure_words.SUBJECTS[kind]) for kind in SubjectKind if kind is not SubjectKind.SESSION]


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
    shown: dict[str, Any] = {"figures": [], "before": [], "ways": []}
    now = services().clock()
    with reading() as session:
        try:
            subject = subjects.found(session, first, subject_kind, text, person_id)
        except MeasureRefused as refused:
            subject = None
            error, status = error or measure_words.why_not(refused.reason), 422
        if subject is not None:
            shown |= _known(session, kind, subject_kind, subject, now)
            shown["ways"] = measure_shown.ways(subject_kind, subject.id, person_id)
    client_id = text if subject is not None and subject_kind is SubjectKind.CLIENT else None
    viewed("measure_new", person_id=None if subject is None else subject.person_id, client_id=client_id)
    shown |= {
        "subject_words": _(measure_words.SUBJECTS[subject_kind]),
        "subject": typed_again(text) if subject is None else subject.id,
        "error": error,
        "again_url": url_for("security.new_measure", subject_kind=subject_kind.value),
    }
    if kind is None or subject is None:
        return security_page("security/measures/measure_ways.html", staff, status=status, **shown)
    shown |= _form(kind, subject_kind, person_id, now)
    return security_page("security/measures/measure_new.html", staff, status=status, **shown)


def _known(
    session: Session, kind: Kind | None, subject_kind: SubjectKind, subject: Subject, now: datetime
) -> dict[str, Any]:
    """What was done to it before; and how much the deed would touch."""
    before = measures_read.of_subject(session, subject_kind, subject.id)
    shown: dict[str, Any] = {"before": measure_shown.rows(session, before, now)}
    if kind is not None:
        found = foreseeing.foreseen(session, kind, subject)
        shown["figures"] = measure_shown.figures(found, kind, subject_kind)
    return shown


def _form(kind: Kind, subject_kind: SubjectKind, person_id: str | None, now: datetime) -> dict[str, Any]:
    """As it was sent, where it was; else a new one, whose id makes it one deed however often it is sent."""
    form, work = request.form, working_case()
    longest = services().settings.measures.block_days_at_most * 24
    return {
        "action": url_for("security.take_measure"),
        "form_id": _form_id() if request.method == "POST" else new_id(now),
        "kind": kind.value,
        "subject_kind": subject_kind.value,
        "person_id": person_id,
        "deed": _(measure_words.DEEDS[kind, subject_kind]),
        "what": _(measure_words.WHAT_HAPPENS[kind, subject_kind]),
        "button": _(measure_words.SHORT[kind, subject_kind]),
        "reasons": [(one.value, _(measure_reasons.REASONS[one])) for one in REASONS],
        "reason": request.values.get("reason", ""),
        "hours": [hours for hours in HOURS if hours <= longest] if kind is Kind.BLOCK else [],
        "chosen_hours": form.get("hours", type=int, default=24),
        "note": form.get("note", ""),
        "note_at_most": NOTE_CHARACTERS_AT_MOST,
        "needs_two": measures_here().needs_two(kind, subject_kind),
        "case_id": None if work is None else work.case_id,
    }


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
        reason=reason_given(),
        person_id=form.get("person") or None,
        note=form.get("note", ""),
        case_id=None if work is None else work.case_id,
        # Beyond what any setting allows it does not matter by how much.
        lasts=None if hours is None else timedelta(hours=max(0, min(hours, LONGEST_HOURS))),
    )


def _form_id() -> str:
    try:
        return str(UUID(request.form.get("id", "")))
    except ValueError:
        abort(400)
