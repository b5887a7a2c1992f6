"""How an organisation becomes known."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from idp.audit.models import AuditEvent
from idp.business import credit_code
from idp.business.enrolment import NotRegistered, enrol
from idp.business.organisation_kinds import OrganisationStatus
from idp.business.organisations import Kept, Organisations, find_by_code
from idp.business.registry import RegisterUnavailable
from tests.fakes import FakeClock
from tests.idp.business.registering import CODE, ToldRegister, company


@pytest.fixture
def enrolled(
    sessions: sessionmaker[Session], register: ToldRegister, organisations: Organisations, clock: FakeClock
) -> "Enrol":
    return Enrol(sessions, register, organisations, clock)


class Enrol:
    def __init__(
        self,
        sessions: sessionmaker[Session],
        register: ToldRegister,
        organisations: Organisations,
        clock: FakeClock,
    ) -> None:
        self.parts = sessions, register, organisations
        self.clock = clock

    def __call__(self) -> Kept:
        self.clock.advance(1)
        return enrol(*self.parts, credit_code.parse(CODE), clock=self.clock, actor="operator")


def test_by_what_the_register_says(enrolled: Enrol, register: ToldRegister, session: Session) -> None:
    register.tell(company())
    assert enrolled().is_new
    assert not enrolled().is_new
    assert session.scalars(select(AuditEvent.actor)).all() == ["operator"]


def test_what_the_register_does_not_know_does_not_become_known(enrolled: Enrol, session: Session) -> None:
    with pytest.raises(NotRegistered):
        enrolled()
    assert find_by_code(session, CODE) is None


def test_what_it_does_not_know_any_more_is_marked(
    enrolled: Enrol, register: ToldRegister, session: Session
) -> None:
    register.tell(company())
    enrolled()
    register.says.clear()
    with pytest.raises(NotRegistered):
        enrolled()
    row = find_by_code(session, CODE)
    assert row is not None
    assert row.status == OrganisationStatus.MISSING


def test_silence_is_no_answer(enrolled: Enrol, register: ToldRegister, session: Session) -> None:
    register.silent_about.add(CODE)
    with pytest.raises(RegisterUnavailable):
        enrolled()
    assert find_by_code(session, CODE) is None
