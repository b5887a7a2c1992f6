"""What the pages of cases are given to show."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from flask import url_for
from sqlalchemy import select
from sqlalchemy.orm import Session

from idp.cases import history
from idp.cases.history import Line
from idp.cases.models import Case, CaseSubject
from idp.cases.reading import Sought, Whole, Whose
from idp.cases.words import CaseStatus, Deed
from idp.cases.working import LONGEST_NOTE
from idp.china_time import CHINA_TIME
from idp.locales import gettext as _
from idp.measures.models import Measure
from idp.security import alert_links, subjects
from idp.security.case_words import (
    DEEDS,
    KINDS,
    OUTCOMES,
    SEVERITIES,
    STATUSES,
    SUBJECTS,
    choices,
    words,
)
from idp.security.measures import shown as measure_shown
from idp.security.officers import security_officers, staff_numbers
from idp.staff.sessions import StaffSignIn

SUBJECTS_OF_ROW: Final = 3
MEASURES_SHOWN: Final = 200
OPERATOR: Final = "operator"


def rows(session: Session, found: Sequence[Case]) -> list[dict[str, Any]]:
    """For a list."""
    about = _subjects_of(session, [case.id for case in found])
    known = staff_numbers(session, [case.assigned_to for case in found])
    return [_summary(case, known) | {"subjects": about.get(case.id, [])[:SUBJECTS_OF_ROW]} for case in found]


def whole(
    session: Session, found: Whole, staff: StaffSignIn, now: datetime, *, may_act: bool
) -> dict[str, Any]:
    """For the page of a case."""
    case = found.case
    measures = _measures(session, case.id, now)
    known = _staff_of(session, found)
    is_own = history.is_about(session, case.id, staff.staff_id)
    is_over = case.status == CaseStatus.CLOSED
    return {
        "case": _summary(case, known) | {"seen": case.version, "is_mine": case.assigned_to == staff.staff_id},
        "subjects": [
            subjects.shown(one.kind, one.subject, known, None if is_over else case.id)
            for one in found.subjects
        ],
        "case_alerts": [alert_links.shown(one) for one in alert_links.of_case(session, case.id)],
        "case_measures": list(measures.values()),
        "lines": _lines(found, known, measures),
        "may_act": may_act and not is_own,
        "is_own": is_own,
        "is_over": is_over,
        "officers": security_officers(session) if may_act else [],
        "act_url": url_for("security.case_deed", case_id=case.id),
        "traces_url": _traces_url(case),
        "longest_note": LONGEST_NOTE,
        **forms(),
    }


def forms() -> dict[str, Any]:
    """What can be chosen."""
    return {
        "kinds": choices(KINDS),
        "severities": choices(SEVERITIES),
        "outcomes": choices(OUTCOMES),
        "subject_kinds": choices(SUBJECTS),
    }


def filters(sought: Sought) -> list[list[dict[str, Any]]]:
    """Rows of links, of which one each is the present choice."""
    whose = (
        (Whose.ALL, _("All officers")),
        (Whose.MINE, _("Mine")),
        (Whose.UNASSIGNED, _("Nobody's")),
    )
    statuses = ((None, _("Not over")), *((CaseStatus(code), _(text)) for code, text in STATUSES.items()))
    return [
        [
            {"words": text, "url": _address(sought, whose=one), "current": one is sought.whose}
            for one, text in whose
        ],
        [
            {"words": text, "url": _address(sought, status=one), "current": one is sought.status}
            for one, text in statuses
        ],
    ]


def next_url(sought: Sought, after: str) -> str:
    return _address(sought, after=after)


def done(code: str) -> str | None:
    """What the deed before has come to."""
    said = {
        "opened": _("The case is open, and yours."),
        "noted": _("Your note is in the case."),
        "alert_added": _("The alert is in the case."),
        "closed": _("The case is over, and its alerts with it."),
        "changed": _("Done."),
    }
    return said.get(code)


def meanwhile(session: Session, lines: Iterable[Line]) -> str:
    """What others did since the page was shown."""
    lines = list(lines)
    known = staff_numbers(session, [*(line.by for line in lines), *(line.about for line in lines)])
    told = _("; ").join(f"{name_of(line.by, known)} {deed_in_words(line, known)}" for line in lines)
    return _(
        "Nothing was done: meanwhile somebody else has worked at this case (%(told)s). Read it, then decide.",
        told=told,
    )


def deed_in_words(line: Line, known: Mapping[str, str]) -> str:
    """What was done, without who did it: it follows their number."""
    said, detail = words(DEEDS, line.deed), line.detail or ""
    match line.deed:
        case Deed.ASSIGNED:
            return f"{said} {known.get(line.about or '', '')}"
        case Deed.GRADED:
            return f"{said} {words(SEVERITIES, detail)}"
        case Deed.CLOSED:
            return f"{said} {words(OUTCOMES, detail)}"
        case Deed.SUBJECT_ADDED:
            return f"{said} {words(SUBJECTS, detail)} {subjects.in_words(detail, line.about or '', known)}"
    return said


def name_of(staff_id: str, known: Mapping[str, str]) -> str:
    return known.get(staff_id) or (_("The operator") if staff_id == OPERATOR else staff_id)


def _summary(case: Case, known: Mapping[str, str]) -> dict[str, Any]:
    return {
        "id": case.id,
        "number": case.number,
        "url": url_for("security.case", case_id=case.id, case=None),
        "kind_words": words(KINDS, case.kind),
        "severity": case.severity,
        "severity_words": words(SEVERITIES, case.severity),
        "status": case.status,
        "status_words": words(STATUSES, case.status),
        "assigned_to": case.assigned_to,
        "assigned": None if case.assigned_to is None else known.get(case.assigned_to, case.assigned_to),
        "opened_at": case.opened_at,
        "opened_by": name_of(case.opened_by, known),
        "closed_at": case.closed_at,
        "outcome_words": None if case.outcome is None else words(OUTCOMES, case.outcome),
    }


def _traces_url(case: Case) -> str:
    """Of a search for everything that the log has of this case: each look at somebody for it, too."""
    begin = f"{case.opened_at.astimezone(CHINA_TIME):%Y-%m-%dT%H:%M}"
    query: dict[str, Any] = {"text": case.id, "from": begin, "case": None}
    return url_for("security.search_page", **query)


def _measures(session: Session, case_id: str, now: datetime) -> dict[str, dict[str, Any]]:
    """By their ids, the oldest first."""
    query = select(Measure).where(Measure.case_id == case_id).order_by(Measure.asked_at, Measure.id)
    taken = session.scalars(query.limit(MEASURES_SHOWN)).all()
    return dict(zip((one.id for one in taken), measure_shown.rows(session, taken, now), strict=True))


def _lines(
    found: Whole, known: Mapping[str, str], measures: Mapping[str, Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """What was done, the oldest first; a note stands where it was written."""
    notes = {note.id: note.text for note in found.notes}
    return [
        {
            "at": line.at,
            "by": name_of(line.by, known),
            "words": _said(line, known, measures),
            "text": notes.get(line.about or "") if line.deed == Deed.NOTED else None,
            "url": _line_url(line),
        }
        for line in found.history
    ]


def _line_url(line: Line) -> str | None:
    if line.deed == Deed.ALERT_ADDED:
        return url_for("security.alert", alert_id=line.about)
    if line.deed == Deed.MEASURE_TAKEN:
        return url_for("security.measure", measure_id=line.about)
    return None


def _said(line: Line, known: Mapping[str, str], measures: Mapping[str, Mapping[str, Any]]) -> str:
    said = deed_in_words(line, known)
    measure = measures.get(line.about or "") if line.deed == Deed.MEASURE_TAKEN else None
    return said if measure is None else _("%(deed)s: %(what)s", deed=said, what=measure["words"])


def _staff_of(session: Session, found: Whole) -> dict[str, str]:
    given = [line.about for line in found.history if line.deed == Deed.ASSIGNED]
    about = [one.subject for one in found.subjects if one.kind == "staff"]
    by = (line.by for line in found.history)
    return staff_numbers(session, [found.case.assigned_to, found.case.opened_by, *given, *about, *by])


def _subjects_of(session: Session, ids: Sequence[str]) -> dict[str, list[dict[str, str]]]:
    query = select(CaseSubject).where(CaseSubject.case_id.in_(ids)).order_by(CaseSubject.kind)
    found = session.scalars(query).all()
    known = staff_numbers(session, [one.subject for one in found if one.kind == "staff"])
    about: dict[str, list[dict[str, str]]] = {}
    for one in found:
        said = subjects.in_words(one.kind, one.subject, known)
        about.setdefault(one.case_id, []).append({"kind_words": words(SUBJECTS, one.kind), "words": said})
    return about


def _address(sought: Sought, **changed: Any) -> str:
    values: dict[str, Any] = {"whose": sought.whose, "status": sought.status, **changed}
    if sought.subject is not None:
        values["subject_kind"], values["subject"] = sought.subject
    given: dict[str, Any] = {name: str(value) for name, value in values.items() if value}
    return url_for("security.cases", **given)
