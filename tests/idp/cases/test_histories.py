"""Whatever two officers do in whatever order, from pages as old as they come: the history tells all of it."""

from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

import idp.cases.models  # noqa: F401
from idp.audit.context import AuditContext
from idp.audit.models import AuditEvent
from idp.cases import history, reading, working
from idp.cases.history import CaseMoved, CaseRefused
from idp.cases.models import Case
from idp.cases.words import CaseKind, CaseStatus, Outcome
from idp.crypto.fields import FieldCipher
from idp.crypto.master_key import KeyRing
from idp.detection.findings import Severity
from idp.staff.models import StaffAccount, StaffStatus
from idp.storage.base import Base
from idp.storage.database import open_database
from tests.idp.people.conftest import NOW

OFFICERS = ("0192f0c1-2345-7abc-8def-000000000001", "0192f0c1-2345-7abc-8def-000000000002")
OFFICER = st.sampled_from(OFFICERS)
AGO = st.integers(0, 3)
"""How many lines an officer's page is behind."""
Do = Callable[[Session, Case, AuditContext], None]
CIPHER = FieldCipher(KeyRing("one", {"one": b"1" * 32}))


class Desk(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.folder = TemporaryDirectory()
        self.engine = open_database(f"sqlite:///{Path(self.folder.name)}/cases.db")
        Base.metadata.create_all(self.engine)
        self.sessions = sessionmaker(self.engine, expire_on_commit=False)
        self.case_id = ""
        self.done: list[tuple[str, str]] = []
        """Deed and officer."""
        self.notes: list[str] = []

    def teardown(self) -> None:
        self.engine.dispose()
        self.folder.cleanup()

    @initialize()
    def begin(self) -> None:
        with self.sessions.begin() as session:
            for number, officer in enumerate(OFFICERS):
                session.add(_account(officer, number))
        with self.sessions.begin() as session:
            context = AuditContext(NOW, actor=OFFICERS[0])
            case = working.open_case(session, CaseKind.OTHER, Severity.LOW, (), context=context)
            self.case_id = case.id
        self.done.append(("opened", OFFICERS[0]))

    @property
    def status(self) -> str:
        with self.sessions() as session:
            return str(session.scalars(select(Case.status)).one())

    @rule(officer=OFFICER)
    def note(self, officer: str) -> None:
        is_over = self.status == CaseStatus.CLOSED
        try:
            with self.sessions.begin() as session:
                case = history.locked(session, self.case_id, officer)
                text = f"note {len(self.notes)}"
                working.note(session, CIPHER, case, text, context=AuditContext(NOW, actor=officer))
            self.notes.append(text)
            self.done.append(("noted", officer))
        except CaseRefused:
            assert is_over
        else:
            assert not is_over

    @rule(officer=OFFICER, ago=AGO, to=OFFICER)
    def assign(self, officer: str, ago: int, to: str) -> None:
        def do(session: Session, case: Case, context: AuditContext) -> None:
            working.assign(session, case, to, context=context)

        self._decide(officer, ago, "assigned", do, when_over=False)

    @rule(officer=OFFICER, ago=AGO, outcome=st.sampled_from(list(Outcome)))
    def close(self, officer: str, ago: int, outcome: Outcome) -> None:
        def do(session: Session, case: Case, context: AuditContext) -> None:
            working.close(session, case, outcome, context=context)

        self._decide(officer, ago, "closed", do, when_over=False)

    @rule(officer=OFFICER, ago=AGO)
    def reopen(self, officer: str, ago: int) -> None:
        def do(session: Session, case: Case, context: AuditContext) -> None:
            working.reopen(session, case, context=context)

        self._decide(officer, ago, "reopened", do, when_over=True)

    def _decide(self, officer: str, ago: int, deed: str, do: Do, *, when_over: bool) -> None:
        seen = max(0, len(self.done) - ago)
        meanwhile = [by for _deed, by in self.done[seen:] if by != officer]
        is_over = self.status == CaseStatus.CLOSED
        try:
            with self.sessions.begin() as session:
                case = history.locked(session, self.case_id, officer, seen)
                do(session, case, AuditContext(NOW, actor=officer))
        except CaseMoved as moved:
            told = [line.by for line in moved.deeds]
            assert told == meanwhile != []
        except CaseRefused:
            assert not meanwhile
            assert is_over is not when_over
        else:
            assert not meanwhile
            assert is_over is when_over
            self.done.append((deed, officer))

    @invariant()
    def everything_is_told(self) -> None:
        if not self.case_id:
            return
        with self.sessions() as session:
            found = reading.whole(session, CIPHER, self.case_id)
            events = session.scalars(select(AuditEvent.actor).order_by(AuditEvent.seq)).all()
        assert found is not None
        assert [(line.deed, line.by) for line in found.history] == self.done
        assert found.case.version == len(self.done)
        assert [note.text for note in found.notes] == self.notes
        assert list(events) == [by for _deed, by in self.done]


def _account(staff_id: str, number: int) -> StaffAccount:
    return StaffAccount(
        id=staff_id,
        staff_number=f"S-{number}",
        roles=["security"],
        office="",
        window="",
        status=StaffStatus.ACTIVE.value,
        own_number_sealed=b"",
        own_number_index=f"{number}",
        own_number_index_next=f"{number}",
        created_at=NOW,
    )


TestDesk = Desk.TestCase
TestDesk.settings = settings(max_examples=12, stateful_step_count=15, deadline=None)
