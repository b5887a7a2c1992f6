"""Looking an organisation up keeps what the register says of it."""

import pytest
from sqlalchemy.orm import Session, sessionmaker

from idp.business.keeping import KeepingRegister
from idp.business.organisation_kinds import OrganisationStatus
from idp.business.organisations import Organisations, find_by_code
from idp.business.registry import RegisterUnavailable
from tests.fakes import FakeClock
from tests.idp.business.registering import CODE, ToldRegister, company


@pytest.fixture
def keeping(
    sessions: sessionmaker[Session], register: ToldRegister, organisations: Organisations, clock: FakeClock
) -> KeepingRegister:
    return KeepingRegister(register, sessions, organisations, clock)


def test_the_answer_is_the_registers_and_is_kept(
    keeping: KeepingRegister, register: ToldRegister, session: Session, clock: FakeClock
) -> None:
    register.tell(company())
    assert keeping.look_up(CODE) == company()
    clock.advance(1)
    register.tell(company(status=OrganisationStatus.DISSOLVED))
    keeping.look_up(CODE)
    found = find_by_code(session, CODE)
    assert found is not None
    assert (found.status, found.checked_at) == ("dissolved", clock())
    assert register.asked == [CODE, CODE]


def test_who_is_unknown_stays_so(keeping: KeepingRegister, session: Session) -> None:
    assert keeping.look_up(CODE) is None
    assert find_by_code(session, CODE) is None


def test_who_was_known_is_missing_from_then_on(
    keeping: KeepingRegister, register: ToldRegister, session: Session, clock: FakeClock
) -> None:
    register.tell(company())
    keeping.look_up(CODE)
    register.says.clear()
    clock.advance(1)
    assert keeping.look_up(CODE) is None
    found = find_by_code(session, CODE)
    assert found is not None
    assert found.status == OrganisationStatus.MISSING


def test_a_silent_register_changes_nothing(
    keeping: KeepingRegister, register: ToldRegister, session: Session, clock: FakeClock
) -> None:
    register.tell(company())
    keeping.look_up(CODE)
    before = clock()
    clock.advance(1)
    register.silent_about.add(CODE)
    with pytest.raises(RegisterUnavailable):
        keeping.look_up(CODE)
    found = find_by_code(session, CODE)
    assert found is not None
    assert (found.status, found.checked_at) == ("active", before)


def test_of_two_answers_that_cross_the_later_question_stays(
    keeping: KeepingRegister, register: ToldRegister, session: Session, clock: FakeClock
) -> None:
    """The clock that counts is of when the register was asked, not of when it answered."""
    register.tell(company())
    slow = register.look_up

    def answer_late(code: str):  # type: ignore[no-untyped-def]
        found = slow(code)
        register.look_up = slow  # type: ignore[method-assign]
        register.tell(company(status=OrganisationStatus.REVOKED))
        clock.advance(1)
        keeping.look_up(code)
        return found

    register.look_up = answer_late  # type: ignore[method-assign]
    keeping.look_up(CODE)
    found = find_by_code(session, CODE)
    assert found is not None
    assert found.status == OrganisationStatus.REVOKED
