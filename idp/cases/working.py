"""What is done in a case. Each deed is a line of its history and an event, in one transaction.

The case that is given is `history.locked`.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from idp.audit.context import AuditContext
from idp.audit.events.cases import (
    CaseAssigned,
    CaseClosed,
    CaseGraded,
    CaseNoted,
    CaseOpened,
    CaseReopened,
    CaseResumed,
    CaseSetWaiting,
    CaseSubjectAdded,
)
from idp.audit.fields import UUID as PERSON_ID
from idp.audit.fields import is_code, is_identifier
from idp.cases import alerting
from idp.cases.history import CaseRefused, actor_of, is_about, living, write
from idp.cases.models import Case, CaseNote, CaseNumber, CaseSubject
from idp.cases.words import SUBJECT_KINDS, CaseKind, CaseStatus, Deed, Outcome
from idp.crypto.fields import FieldCipher
from idp.detection.findings import Severity
from idp.people.reencrypt import SealedTable
from idp.staff import accounts
from idp.staff.models import StaffAccount, StaffStatus
from idp.staff.roles import StaffRole
from idp.storage.base import new_id

NOTE: Final = "case.note"
SEALED: Final = SealedTable(CaseNote, {"text_sealed": NOTE})
"""For re-encryption."""
LONGEST_NOTE: Final = 4000
"""Characters."""
SUBJECTS_AT_MOST: Final = 100
CHINA: Final = timedelta(hours=8)
Subject = tuple[str, str]
"""Kind and id."""


def open_case(
    session: Session,
    kind: CaseKind,
    severity: Severity,
    subjects: Sequence[Subject],
    *,
    context: AuditContext,
) -> Case:
    """A new case of the acting officer's, whom it is given to. Raises CaseRefused."""
    by = actor_of(context)
    opened = Case(
        id=new_id(context.at),
        number=_number(session, context.at),
        kind=kind.value,
        severity=severity.value,
        status=CaseStatus.OPEN.value,
        assigned_to=by,
        opened_by=by,
        opened_at=context.at,
        version=0,
    )
    session.add(opened)
    session.flush()
    event = CaseOpened(opened.id, opened.kind, opened.severity)
    write(session, opened, Deed.OPENED, event, context, detail=opened.kind)
    for one in dict.fromkeys(subjects):
        add_subject(session, opened, one, context=context)
    return opened


def assign(session: Session, case: Case, staff_id: str | None, *, context: AuditContext) -> None:
    """Give it to an officer, or lay it down for anybody to take. Raises CaseRefused."""
    living(case)
    if staff_id is not None and not _is_officer(session, staff_id):
        raise CaseRefused("officer")
    if staff_id is not None and is_about(session, case.id, staff_id):
        raise CaseRefused("officer")
    case.assigned_to = staff_id
    deed = Deed.LAID_DOWN if staff_id is None else Deed.ASSIGNED
    write(session, case, deed, CaseAssigned(case.id, staff_id), context, about=staff_id)


def note(session: Session, cipher: FieldCipher, case: Case, text: str, *, context: AuditContext) -> CaseNote:
    """Add what an officer wrote. Raises CaseRefused."""
    living(case)
    text = text.replace("\r\n", "\n").strip()
    if not text or len(text) > LONGEST_NOTE:
        raise CaseRefused("text")
    note_id = new_id(context.at)
    written = CaseNote(
        id=note_id,
        case_id=case.id,
        author=actor_of(context),
        at=context.at,
        text_sealed=cipher.seal(text, context=f"{NOTE}:{note_id}"),
    )
    session.add(written)
    write(session, case, Deed.NOTED, CaseNoted(case.id, note_id), context, about=note_id)
    return written


def grade(session: Session, case: Case, severity: Severity, *, context: AuditContext) -> None:
    """How grave it is after all. Raises CaseRefused."""
    living(case)
    if case.severity == severity.value:
        return
    case.severity = severity.value
    event = CaseGraded(case.id, severity.value)
    write(session, case, Deed.GRADED, event, context, detail=severity.value)


