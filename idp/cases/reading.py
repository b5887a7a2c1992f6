"""Finding cases and reading them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from idp.cases.history import Line
from idp.cases.models import Case, CaseDeed, CaseNote, CaseSubject
from idp.cases.words import CaseStatus
from idp.cases.working import NOTE
from idp.crypto.fields import FieldCipher
from idp.staff.models import StaffAccount, StaffStatus

LIVING = (CaseStatus.OPEN.value, CaseStatus.WAITING.value)


class Whose(StrEnum):
    MINE = "mine"
    UNASSIGNED = "unassigned"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class Sought:
    """What a list asks for; what is None does not matter. Without a status: those that are not over."""

    whose: Whose = Whose.ALL
    status: CaseStatus | None = None
    subject: tuple[str, str] | None = None
    """Kind and id."""

    def conditions(self, staff_id: str) -> list[ColumnElement[bool]]:
        wanted: list[ColumnElement[bool]] = []
        if self.whose is Whose.MINE:
            wanted.append(Case.assigned_to == staff_id)
        elif self.whose is Whose.UNASSIGNED:
            # Who has left, or was locked out, has nothing any more.
            active = select(StaffAccount.id).where(StaffAccount.status == StaffStatus.ACTIVE.value)
            wanted.append(or_(Case.assigned_to.is_(None), Case.assigned_to.not_in(active)))
        if self.status is not None:
            wanted.append(Case.status == self.status.value)
        else:
            wanted.append(Case.status.in_(LIVING))
        if self.subject is not None:
            kind, name = self.subject
            about = select(CaseSubject.case_id).where(CaseSubject.kind == kind, CaseSubject.subject == name)
            wanted.append(Case.id.in_(about))
        return wanted


@dataclass(frozen=True, slots=True)
class Note:
    """Opened."""

    id: str
    author: str
    at: datetime
    text: str


@dataclass(frozen=True, slots=True)
class Whole:
    """A case with everything in it."""

    case: Case
    subjects: Sequence[CaseSubject]
    notes: Sequence[Note]
    """The oldest first, as the history."""
    history: Sequence[Line]


def listed(
    session: Session, sought: Sought, staff_id: str, after: str | None, at_most: int
) -> Sequence[Case]:
    """The newest first, behind the case with that id: ids are ordered by time."""
    wanted = sought.conditions(staff_id)
    if after is not None:
        wanted.append(Case.id < after)
    return session.scalars(select(Case).where(*wanted).order_by(Case.id.desc()).limit(at_most)).all()


def whole(session: Session, cipher: FieldCipher, case_id: str) -> Whole | None:
    found = session.get(Case, case_id)
    if found is None:
        return None
    subjects = select(CaseSubject).where(CaseSubject.case_id == case_id)
    notes = session.scalars(select(CaseNote).where(CaseNote.case_id == case_id)).all()
    deeds = select(CaseDeed).where(CaseDeed.case_id == case_id).order_by(CaseDeed.version)
    history = [Line.of(row) for row in session.scalars(deeds)]
    # Several may be of one moment: the history says which came first.
    places = {line.about: line.version for line in history}
    return Whole(
        found,
        session.scalars(subjects.order_by(CaseSubject.kind, CaseSubject.subject)).all(),
        [_opened(cipher, one) for one in sorted(notes, key=lambda note: places[note.id])],
        history,
    )


def living_number(session: Session, case_id: str) -> str | None:
    """Of a case that is not over: only then does anybody work at it. Else None."""
    return session.scalar(select(Case.number).where(Case.id == case_id, Case.status.in_(LIVING)))


def numbers(session: Session, ids: Sequence[str]) -> dict[str, str]:
    """What people call these cases."""
    rows = session.execute(select(Case.id, Case.number).where(Case.id.in_(ids)))
    return {row.id: row.number for row in rows}


def _opened(cipher: FieldCipher, note: CaseNote) -> Note:
    return Note(
        note.id, note.author, note.at, cipher.open_text(note.text_sealed, context=f"{NOTE}:{note.id}")
    )
