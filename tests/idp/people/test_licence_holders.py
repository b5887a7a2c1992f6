"""Whose licence it is: found by the number, or enrolled as the two registers agree; never twice."""

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from idp.audit.context import AuditContext
from idp.audit.models import AuditEvent
from idp.crypto.fields import BlindIndex, FieldCipher
from idp.people import directory, documents
from idp.people.licence_holders import HolderRefused, LicenceHolders, Reason
from idp.people.models import IdentityDocument, Person
from idp.people.registry import Answer
from tests.idp.people.conftest import NOW, ON_EACH_DATABASE
from tests.idp.people.enrolling import NUMBER, FakeRegister
from tests.idp.people.test_settlement_races import AT_ONCE, together

pytestmark = ON_EACH_DATABASE
NAME = "张三"


@pytest.fixture
def register() -> FakeRegister:
    return FakeRegister({NUMBER: NAME})


@pytest.fixture
def holders(
    sessions: sessionmaker[Session], register: FakeRegister, cipher: FieldCipher, index: BlindIndex
) -> LicenceHolders:
    return LicenceHolders(sessions, register, cipher, index)


def holder() -> documents.IdentityDocument:
    return documents.identify(NUMBER, NOW.date())


def test_who_is_new_is_enrolled_by_the_name_of_the_registers(
    holders: LicenceHolders, session: Session, context: AuditContext, cipher: FieldCipher
) -> None:
    person = session.get_one(Person, holders.find_or_enrol(holder(), NAME, context))
    assert (person.level, person.status) == (2, "active")
    assert directory.name_of(person, cipher) == NAME
    assert directory.phone_of(person, cipher) is None
    assert session.scalars(select(AuditEvent.name)).all() == ["person_enrolled"]


def test_who_is_known_is_found_and_no_register_is_asked(
    holders: LicenceHolders, register: FakeRegister, context: AuditContext
) -> None:
    first = holders.find_or_enrol(holder(), NAME, context)
    asked = register.asked
    assert holders.find_or_enrol(holder(), None, context) == first
    assert register.asked == asked


def test_who_is_new_and_named_by_nobody_enrols_in_another_way(
    holders: LicenceHolders, register: FakeRegister, context: AuditContext
) -> None:
    with pytest.raises(HolderRefused) as refused:
        holders.find_or_enrol(holder(), None, context)
    assert refused.value.reason is Reason.NO_ACCOUNT
    assert register.asked == 0


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (Answer.MISMATCH, Reason.NAME_DIFFERS),
        (Answer.UNKNOWN, Reason.NOT_IN_REGISTER),
        (Answer.DECEASED, Reason.DECEASED),
        (Answer.UNAVAILABLE, Reason.REGISTER_SILENT),
    ],
)
def test_nobody_is_enrolled_whom_the_population_register_does_not_confirm(
    holders: LicenceHolders,
    register: FakeRegister,
    session: Session,
    context: AuditContext,
    answer: Answer,
    reason: Reason,
) -> None:
    register.answer = answer
    with pytest.raises(HolderRefused) as refused:
        holders.find_or_enrol(holder(), NAME, context)
    assert refused.value.reason is reason
    assert session.scalar(select(func.count()).select_from(Person)) == 0


def test_at_once_they_become_one_person(
    holders: LicenceHolders, session: Session, context: AuditContext
) -> None:
    found = together([lambda: holders.find_or_enrol(holder(), NAME, context)] * AT_ONCE)
    assert len(set(found)) == 1
    assert session.scalar(select(func.count()).select_from(IdentityDocument)) == 1
