"""Questions who a person is, as the desk shows them."""

from dataclasses import dataclass
from datetime import datetime

from flask import url_for

from idp.extensions import services
from idp.locales import gettext as _
from idp.security.rows import Link, person_link
from idp.staff import unmasking
from idp.staff.desk_models import UnmaskAsk
from idp.staff.sessions import StaffSignIn
from idp.staff.unmasking import Extent, Reason, State


@dataclass(frozen=True, slots=True)
class AskRow:
    person: Link
    reason: str
    note: str
    extent: str
    asked_by: str
    asked_at: datetime
    until: datetime
    state: str
    state_words: str
    decide_url: str | None
    show_url: str | None
    why_not: str | None


def why(reason: str) -> str:
    words = {
        "asker": _("You asked yourself: somebody else has to agree."),
        "new": _("You have been an officer for too short a time to be the second one."),
        "over": _("It has lapsed, or was decided already."),
        "used": _("It was shown already. Ask anew if you need to see it again."),
        "waiting": _("Nobody has agreed yet."),
        "refused": _("A second officer has refused it."),
        "too_many": _("You have been shown as many people as one may in an hour."),
    }
    return words.get(reason) or _("This is not for you to decide or to see.")


def reasons() -> dict[str, str]:
    return {
        Reason.INVESTIGATION.value: _("An investigation of ours"),
        Reason.REPORTED.value: _("The person has reported something themself"),
        Reason.AUTHORITY.value: _("At the request of an authority"),
        Reason.COMPLAINT.value: _("A complaint of the person"),
        Reason.OTHER.value: _("Something else"),
    }


def extents() -> dict[str, str]:
    return {
        Extent.MASKED.value: _("The name, and the number with its middle left out"),
        Extent.FULL.value: _("The name and the whole number"),
    }


def row(asked: UnmaskAsk, staff: StaffSignIn, numbers: dict[str, str], now: datetime) -> AskRow:
    found = services()
    state = unmasking.state_of(asked, now)
    problem = unmasking.problem(asked, staff, found.settings.staff, now)
    person = person_link(asked.person_id)
    if person is None:
        raise LookupError("a question about nobody")
    decides = state is State.WAITING and problem in {None, "new"}
    shows = state is State.AGREED and asked.asked_by == staff.staff_id
    return AskRow(
        person=person,
        reason=reasons().get(asked.reason, asked.reason),
        note=unmasking.note_of(asked, found.cipher),
        extent=extents()[asked.extent],
        asked_by=numbers.get(asked.asked_by, asked.asked_by),
        asked_at=asked.asked_at,
        until=asked.expires_at,
        state=state.value,
        state_words=states()[state],
        decide_url=url_for("security.decide_unmasking", ask_id=asked.id) if decides else None,
        show_url=url_for("security.show_person", ask_id=asked.id) if shows else None,
        why_not=why(problem) if decides and problem else None,
    )


def states() -> dict[State, str]:
    return {
        State.WAITING: _("waits for a second officer"),
        State.AGREED: _("agreed to"),
        State.REFUSED: _("refused"),
        State.USED: _("was shown"),
        State.LAPSED: _("lapsed"),
    }
