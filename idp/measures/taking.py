"""Asking for a measure, agreeing to it, taking it, undoing it.

A measure is its row and its event in one transaction with what it changes. Two officers who do the same at
the same time queue for the row of whom it is done to, and the second is told that it is so already.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, sessionmaker

from idp import settings
from idp.audit import log as audit
from idp.audit.context import AuditContext
from idp.audit.events.measures import MeasureAsked, MeasureDeclined, MeasureTaken, MeasureUndone
from idp.cases import history, working
from idp.cases.history import CaseRefused
from idp.crypto.fields import FieldCipher
from idp.measures import protecting, subjects
from idp.measures.doing import DO, UNDO, deed_of
from idp.measures.going_on import GoingOn, finish, locked
from idp.measures.kinds import IN_FORCE, REASONS, REASONS_BACK, Kind, Reason, State, SubjectKind
from idp.measures.models import Measure
from idp.measures.subjects import MeasureRefused, Subject, subject_of
from idp.people.reencrypt import SealedTable
from idp.ranges import Network
from idp.staff import accounts
from idp.staff.roles import StaffRole
from idp.staff.sessions import StaffSignIn
from idp.storage.base import made_at
from idp.storage.ephemeral import Clock, EphemeralStore

NOTE: Final = "measure.note"
SEALED: Final = SealedTable(Measure, {"note_sealed": NOTE})
"""For re-encryption."""
NOTE_CHARACTERS_AT_MOST: Final = 2000
OPERATOR: Final = "operator"
FORM_LASTS: Final = 24 * 3600
"""Seconds. Its id, which measures are listed by, says when it was made: nobody dates back what they do."""
MOMENT: Final = 60
"""Seconds by which clocks of processes may differ."""


@dataclass(frozen=True, slots=True, repr=False)
class Wanted:
    """What a form asks for."""

    id: str
    """Made with the form (`Measure.id`)."""
    kind: Kind
    subject_kind: SubjectKind
    subject: str
    reason: Reason
    person_id: str | None = None
    """Whose session it is."""
    note: str = ""
    case_id: str | None = None
    lasts: timedelta | None = None
    """Of a block."""


@dataclass(frozen=True, slots=True, repr=False)
class Measures:
    sessions: sessionmaker[Session]
    store: EphemeralStore
    clock: Clock
    cipher: FieldCipher
    rules: settings.Measures
    staff: settings.Staff
    protected: tuple[Network, ...]
    """Ranges that nobody blocks."""
    changed: Callable[[], None]
    """This process forgets what it remembers of clients and blocked ranges."""

    @property
    def going_on(self) -> GoingOn:
        return GoingOn(self.sessions, self.store, self.clock)

    def needs_two(self, kind: Kind, subject_kind: SubjectKind) -> bool:
        return f"{kind}:{subject_kind}" in self.rules.two_officers

    def take(self, wanted: Wanted, *, by: str, context: AuditContext, at_once: bool = False) -> str:
        """Take it, or let it wait for a second officer; its id. A form that comes twice is one deed.

        `by`: a staff account. The operator at the command line is bound by no second officer (`at_once`), as
        they hold the database; nor is a person who says that it was not them. Raises MeasureRefused.
        """
        if by != OPERATOR and wanted.reason not in ((Reason.DISOWNED,) if at_once else REASONS):
            raise MeasureRefused("reason")
        try:
            with self.sessions.begin() as session:
                if session.get(Measure, wanted.id) is not None:
                    return wanted.id
                if not -MOMENT <= context.at.timestamp() - made_at(wanted.id) <= FORM_LASTS:
                    raise MeasureRefused("form")
                measure = self._written(session, wanted, by, context)
                if at_once or not self.needs_two(wanted.kind, wanted.subject_kind):
                    self._take(session, measure, context)
                else:
                    measure.until = context.at + timedelta(hours=self.rules.agreement_hours)
                    event = MeasureAsked(measure.id, reason=measure.reason, **_logged(measure))
                    audit.record(session, event, context=context)
        except IntegrityError:
            # The same form, a moment earlier.
            with self.sessions() as session:
                if session.get(Measure, wanted.id) is None:
                    raise
            return wanted.id
        self.changed()
        self.going_on.go_on(wanted.id, self.rules.batches_at_once)
        return wanted.id

    def decide(self, measure_id: str, officer: StaffSignIn, *, agrees: bool, context: AuditContext) -> None:
        """The second officer's word; who asked may take it back. Raises MeasureRefused."""
        with self.sessions.begin() as session:
            measure = locked(session, measure_id)
            _check_not_own(session, measure, officer.staff_id)
            problem = self.problem(measure, officer, context.at)
            is_taken_back = problem == "asker" and not agrees
            if problem is not None and not is_taken_back and (agrees or problem != "new"):
                raise MeasureRefused(problem)
            measure.agreed_by = None if is_taken_back else officer.staff_id
            if agrees:
                self._take(session, measure, context)
            else:
                measure.state = State.REFUSED.value
                event = MeasureDeclined(measure.id, "taken_back" if is_taken_back else "refused")
                audit.record(session, event, context=context)
        if agrees:
            self.changed()
            self.going_on.go_on(measure_id, self.rules.batches_at_once)

    def problem(self, measure: Measure, officer: StaffSignIn, now: datetime) -> str | None:
        """Why this officer is not the second one for it; None when they are."""
        settled = timedelta(hours=self.staff.officer_settled_hours)
        if measure.state != State.WAITING or (measure.until is not None and measure.until <= now):
            return "over"
        if not officer.has(StaffRole.SECURITY):
            return "role"
        if measure.asked_by == officer.staff_id:
            return "asker"
        is_new = officer.enrolled_at is None or now - officer.enrolled_at < settled
        return "new" if is_new else None

    def undo(self, measure_id: str, reason: Reason, *, by: str, context: AuditContext) -> None:
        """Raises MeasureRefused."""
        if reason not in REASONS_BACK:
            raise MeasureRefused("reason")
        with self.sessions.begin() as session:
            measure = locked(session, measure_id)
            _check_not_own(session, measure, by)
            if not can_be_undone(measure, context.at):
                raise MeasureRefused("over")
            measure.undone_at, measure.undone_by = context.at, by
            UNDO[deed_of(measure)](session, measure, context)
            measure.state = State.UNDONE.value
            measure.undone_reason = reason.value
            event = MeasureUndone(measure.id, reason=reason.value, **_logged(measure))
            audit.record(session, event, context=context)
        self.changed()

    def note_of(self, measure: Measure) -> str:
        sealed = measure.note_sealed
        return "" if sealed is None else self.cipher.open_text(sealed, context=f"{NOTE}:{measure.id}")

    def _written(self, session: Session, wanted: Wanted, by: str, context: AuditContext) -> Measure:
        subject = subjects.found(session, wanted.kind, wanted.subject_kind, wanted.subject, wanted.person_id)
        lasts = None if wanted.kind is not Kind.BLOCK else self._lasting(wanted.lasts)
        note = wanted.note.strip()[:NOTE_CHARACTERS_AT_MOST]
        measure = Measure(
            id=wanted.id,
            kind=wanted.kind.value,
            subject_kind=subject.kind.value,
            subject=subject.id,
            person_id=subject.person_id,
            reason=wanted.reason.value,
            note_sealed=self.cipher.seal(note, context=f"{NOTE}:{wanted.id}") if note else None,
            case_id=wanted.case_id,
            state=State.WAITING.value,
            asked_by=by,
            asked_at=context.at,
            lasts_seconds=lasts,
            ending=[],
            sessions_ended=0,
            grants_ended=0,
            notices=0,
        )
        self._check(subject, wanted.kind, context)
        session.add(measure)
        session.flush()
        return measure

    def _check(self, subject: Subject, kind: Kind, context: AuditContext) -> None:
        if kind is Kind.BLOCK:
            protecting.check(subject.id, self.protected, context.caller)

    def _lasting(self, lasts: timedelta | None) -> int:
        longest = timedelta(days=self.rules.block_days_at_most)
        if lasts is None or not timedelta() < lasts <= longest:
            raise MeasureRefused("until")
        return int(lasts.total_seconds())

    def _take(self, session: Session, measure: Measure, context: AuditContext) -> None:
        """From here on it counts. Raises MeasureRefused."""
        now = context.at
        subject = subject_of(measure)
        self._check(subject, Kind(measure.kind), context)
        measure.taken_at, measure.state = now, State.WORKING.value
        lasts = measure.lasts_seconds
        measure.until = None if lasts is None else now + timedelta(seconds=lasts)
        session.flush()
        is_all = DO[deed_of(measure)](session, measure, context)
        event = MeasureTaken(
            measure.id,
            reason=measure.reason,
            case_id=measure.case_id,
            agreed_by=measure.agreed_by,
            lasts_seconds=lasts,
            **_logged(measure),
        )
        audit.record(session, event, context=context)
        self._enter_case(session, measure, context)
        if is_all:
            finish(session, measure, context)

    def _enter_case(self, session: Session, measure: Measure, context: AuditContext) -> None:
        if measure.case_id is None:
            return
        try:
            case = history.locked(session, measure.case_id, context.actor or OPERATOR)
            working.measure_taken(session, case, measure.id, measure.kind, context=context)
        except CaseRefused as refused:
            raise MeasureRefused(f"case_{refused.reason}") from None


def _check_not_own(session: Session, measure: Measure, by: str) -> None:
    """Nobody decides what is done to themself, or in a case about themself. Raises MeasureRefused."""
    if measure.person_id is not None and accounts.is_about(session, by, "person", measure.person_id):
        raise MeasureRefused("own")
    if history.is_about(session, measure.case_id, by):
        raise MeasureRefused("case_own")


def can_be_undone(measure: Measure, now: datetime) -> bool:
    is_over = measure.until is not None and measure.until <= now
    return deed_of(measure) in UNDO and measure.state in IN_FORCE and not is_over


def _logged(measure: Measure) -> dict[str, Any]:
    subject = subject_of(measure)
    return {
        "kind": measure.kind,
        "subject_kind": measure.subject_kind,
        "person_id": measure.person_id,
        "client_id": subject.client_id,
        "subject": subject.logged,
    }