def set_waiting(session: Session, case: Case, *, context: AuditContext) -> None:
    """For an answer from outside. Raises CaseRefused."""
    living(case)
    if case.status != CaseStatus.WAITING:
        case.status = CaseStatus.WAITING.value
        write(session, case, Deed.WAITING, CaseSetWaiting(case.id), context)


def resume(session: Session, case: Case, *, context: AuditContext) -> None:
    """Go on with one that waited. Raises CaseRefused."""
    living(case)
    if case.status != CaseStatus.OPEN:
        case.status = CaseStatus.OPEN.value
        write(session, case, Deed.RESUMED, CaseResumed(case.id), context)


def add_subject(session: Session, case: Case, subject: Subject, *, context: AuditContext) -> bool:
    """It is about this one, too; False where that was known. Raises CaseRefused."""
    living(case)
    kind, name = subject
    if kind not in SUBJECT_KINDS or not _is_id(kind, name):
        raise CaseRefused("subject")
    if session.get(CaseSubject, (case.id, kind, name)) is not None:
        return False
    if accounts.is_about(session, actor_of(context), kind, name):
        raise CaseRefused("own")
    count = select(func.count()).select_from(CaseSubject).where(CaseSubject.case_id == case.id)
    if (session.scalar(count) or 0) >= SUBJECTS_AT_MOST:
        raise CaseRefused("full")
    session.add(CaseSubject(case_id=case.id, kind=kind, subject=name))
    event = CaseSubjectAdded(
        case.id,
        kind,
        person_id=name if kind == "person" else None,
        client_id=name if kind == "client" else None,
        subject=name if kind not in {"person", "client"} else None,
    )
    write(session, case, Deed.SUBJECT_ADDED, event, context, about=name, detail=kind)
    return True


def measure_taken(session: Session, case: Case, measure_id: str, kind: str, *, context: AuditContext) -> None:
    """Enter what was done about it; whoever did it wrote the event. Raises CaseRefused."""
    living(case)
    write(session, case, Deed.MEASURE_TAKEN, None, context, about=measure_id, detail=kind)


def close(session: Session, case: Case, outcome: Outcome, *, context: AuditContext) -> None:
    """It is over, and so are its alerts. Raises CaseRefused."""
    living(case)
    alerting.close_all(session, case, outcome, context=context)
    case.status, case.outcome, case.closed_at = CaseStatus.CLOSED.value, outcome.value, context.at
    event = CaseClosed(case.id, outcome.value)
    write(session, case, Deed.CLOSED, event, context, detail=outcome.value)


def reopen(session: Session, case: Case, *, context: AuditContext) -> None:
    """There is more to it; whoever reopens it has it. Raises CaseRefused."""
    if case.status != CaseStatus.CLOSED:
        raise CaseRefused("not_closed")
    case.status, case.outcome, case.closed_at = CaseStatus.OPEN.value, None, None
    case.assigned_to = actor_of(context)
    write(session, case, Deed.REOPENED, CaseReopened(case.id), context)


def _is_id(kind: str, name: str) -> bool:
    """What the log may hold of it."""
    if kind == "person":
        return PERSON_ID.fullmatch(name) is not None
    return is_identifier(name) or (kind != "client" and is_code(name))


def _is_officer(session: Session, staff_id: str) -> bool:
    account = session.get(StaffAccount, staff_id)
    active = account is not None and account.status == StaffStatus.ACTIVE
    return active and account is not None and StaffRole.SECURITY in account.roles


def _number(session: Session, now: datetime) -> str:
    """The next one of the year, in China's time; two that are opened at once get two."""
    year = (now + CHINA).year
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    row = dialect.insert(CaseNumber).values(year=year, last=1)
    one_more = row.on_conflict_do_update(index_elements=["year"], set_={"last": CaseNumber.last + 1})
    last = session.execute(one_more.returning(CaseNumber.last)).scalar_one()
    return f"{year}-{last}"
