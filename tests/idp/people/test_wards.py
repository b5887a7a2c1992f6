"""People whom others act for: known without an account, and enrolled like anybody when they want one."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from idp.audit.context import AuditContext
from idp.audit.models import AuditEvent
from idp.crypto.fields import BlindIndex, FieldCipher
from idp.people import credentials, directory, statuses, wards
from idp.people.documents import identify
from idp.people.enrolment import Purpose, Refusal, Way
from idp.people.licence_holders import LicenceHolders
from idp.people.models import Person, PersonStatus
from idp.people.resident_number import compose
from idp.people.settlement import Outcome
from tests.idp.people.conftest import NOW, ON_EACH_DATABASE
from tests.idp.people.enrolling import NUMBER, PHONE, REGISTER_PHONE, Enrolling

pytestmark = ON_EACH_DATABASE
WARD = "张小宝"
WARDS_NUMBER = compose("110101", date(2018, 5, 1), 11)


def added(
    session: Session, cipher: FieldCipher, index: BlindIndex, number: str = WARDS_NUMBER, name: str = WARD
) -> Person:
    document = identify(number, NOW.date())
    return wards.find_or_add(session, document, name, cipher=cipher, index=index, context=AuditContext(NOW))


@pytest.fixture
def ward_id(sessions: sessionmaker[Session], cipher: FieldCipher, index: BlindIndex) -> str:
    with sessions.begin() as session:
        return added(session, cipher, index).id


def test_a_ward_is_known_and_nobody_can_be_them(
    ward_id: str, session: Session, cipher: FieldCipher, index: BlindIndex
) -> None:
    person = directory.find_by_number(session, index, WARDS_NUMBER)
    assert person is not None
    assert (person.id, person.level, person.status) == (ward_id, 0, PersonStatus.ACTIVE)
    assert (directory.name_of(person, cipher), person.birth_date) == (WARD, date(2018, 5, 1))
    assert not directory.may_sign_in(person)
    assert directory.phone_of(person, cipher) is None
    assert credentials.stored_password(session, person) is None
    assert session.scalars(select(AuditEvent.name)).all() == ["ward_added"]


def test_the_second_guardian_finds_the_same_row(
    ward_id: str, session: Session, cipher: FieldCipher, index: BlindIndex
) -> None:
    assert added(session, cipher, index, name="张 小宝").id == ward_id
    assert session.scalar(select(func.count()).select_from(Person)) == 1


def test_two_guardians_at_once_add_one_ward(
    sessions: sessionmaker[Session], cipher: FieldCipher, index: BlindIndex
) -> None:
    start = Barrier(4)

    def add(_turn: int) -> str:
        start.wait()
        with sessions.begin() as session:
            return added(session, cipher, index).id

    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(add, range(4)))) == 1


@pytest.mark.parametrize("way", [Way.ACTIVATION_CODE, Way.REGISTER_PHONE])
def test_who_enrols_by_a_wards_number_is_enrolled_and_not_recovered(
    at_desk: Enrolling, ward_id: str, session: Session, way: Way
) -> None:
    """Not told of an account that they never had, nor held at level 1 for it."""
    at_desk.register.names[WARDS_NUMBER] = WARD
    held = at_desk.named(number=WARDS_NUMBER, name=WARD)
    if way is Way.ACTIVATION_CODE:
        held = at_desk.activated(held)
    else:
        held = at_desk.bindings.ask_register_phone(held, locale="zh-CN", context=at_desk.context())
        to, code = at_desk.outside.texts[-1]
        assert to == REGISTER_PHONE
        held = at_desk.bindings.confirm_register_phone(held, code, NOW)
    _, result = at_desk.desk.settle(held, context=at_desk.context())
    assert (result.outcome, result.person_id, result.level) == (Outcome.ENROLLED, ward_id, 2)
    person = session.get_one(Person, ward_id)
    assert person.level == 2
    names = session.scalars(select(AuditEvent.name)).all()
    assert "person_enrolled" in names
    assert "recovery_completed" not in names


def test_a_ward_is_not_recovered_by_a_text_message(at_desk: Enrolling, ward_id: str) -> None:
    held = at_desk.named(Purpose.RECOVER, number=WARDS_NUMBER, name=WARD)
    held = at_desk.bindings.use_account_phone(held, NOW)
    _, result = at_desk.desk.settle(held, context=at_desk.context())
    assert (result.outcome, result.refusal) == (Outcome.REFUSED, Refusal.NOT_CONFIRMED)


def test_who_holds_a_licence_is_enrolled_as_anybody(
    at_desk: Enrolling,
    ward_id: str,
    sessions: sessionmaker[Session],
    session: Session,
    cipher: FieldCipher,
    index: BlindIndex,
) -> None:
    at_desk.register.names[WARDS_NUMBER] = WARD
    holders = LicenceHolders(sessions, at_desk.register, cipher, index)
    document = identify(WARDS_NUMBER, NOW.date())
    assert holders.find_or_enrol(document, WARD, AuditContext(NOW)) == ward_id
    assert session.get_one(Person, ward_id).level == 2
    assert session.scalars(select(AuditEvent.name)).all() == ["ward_added", "person_enrolled"]


def test_a_frozen_ward_does_not_enrol_their_way_out(
    at_desk: Enrolling, ward_id: str, sessions: sessionmaker[Session]
) -> None:
    with sessions.begin() as session:
        statuses.freeze(session, session.get_one(Person, ward_id), reason="clerk", context=AuditContext(NOW))
    at_desk.register.names[WARDS_NUMBER] = WARD
    held = at_desk.activated(at_desk.named(number=WARDS_NUMBER, name=WARD))
    _, result = at_desk.desk.settle(held, context=at_desk.context())
    assert result.refusal is Refusal.FROZEN


def test_nobody_acts_for_who_is_frozen(
    ward_id: str, session: Session, cipher: FieldCipher, index: BlindIndex
) -> None:
    statuses.freeze(session, session.get_one(Person, ward_id), reason="clerk", context=AuditContext(NOW))
    with pytest.raises(wards.WardNotActive):
        added(session, cipher, index)


def test_who_closed_their_account_is_known_by_name_again_and_stays_closed(
    at_desk: Enrolling, sessions: sessionmaker[Session], cipher: FieldCipher, index: BlindIndex
) -> None:
    person_id = at_desk.enrolled(phone=PHONE)
    with sessions.begin() as session:
        person = session.get_one(Person, person_id)
        statuses.close(session, person, reason="asked", cipher=cipher, context=AuditContext(NOW))
    with sessions.begin() as session:
        found = added(session, cipher, index, NUMBER, "张三")
        assert (found.id, found.status, found.level) == (person_id, PersonStatus.CLOSED, 2)
        assert directory.name_of(found, cipher) == "张三"


def test_an_account_is_left_as_it_is(
    at_desk: Enrolling, sessions: sessionmaker[Session], cipher: FieldCipher, index: BlindIndex
) -> None:
    person_id = at_desk.enrolled(phone=PHONE)
    with sessions.begin() as session:
        found = added(session, cipher, index, NUMBER, "张三")
        assert (found.id, found.level, directory.phone_of(found, cipher)) == (person_id, 2, PHONE)
