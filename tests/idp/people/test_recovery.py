"""Getting back in: what each way gives, and what it takes from whoever has the credentials now."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from idp.audit.models import AuditEvent
from idp.crypto.fields import BlindIndex, FieldCipher
from idp.people import credentials, directory, email_addresses, passkeys, statuses
from idp.people.enrolment import Purpose, Refusal, Step, credential_level, next_step
from idp.people.enrolment_records import Held
from idp.people.first_credentials import FirstCredentials, PasswordRefused
from idp.people.models import PasskeyCredential, Person
from idp.people.passkeys import NewPasskey
from idp.people.passwords import Passwords
from idp.people.resident_number import compose
from idp.people.settlement import Outcome
from tests.idp.people.conftest import NOW, ON_EACH_DATABASE
from tests.idp.people.enrolling import NUMBER, PASSWORD, PHONE, REGISTER_PHONE, Enrolling
from tests.idp.people.keeping import keep_something, kept

pytestmark = ON_EACH_DATABASE
NEW_PHONE = "+8613700137000"
OTHER_NUMBER = compose("110101", NOW.date().replace(year=1980), 5)
PASSKEY = NewPasskey(b"credential", b"key", 0, ("internal",), True, "Phone")


@pytest.fixture
def first(at_desk: Enrolling, sessions: sessionmaker[Session]) -> FirstCredentials:
    return FirstCredentials(sessions, at_desk.desk.records, Passwords(1), presence_seconds=900)


@pytest.fixture
def person_id(at_desk: Enrolling, first: FirstCredentials) -> str:
    """Somebody at level 2 with a password and a passkey that was bound while their face counted."""
    held = at_desk.with_face(at_desk.named())
    held, result = at_desk.desk.settle(held, context=at_desk.context())
    held = first.set_password(held, PASSWORD, context=at_desk.context())
    first.add_passkey(held, PASSKEY, context=at_desk.context())
    at_desk.outside.ended.clear()
    assert result.person_id is not None
    return result.person_id


def person(session: Session, person_id: str) -> Person:
    found = directory.find_by_id(session, person_id)
    assert found is not None
    return found


def by_account_phone(at_desk: Enrolling, phone: str = PHONE, **named: str) -> tuple[Held, Refusal | None]:
    held = at_desk.named(Purpose.RECOVER, phone=phone, **named)
    held = at_desk.bindings.use_account_phone(held, NOW)
    held, result = at_desk.desk.settle(held, context=at_desk.context())
    return held, result.refusal


def test_credentials_have_the_level_of_their_binding(person_id: str, session: Session) -> None:
    somebody = person(session, person_id)
    stored = credentials.stored_password(session, somebody)
    assert stored is not None
    assert stored.level == 2
    (passkey,) = passkeys.of_person(session, person_id)
    assert passkeys.level_of(passkey, somebody) == 3


def test_a_face_counts_for_a_passkey_as_long_as_presence_does(at_desk: Enrolling) -> None:
    held = at_desk.with_face(at_desk.named())
    held, _ = at_desk.desk.settle(held, context=at_desk.context())
    at_desk.clock.advance(899)
    assert credential_level(held.enrolment, at_desk.clock(), presence_seconds=900) == 3
    at_desk.clock.advance(1)
    assert credential_level(held.enrolment, at_desk.clock(), presence_seconds=900) == 2


def test_a_text_message_alone_sets_a_password_of_level_1_and_nothing_else(
    at_desk: Enrolling, first: FirstCredentials, person_id: str, session: Session
) -> None:
    held, refusal = by_account_phone(at_desk)
    assert refusal is None
    assert (held.enrolment.person_id, held.enrolment.level) == (person_id, 1)
    first.set_password(held, "nine-red-bicycles", context=at_desk.context())
    somebody = person(session, person_id)
    stored = credentials.stored_password(session, somebody)
    assert stored is not None
    assert stored.level == 1
    assert somebody.level == 2
    (passkey,) = passkeys.of_person(session, person_id)
    assert passkeys.level_of(passkey, somebody) == 3
    assert at_desk.outside.ended == [person_id]
    assert at_desk.register.asked == 1, "the register was asked for the enrolment alone"


@pytest.mark.parametrize("purpose", Purpose)
@pytest.mark.parametrize("phone", [REGISTER_PHONE, NEW_PHONE])
def test_a_thief_of_the_registers_phone_who_knows_name_and_number_gets_no_more_than_level_1(
    at_desk: Enrolling,
    first: FirstCredentials,
    person_id: str,
    sessions: sessionmaker[Session],
    session: Session,
    cipher: FieldCipher,
    purpose: Purpose,
    phone: str,
) -> None:
    with sessions.begin() as writing:
        person(writing, person_id).level = 1 if phone == NEW_PHONE else 2
    held = at_desk.named(purpose, phone=phone)
    held = at_desk.bindings.ask_register_phone(held, locale="en", context=at_desk.context())
    if phone != REGISTER_PHONE:
        held = at_desk.bindings.confirm_register_phone(held, at_desk.outside.texts[-1][1], NOW)
    held, result = at_desk.desk.settle(held, context=at_desk.context())
    assert (result.outcome, result.person_id, result.level) == (Outcome.CLAIMED, person_id, 1)
    first.set_password(held, "nine-red-bicycles", context=at_desk.context())
    somebody = person(session, person_id)
    stored = credentials.stored_password(session, somebody)
    assert stored is not None
    assert stored.level == 1
    assert somebody.level == (1 if phone == NEW_PHONE else 2), "not raised"
    assert directory.phone_of(somebody, cipher) == PHONE, "the phone stays the account's"
    assert len(passkeys.of_person(session, person_id)) == 1, "its passkeys stay too"


def test_the_registers_phone_alone_does_not_open_a_closed_account_again(
    at_desk: Enrolling, person_id: str, sessions: sessionmaker[Session], session: Session, cipher: FieldCipher
) -> None:
    with sessions.begin() as writing:
        closing = person(writing, person_id)
        statuses.close(writing, closing, reason="asked", cipher=cipher, context=at_desk.context())
    held = at_desk.named(phone=REGISTER_PHONE)
    held = at_desk.bindings.ask_register_phone(held, locale="en", context=at_desk.context())
    _, result = at_desk.desk.settle(held, context=at_desk.context())
    assert result.refusal is Refusal.NOT_CONFIRMED
    assert person(session, person_id).status == "closed"


def test_a_text_message_alone_binds_no_passkey_above_level_1(
    at_desk: Enrolling, first: FirstCredentials, person_id: str, session: Session
) -> None:
    held, _ = by_account_phone(at_desk)
    other = NewPasskey(b"other", b"key", 0, (), False, "")
    first.add_passkey(held, other, context=at_desk.context())
    found = passkeys.find(session, b"other")
    assert found is not None
    assert passkeys.level_of(found, person(session, person_id)) == 1


@pytest.mark.parametrize(
    "named",
    [
        {"phone": NEW_PHONE},
        {"name": "章三"},
        {"number": OTHER_NUMBER},
    ],
)
def test_all_other_text_messages_get_one_answer(
    at_desk: Enrolling, person_id: str, named: dict[str, str]
) -> None:
    held, refusal = by_account_phone(at_desk, **named)
    assert refusal is Refusal.NOT_CONFIRMED
    assert next_step(held.enrolment) is Step.REFUSED
    assert at_desk.outside.ended == []


def test_a_frozen_account_gets_that_answer_too(
    at_desk: Enrolling, person_id: str, sessions: sessionmaker[Session]
) -> None:
    with sessions.begin() as session:
        statuses.freeze(session, person(session, person_id), reason="asked", context=at_desk.context())
    assert by_account_phone(at_desk)[1] is Refusal.NOT_CONFIRMED


def test_a_lost_phone_and_a_lost_passkey(
    at_desk: Enrolling, first: FirstCredentials, person_id: str, session: Session, cipher: FieldCipher
) -> None:
    held = at_desk.with_face(at_desk.named(Purpose.RECOVER, phone=NEW_PHONE))
    held, result = at_desk.desk.settle(held, context=at_desk.context())
    assert (result.outcome, result.person_id, result.level) == (Outcome.CLAIMED, person_id, 2)
    assert at_desk.outside.ended == [person_id]
    somebody = person(session, person_id)
    assert directory.phone_of(somebody, cipher) == NEW_PHONE
    # Whoever found the phone or knows the password has nothing any more.
    assert credentials.stored_password(session, somebody) is None
    assert session.scalars(select(PasskeyCredential)).all() == []
    session.rollback()
    first.set_password(held, "nine-red-bicycles", context=at_desk.context())
    names = session.scalars(select(AuditEvent.name).order_by(AuditEvent.seq)).all()
    assert names[-4:] == ["passkey_removed", "phone_changed", "recovery_completed", "password_changed"]


def test_binding_again_raises_a_level_1_account(
    at_desk: Enrolling, person_id: str, sessions: sessionmaker[Session], session: Session
) -> None:
    with sessions.begin() as writing:
        person(writing, person_id).level = 1
    _, result = at_desk.desk.settle(at_desk.activated(at_desk.named()), context=at_desk.context())
    assert result.level == 2
    assert person(session, person_id).level == 2
    assert "level_raised" in session.scalars(select(AuditEvent.name)).all()


def test_a_recycled_phone_number_leads_into_nobodys_account(
    at_desk: Enrolling, person_id: str, session: Session, index: BlindIndex, cipher: FieldCipher
) -> None:
    at_desk.register.names[OTHER_NUMBER] = "李四"
    held = at_desk.activated(at_desk.named(name="李四", number=OTHER_NUMBER))
    _, result = at_desk.desk.settle(held, context=at_desk.context())
    assert result.outcome is Outcome.ENROLLED
    assert result.person_id != person_id
    assert result.phone_taken_from == person_id
    former = person(session, person_id)
    assert directory.phone_of(former, cipher) is None
    assert former.phone_confirmed_at is None
    assert credentials.stored_password(session, former) is not None
    holder = directory.find_by_phone(session, index, PHONE)
    assert holder is not None
    assert holder.id == result.person_id
    changed = session.scalars(select(AuditEvent).where(AuditEvent.name == "phone_changed")).all()
    assert [(event.person_id, "taken_over" in str(event.payload)) for event in changed] == [
        (person_id, False),
        (person_id, True),
        (holder.id, False),
    ]
    session.rollback()
    # Its former holder gets back in by a binding, with another phone.
    held = at_desk.activated(at_desk.named(Purpose.RECOVER, phone=NEW_PHONE))
    _, result = at_desk.desk.settle(held, context=at_desk.context())
    assert result.person_id == person_id


def test_a_closed_person_who_enrols_again_is_the_same_row(
    at_desk: Enrolling, person_id: str, sessions: sessionmaker[Session], session: Session, cipher: FieldCipher
) -> None:
    with sessions.begin() as writing:
        closing = person(writing, person_id)
        assert statuses.close(writing, closing, reason="asked", cipher=cipher, context=at_desk.context())
    closed = person(session, person_id)
    assert directory.name_of(closed, cipher) == ""
    assert (closed.phone_sealed, closed.birth_date, closed.sex) == (None, None, None)
    assert closed.closed_at == NOW
    assert credentials.stored_password(session, closed) is None
    session.rollback()
    _, result = at_desk.desk.settle(at_desk.activated(at_desk.named()), context=at_desk.context())
    assert result.person_id == person_id
    again = person(session, person_id)
    assert (again.status, again.closed_at, again.sex) == ("active", NOW, "male")
    assert directory.name_of(again, cipher) == "张三"


def test_a_mistaken_death_is_undone_by_enrolling_again(
    at_desk: Enrolling, person_id: str, sessions: sessionmaker[Session], session: Session
) -> None:
    with sessions.begin() as writing:
        statuses.record_death(writing, person(writing, person_id), reason="r", context=at_desk.context())
    _, result = at_desk.desk.settle(at_desk.activated(at_desk.named()), context=at_desk.context())
    assert result.person_id == person_id
    assert person(session, person_id).status == "active"


def test_a_weak_password_is_refused_and_may_be_chosen_again(
    at_desk: Enrolling, first: FirstCredentials
) -> None:
    held, _ = at_desk.desk.settle(at_desk.activated(at_desk.named()), context=at_desk.context())
    with pytest.raises(PasswordRefused):
        first.set_password(held, f"x{NUMBER[-6:]}yz", context=at_desk.context())
    assert next_step(first.set_password(held, PASSWORD, context=at_desk.context()).enrolment) is Step.DONE


def test_whoever_binds_again_is_not_compared_with_the_face_of_before(
    at_desk: Enrolling,
    person_id: str,
    sessions: sessionmaker[Session],
    session: Session,
    cipher: FieldCipher,
) -> None:
    with sessions.begin() as writing:
        keep_something(writing, person_id, cipher, at_desk.context())
    by_account_phone(at_desk)
    assert kept(session) == (1, 1), "a text message alone changes nothing"
    session.rollback()
    at_desk.desk.settle(at_desk.with_face(at_desk.named(Purpose.RECOVER)), context=at_desk.context())
    assert kept(session) == (0, 1)


def test_attack_the_mailbox_of_whoever_had_the_account_stays_on_it(
    at_desk: Enrolling, person_id: str, sessions: sessionmaker[Session], cipher: FieldCipher
) -> None:
    """A portal that knows people by their address would let the former holder in."""
    with sessions.begin() as writing:
        person = writing.get_one(Person, person_id)
        context = at_desk.context()
        email_addresses.set_address(writing, person, "former@mail.example", cipher=cipher, context=context)
    at_desk.desk.settle(at_desk.with_face(at_desk.named(Purpose.RECOVER)), context=at_desk.context())
    with sessions() as reading:
        assert reading.get_one(Person, person_id).email_sealed is None
