"""Seeing who a person is: asked with a reason, agreed to by a second officer, shown once and not for long.

Name and number are in no address, log or event, and on one page alone, which leaves by itself.
"""

from typing import Any, Final
from uuid import UUID

from flask import Response, abort, request, url_for
from sqlalchemy.orm import Session

from idp.audit.events.desk import UnmaskRefused
from idp.extensions import reading, services, transaction
from idp.locales import gettext as _
from idp.people import directory
from idp.security.officers import staff_numbers
from idp.security.present import ACTORS, desk, security_page
from idp.security.room import blueprint
from idp.security.rows import person_link
from idp.security.unmasking import shown as unmask_shown
from idp.security.viewed import case_here, viewed
from idp.staff import unmasking
from idp.staff.sessions import StaffSignIn
from idp.staff.unmasking import Asked, Extent, NoteWrong, NotTheirs, Reason
from idp.staff_pages.present import context, to

HOUR: Final = 3600
SHOWN_SECONDS: Final = 60
OWN_AT_MOST: Final = 20
QUESTIONS: Final = 2
"""For each that may be shown: some are refused, or lapse."""


@blueprint.get("/people/<uuid:person_id>/unmask")
def unmask_page(person_id: UUID) -> Response:
    staff, subject = desk(*ACTORS), str(person_id)
    viewed("unmask", person_id=subject)
    return _form(staff, subject)


@blueprint.post("/people/<uuid:person_id>/unmask")
def ask_to_unmask(person_id: UUID) -> Response:
    staff, subject = desk(*ACTORS), str(person_id)
    found = services()
    try:
        what = Asked(
            Reason(request.form.get("reason", "")),
            request.form.get("note", ""),
            Extent(request.form.get("extent", "")),
            case_here(),
        )
    except NoteWrong:
        words = _("Say why, in at most %(count)s characters.", count=unmasking.LONGEST_NOTE)
        return _form(staff, subject, status=422, errors={"note": words})
    except ValueError:
        return _form(staff, subject, status=422, errors={"reason": _("Choose what it is for.")})
    if not found.throttle.allow(f"desk questions {staff.staff_id}", QUESTIONS * _per_hour(), HOUR):
        return _form(staff, subject, status=429, error=_("You have asked for too many people in this hour."))
    with transaction() as session:
        if directory.find_by_id(session, subject) is None:
            abort(404)
        unmasking.ask(
            session,
            found.cipher,
            subject,
            what,
            officer=staff,
            settings=found.settings.security,
            context=context(),
        )
    return to("security.unmasking_page")


@blueprint.get("/unmasking")
def unmasking_page() -> Response:
    staff = desk()
    viewed("unmasking")
    return _questions(staff)


@blueprint.post("/unmasking/<uuid:ask_id>")
def decide_unmasking(ask_id: UUID) -> Response:
    """By whoever may be a second officer, an auditor among them."""
    staff = desk()
    found = services()
    decision = request.form.get("decision")
    if decision not in {"agree", "refuse"}:
        abort(400)
    try:
        with transaction() as session:
            unmasking.decide(
                session,
                str(ask_id),
                staff,
                agrees=decision == "agree",
                minutes=found.settings.security.unmask_minutes,
                settings=found.settings.staff,
                context=context(),
            )
    except NotTheirs as problem:
        return _refused(staff, str(ask_id), problem.reason)
    return to("security.unmasking_page")


@blueprint.post("/unmasking/<uuid:ask_id>/show")
def show_person(ask_id: UUID) -> Response:
    """Once. The event is durable before the page is made."""
    staff = desk(*ACTORS)
    found = services()
    if not found.throttle.allow(f"desk unmasks {staff.staff_id}", _per_hour(), HOUR):
        return _refused(staff, str(ask_id), "too_many")
    try:
        with transaction() as session:
            asked = unmasking.use(session, str(ask_id), staff, context=context())
            person_id, extent = asked.person_id, Extent(asked.extent)
    except NotTheirs as problem:
        return _refused(staff, str(ask_id), problem.reason)
    leads_to = url_for("security.person_page", person_id=person_id)
    with reading() as session:
        shown = _who(session, person_id, extent)
    response = security_page(
        "security/unmasking/unmasked.html",
        staff,
        person=person_link(person_id),
        seconds=SHOWN_SECONDS,
        leave_url=leads_to,
        **shown,
    )
    # Works without script: the page does not stay open on a screen that somebody has left.
    response.headers["Refresh"] = f"{SHOWN_SECONDS}; url={leads_to}"
    return response


@blueprint.get("/unmasking/<uuid:ask_id>")
@blueprint.get("/unmasking/<uuid:ask_id>/show")
def after_unmasking(**_ask: Any) -> Response:
    """A reload, or the language switch: what was shown is not shown again."""
    return to("security.unmasking_page")


def _per_hour() -> int:
    return services().settings.security.unmasks_per_hour


def _who(session: Session, person_id: str, extent: Extent) -> dict[str, Any]:
    found = services()
    person = directory.find_by_id(session, person_id)
    if person is None:
        return {"name": None, "number": None}
    try:
        today = directory.day_in_china(found.clock())
        number = directory.number_of(session, person, found.cipher, today).number
    except LookupError:
        return {"name": directory.name_of(person, found.cipher), "number": None}
    shown = number.value if extent is Extent.FULL else number.masked
    return {"name": directory.name_of(person, found.cipher), "number": shown}


def _refused(staff: StaffSignIn, ask_id: str, reason: str) -> Response:
    with reading() as session:
        asked = unmasking.find(session, ask_id)
    event = UnmaskRefused(None if asked is None else asked.person_id, reason, ask_id)
    services().audit.append(event, context())
    return _questions(staff, status=429 if reason == "too_many" else 403, error=unmask_shown.why(reason))


def _form(staff: StaffSignIn, person_id: str, *, status: int = 200, **shown: Any) -> Response:
    return security_page(
        "security/unmasking/unmask.html",
        staff,
        status=status,
        person=person_link(person_id),
        reasons=unmask_shown.reasons(),
        extents=unmask_shown.extents(),
        values=request.form if request.method == "POST" else {},
        needs_second=services().settings.security.unmask_needs_second,
        longest=unmasking.LONGEST_NOTE,
        **{"errors": {}, **shown},
    )


def _questions(staff: StaffSignIn, *, status: int = 200, error: str | None = None) -> Response:
    found = services()
    now = found.clock()
    with reading() as session:
        waiting = [one for one in unmasking.waiting(session, now) if one.asked_by != staff.staff_id]
        own = list(unmasking.of_officer(session, staff.staff_id, at_most=OWN_AT_MOST))
        numbers = staff_numbers(session, {one.asked_by for one in [*waiting, *own]})
    return security_page(
        "security/unmasking/unmasking.html",
        staff,
        status=status,
        waiting=[unmask_shown.row(one, staff, numbers, now) for one in waiting],
        own=[unmask_shown.row(one, staff, numbers, now) for one in own],
        error=error,
    )
