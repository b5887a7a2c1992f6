"""Officers act at the same time: nothing is lost, and who decided on what is no more is told."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from idp.audit.models import AuditEvent
from idp.cases import history, reading, working
from idp.cases.history import CaseMoved, CaseRefused
from idp.cases.words import CaseKind, Outcome
from idp.crypto.fields import FieldCipher
from idp.detection.findings import Severity
from tests.idp.cases.conftest import NOW, ON_EACH_DATABASE, PERSON, Open, by

pytestmark = ON_EACH_DATABASE
Sessions = sessionmaker[Session]
ROUNDS, NOTES = 10, 8


def at_once(*deeds: Callable[[], str]) -> list[str]:
    barrier = Barrier(len(deeds))

    def one(deed: Callable[[], str]) -> str:
        barrier.wait()
        return deed()

    with ThreadPoolExecutor(len(deeds)) as pool:
        return list(pool.map(one, deeds))


def test_two_close_one_case_and_the_second_is_told(
    sessions: Sessions, officers: tuple[str, str], cipher: FieldCipher, opened: Open
) -> None:
    def close(case_id: str, officer: str, outcome: Outcome) -> str:
        try:
            with sessions.begin() as session:
                case = history.locked(session, case_id, officer, 2)
                working.close(session, case, outcome, context=by(officer))
        except CaseMoved as moved:
            return f"told of {moved.deeds[0].detail}"
        return outcome.value

    for _ in range(ROUNDS):
        case_id = opened()
        answers = at_once(
            lambda case_id=case_id: close(case_id, officers[0], Outcome.CONFIRMED_ATTACK),  # type: ignore[misc]
            lambda case_id=case_id: close(case_id, officers[1], Outcome.FALSE_ALARM),  # type: ignore[misc]
        )
        with sessions() as session:
            found = reading.whole(session, cipher, case_id)
        assert found is not None
        assert sorted(answers) == sorted([str(found.case.outcome), f"told of {found.case.outcome}"])
        assert [deed.deed for deed in found.history] == ["opened", "subject_added", "closed"]


def test_no_note_of_many_at_once_is_lost(
    sessions: Sessions, officers: tuple[str, str], cipher: FieldCipher, opened: Open
) -> None:
    case_id = opened()

    def write(number: int) -> str:
        officer = officers[number % 2]
        with sessions.begin() as session:
            case = history.locked(session, case_id, officer)
            working.note(session, cipher, case, f"note {number}", context=by(officer))
        return ""

    at_once(*(lambda number=number: write(number) for number in range(NOTES)))
    with sessions() as session:
        found = reading.whole(session, cipher, case_id)
        noted = session.scalars(select(AuditEvent).where(AuditEvent.name == "case_noted")).all()
    assert found is not None
    assert {note.text for note in found.notes} == {f"note {number}" for number in range(NOTES)}
    assert [deed.version for deed in found.history] == list(range(1, NOTES + 3))
    assert len(noted) == NOTES


def test_a_note_and_a_closing_at_once(
    sessions: Sessions, officers: tuple[str, str], cipher: FieldCipher, opened: Open
) -> None:
    """Either the note is there and who closes is told of it, or who wrote it is told that it is over."""
    one, two = officers

    def close(case_id: str) -> str:
        try:
            with sessions.begin() as session:
                working.close(
                    session, history.locked(session, case_id, one, 2), Outcome.HARMLESS, context=by(one)
                )
        except CaseMoved:
            return "told"
        return "closed"

    def write(case_id: str) -> str:
        try:
            with sessions.begin() as session:
                working.note(session, cipher, history.locked(session, case_id, two), "a", context=by(two))
        except CaseRefused as refused:
            return refused.reason
        return "noted"

    for _ in range(ROUNDS):
        case_id = opened()
        answers = at_once(lambda: close(case_id), lambda: write(case_id))  # noqa: B023
        assert answers in (["closed", "closed"], ["told", "noted"])


def test_of_many_that_are_opened_at_once_each_has_a_number_of_its_own(
    sessions: Sessions, officers: tuple[str, str]
) -> None:
    def open_one() -> str:
        with sessions.begin() as session:
            subjects = [("person", PERSON)]
            context = by(officers[0], NOW)
            return working.open_case(session, CaseKind.OTHER, Severity.LOW, subjects, context=context).number

    numbers = at_once(*[open_one] * 8)
    assert sorted(numbers) == [f"2026-{number}" for number in range(1, 9)]
