"""The history of a case: what every deed goes through, and what keeps two officers out of each other's way.

Several officers work at once, so each says up to which line of the history they had read. Whoever decides
something (who has it, how grave it is, that it is over) is refused when another officer did something in
between, and told what; what only adds (a note, an alert, a subject, a measure) is never refused for that.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from idp.audit import log as audit
from idp.audit.context import AuditContext
from idp.audit.fields import Event
from idp.cases.models import Case, CaseDeed, CaseSubject
from idp.cases.words import CaseStatus, Deed
from idp.staff import accounts

DEEDS_AT_MOST: Final = 2000


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the history, as it was read."""

    version: int
    deed: str
    by: str
    at: datetime
    about: str | None
    detail: str | None

    @classmethod
    def of(cls, row: CaseDeed) -> "Line":
        return cls(row.version, row.deed, row.by, row.at, row.about, row.detail)


class CaseRefused(Exception):
    """It cannot be done. `reason`: unknown, closed, not_closed, own, officer, subject, text, full, alert."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class CaseMoved(Exception):
    """Another officer did something since: `deeds`, which whoever decides has to have read first."""

    def __init__(self, deeds: Sequence[Line]) -> None:
        super().__init__("the case has moved on")
        self.deeds = deeds


def locked(session: Session, case_id: str, by: str, seen: int | None = None) -> Case:
    """The case, held to the end of the transaction.

    `seen`: the last line of its history that the officer had read; None for what only adds.
    Raises CaseRefused, also where it is about the officer themself; CaseMoved.
    """
    found = session.scalar(select(Case).where(Case.id == case_id).with_for_update())
    if found is None:
        raise CaseRefused("unknown")
    if is_about(session, case_id, by):
        # Nobody decides what becomes of a suspicion against themself.
        raise CaseRefused("own")
    if seen is not None and seen < found.version:
        deeds = since(session, case_id, seen, by)
        if deeds:
            raise CaseMoved(deeds)
    return found


def is_about(session: Session, case_id: str | None, staff_id: str) -> bool:
    """Whether somebody of the staff is among those whom a case is about, be it as a citizen."""
    who = CaseSubject.kind.in_(["staff", "person"])
    query = select(CaseSubject.kind, CaseSubject.subject).where(CaseSubject.case_id == case_id, who)
    return any(accounts.is_about(session, staff_id, *row) for row in session.execute(query).all())


def since(session: Session, case_id: str, seen: int, by: str) -> Sequence[Line]:
    """What others than this officer did after a line of the history."""
    query = select(CaseDeed).where(CaseDeed.case_id == case_id, CaseDeed.version > seen, CaseDeed.by != by)
    return [Line.of(row) for row in session.scalars(query.order_by(CaseDeed.version))]


def write(
    session: Session,
    case: Case,
    deed: Deed,
    event: Event | None,
    context: AuditContext,
    *,
    about: str | None = None,
    detail: str | None = None,
) -> None:
    """One more line, and its event; `event`: None where the room that did it writes its own."""
    if case.version >= DEEDS_AT_MOST and deed is not Deed.CLOSED:
        raise CaseRefused("full")
    case.version += 1
    session.flush()
    session.execute(
        insert(CaseDeed).values(
            case_id=case.id,
            version=case.version,
            deed=deed.value,
            by=actor_of(context),
            at=context.at,
            about=about,
            detail=detail,
        )
    )
    if event is not None:
        audit.record(session, event, context=context)


def actor_of(context: AuditContext) -> str:
    """The officer. Raises CaseRefused: nothing of a case is done by nobody."""
    if context.actor is None:
        raise CaseRefused("officer")
    return context.actor


def living(case: Case) -> None:
    """Raises CaseRefused for one that is over."""
    if case.status == CaseStatus.CLOSED:
        raise CaseRefused("closed")
