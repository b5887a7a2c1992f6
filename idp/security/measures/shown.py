"""What the pages of measures show."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from flask import url_for
from sqlalchemy.orm import Session

from idp.locales import gettext as _
from idp.measures import reading
from idp.measures.foreseeing import Foreseen
from idp.measures.kinds import POSSIBLE, REASONS_BACK, Kind, State, SubjectKind
from idp.measures.models import Measure
from idp.measures.reading import Deliveries, Which
from idp.measures.taking import Measures, can_be_undone
from idp.security.measure_reasons import REASONS
from idp.security.measures import words
from idp.security.officers import staff_numbers
from idp.security.present import ACTORS
from idp.security.subjects import shown as subject_shown
from idp.staff.sessions import StaffSignIn


def row(measure: Measure, numbers: Mapping[str, str], now: datetime) -> dict[str, Any]:
    return {
        "url": url_for("security.measure", measure_id=measure.id),
        "words": words.deed(measure.kind, measure.subject_kind),
        "subject": measure.subject,
        "subject_words": _(words.SUBJECTS[measure.subject_kind]),
        "reason": _(REASONS[measure.reason]),
        "state": words.state(measure, now),
        "is_in_force": reading.is_in_force(measure, now),
        "by": words.by_whom(measure.asked_by, numbers),
        "at": measure.taken_at or measure.asked_at,
        "until": measure.until,
    }


def rows(session: Session, found: Sequence[Measure], now: datetime) -> list[dict[str, Any]]:
    numbers = staff_numbers(session, [one.asked_by for one in found])
    return [row(one, numbers, now) for one in found]


def filters(current: Which) -> list[list[dict[str, Any]]]:
    titles = {
        Which.ALL: _("All"),
        Which.IN_FORCE: _("In force"),
        Which.WAITING: _("Waiting for a second officer"),
        Which.OVER: _("Over"),
    }
    return [
        [
            {
                "words": text,
                "url": url_for("security.measures", which=None if which is Which.ALL else which.value),
                "current": which is current,
            }
            for which, text in titles.items()
        ]
    ]


def whole(
    session: Session, measures: Measures, measure: Measure, officer: StaffSignIn, now: datetime
) -> dict[str, Any]:
    numbers = staff_numbers(session, [measure.asked_by, measure.agreed_by, measure.undone_by])
    deed = Kind(measure.kind), SubjectKind(measure.subject_kind)
    may_act = officer.has(*ACTORS)
    problem = measures.problem(measure, officer, now)
    is_waiting = measure.state == State.WAITING and problem != "over"
    return {
        **row(measure, numbers, now),
        "what": _(words.WHAT_HAPPENS[deed]),
        "about": subject_shown(measure.subject_kind, measure.subject, numbers, measure.case_id),
        "person_id": measure.person_id if measure.subject_kind == SubjectKind.SESSION else None,
        "note": measures.note_of(measure),
        "case_url": None if measure.case_id is None else f"/security/cases/{measure.case_id}",
        "asked_at": measure.asked_at,
        "taken_at": measure.taken_at,
        "agreed_by": words.by_whom(measure.agreed_by, numbers),
        "finished_at": measure.finished_at,
        "is_working": measure.state == State.WORKING,
        "ends_something": deed[0] is not Kind.BLOCK,
        "sessions_ended": measure.sessions_ended,
        "grants_ended": measure.grants_ended,
        "undone_at": measure.undone_at,
        "undone_by": words.by_whom(measure.undone_by, numbers),
        "undone_reason": None if measure.undone_reason is None else _(REASONS[measure.undone_reason]),
        "deliveries": [_delivery(one) for one in reading.deliveries(session, measure.id)],
        "undo_url": url_for("security.undo_measure", measure_id=measure.id)
        if may_act and can_be_undone(measure, now)
        else None,
        "reasons_back": [(one.value, _(REASONS[one])) for one in REASONS_BACK],
        "decide_url": url_for("security.decide_measure", measure_id=measure.id)
        if is_waiting and may_act
        else None,
        "may_agree": problem is None,
        "why_not": None if problem is None or not is_waiting else words.why_not(problem),
        "has_no_way_back": measure.state in {State.DONE, State.WORKING} and not can_be_undone(measure, now),
    }


def figures(foreseen: Foreseen, kind: Kind, subject_kind: SubjectKind) -> list[tuple[str, str]]:
    """What is hit, in words and figures; beyond sessions and people only what there is."""
    ends = _("Sessions that end there") if subject_kind is SubjectKind.CLIENT else _("Sessions that end")
    sessions = _("Sessions open from there, which go on") if kind is Kind.BLOCK else ends
    always = ((sessions, foreseen.sessions), (_("People"), foreseen.people))
    more = (
        (_("Clients that are told"), foreseen.clients),
        (_("Grants with offline access that end"), foreseen.grants),
        (_("Mandates by which nobody acts"), foreseen.mandates),
    )
    named = [*always, *(one for one in more if one[1])]
    return [(text, _more(count) if foreseen.is_more else str(count)) for text, count in named]


def ways(subject_kind: SubjectKind, subject: str, person_id: str | None) -> list[dict[str, str]]:
    """What can be done to it."""
    return [
        {
            "words": _(words.DEEDS[kind, subject_kind]),
            "what": _(words.WHAT_HAPPENS[kind, subject_kind]),
            "url": url_for(
                "security.new_measure",
                kind=kind.value,
                subject_kind=subject_kind.value,
                subject=subject,
                person=person_id,
            ),
        }
        for kind, kinds in POSSIBLE.items()
        if subject_kind in kinds
    ]


def _more(count: int) -> str:
    return _("%(count)s or more", count=count) if count else "0"


def _delivery(one: Deliveries) -> dict[str, Any]:
    return {
        "client_id": one.client_id,
        "made": one.made,
        "delivered": one.delivered,
        "waiting": one.waiting,
        "failed": one.failed,
    }
