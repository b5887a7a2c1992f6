"""New keys, in every phase, beside people who enrol meanwhile."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, sessionmaker

from idp.audit.context import AuditContext
from idp.audit.models import AuditEvent
from idp.crypto.fields import BlindIndex, CannotOpen, FieldCipher
from idp.crypto.master_key import KeyRing
from idp.people import accounts, directory, documents, face_evidence, face_templates, reencrypt
from idp.people.models import IdentityDocument, Person
from idp.people.reencrypt import Position
from idp.people.registry import Answer
from idp.people.registry.embedded import EmbeddedRegister, RegisterRecord, upsert
from idp.people.registry.models import RegisterEntry
from idp.people.resident_number import compose
from tests.fakes import FakeClock
from tests.idp.people.conftest import NOW, ON_EACH_DATABASE, TODAY
from tests.idp.people.enrolling import NAME
from tests.idp.people.keeping import FACE, FRAMES, MODEL, WORDS, keep_something

ONE, TWO = b"1" * 32, b"2" * 32
OLD = FieldCipher(KeyRing("one", {"one": ONE}))
BOTH = FieldCipher(KeyRing("two", {"one": ONE, "two": TWO}))
NEW = FieldCipher(KeyRing("two", {"two": TWO}))
# The phases of a rotation of the index key: before, while, after the change of keys, at the end.
INDEXES = (BlindIndex(b"a" * 32), BlindIndex(b"a" * 32, b"b" * 32), BlindIndex(b"b" * 32))


def number(serial: int) -> str:
    return compose("110101", TODAY.replace(year=1980), serial)


def phone(serial: int) -> str:
    return f"+861380000{serial:04d}"


def add_person(session: Session, serial: int, cipher: FieldCipher, index: BlindIndex) -> Person:
    context = AuditContext(NOW + timedelta(seconds=serial))
    person = accounts.create(
        session,
        documents.identify(number(serial), TODAY),
        NAME,
        level=2,
        cipher=cipher,
        index=index,
        context=context,
    )
    accounts.set_phone(
        session, person, phone(serial), way="enrolment", cipher=cipher, index=index, context=context
    )
    record = RegisterRecord(number(serial), NAME, phone(serial), b"photo")
    upsert(session, record, cipher=cipher, index=index, now=NOW)
    return person


def walk(
    sessions: sessionmaker[Session], cipher: FieldCipher, index: BlindIndex, start: Position | None = None
) -> tuple[int, int]:
    batches = list(reencrypt.walk(sessions, cipher, index, FakeClock(NOW), actor="operator", start=start))
    return sum(batch.rows for batch in batches), sum(batch.changed for batch in batches)


@pytest.fixture
def people(sessions: sessionmaker[Session]) -> int:
    with sessions.begin() as session:
        for serial in range(25):
            add_person(session, serial, OLD, INDEXES[0])
        # Without a phone there is nothing to index.
        accounts.remove_phone(
            session, session.scalars(select(Person)).all()[0], way="c", context=AuditContext(NOW)
        )
    return 25


@ON_EACH_DATABASE
def test_a_new_encryption_key(sessions: sessionmaker[Session], people: int, engine: Engine) -> None:
    assert walk(sessions, BOTH, INDEXES[0]) == (3 * people, 3 * people)
    assert walk(sessions, BOTH, INDEXES[0]) == (3 * people, 0)
    with sessions() as session:
        for serial in range(people):
            person = directory.find_by_number(session, INDEXES[0], number(serial))
            assert person is not None
            assert directory.name_of(person, NEW) == NAME
            assert directory.number_of(session, person, NEW, TODAY).number.value == number(serial)
            assert directory.phone_of(person, NEW) == (phone(serial) if serial else None)
        assert reencrypt.count(session) == 3 * people
        events = session.scalars(select(AuditEvent).where(AuditEvent.name == "fields_reencrypted")).all()
        assert len(events) == 1 + 1 + 2
        assert events[0].actor == "operator"
    register = EmbeddedRegister(engine, NEW, INDEXES[0])
    assert register.photo(number(3)) == b"photo"
    assert register.verify(NAME, number(3)).answer is Answer.MATCH


def test_a_key_that_is_still_needed(sessions: sessionmaker[Session], people: int) -> None:
    with pytest.raises(CannotOpen):
        walk(sessions, NEW, INDEXES[0])


@ON_EACH_DATABASE
def test_it_goes_on_from_where_it_was_stopped(sessions: sessionmaker[Session], people: int) -> None:
    batches = reencrypt.walk(sessions, BOTH, INDEXES[0], FakeClock(NOW), actor="operator")
    seen = [next(batches), next(batches), next(batches)]
    batches.close()
    assert seen[-1].position.table == RegisterEntry.__tablename__
    position = Position.parse(str(seen[-1].position))
    left = 3 * people - sum(batch.rows for batch in seen)
    assert walk(sessions, BOTH, INDEXES[0], position) == (left, left)
    assert walk(sessions, BOTH, INDEXES[0]) == (3 * people, 0)


@ON_EACH_DATABASE
def test_a_rotation_of_the_index_key_needs_no_standstill(
    sessions: sessionmaker[Session], people: int, engine: Engine
) -> None:
    """Each phase is one of the three indexes; processes on both sides of a change run at once."""
    for phase, index in enumerate(INDEXES):
        beside = INDEXES[max(phase - 1, 0)]
        newcomer = 30 + phase
        with sessions.begin() as session:
            add_person(session, newcomer, OLD, index)
            add_person(session, newcomer + 10, OLD, beside)
        known = [*range(1, people), *(30 + p for p in range(phase + 1)), *(40 + p for p in range(phase + 1))]
        for asked in (index, beside):
            with sessions() as session:
                for serial in known:
                    by_number = directory.find_by_number(session, asked, number(serial))
                    by_phone = directory.find_by_phone(session, asked, phone(serial))
                    assert by_number is not None, (phase, serial)
                    assert by_number is by_phone
            assert EmbeddedRegister(engine, OLD, asked).verify(NAME, number(5)).answer is Answer.MATCH
        # A number cannot be doubled from either side.
        for writer in (index, beside):
            for serial in (5, newcomer, newcomer + 10):
                with sessions() as session, pytest.raises(IntegrityError):
                    accounts.create(
                        session,
                        documents.identify(number(serial), TODAY),
                        NAME,
                        level=2,
                        cipher=OLD,
                        index=writer,
                        context=AuditContext(NOW),
                    )
        walk(sessions, OLD, index)
    with sessions() as session:
        wanted = {INDEXES[2].of("number", number(serial)) for serial in known} | {
            INDEXES[2].of("number", number(0))
        }
        for column in (IdentityDocument.number_index, IdentityDocument.number_index_next):
            assert set(session.scalars(select(column)).all()) == wanted


@pytest.mark.parametrize("text", ["", "people", "nothing:1"])
def test_what_is_no_position(text: str) -> None:
    with pytest.raises(ValueError, match="position"):
        Position.parse(text)


@ON_EACH_DATABASE
def test_what_is_kept_of_faces_goes_along(sessions: sessionmaker[Session]) -> None:
    context = AuditContext(NOW)
    with sessions.begin() as session:
        person_id = add_person(session, 1, OLD, INDEXES[0]).id
        session.flush()
        check_id = keep_something(session, person_id, OLD, context)
    assert walk(sessions, BOTH, INDEXES[0]) == (5, 5)
    with sessions() as session:
        found = face_templates.find(session, person_id, model=MODEL, text_version=WORDS, cipher=NEW, now=NOW)
        assert found == FACE
        frames = face_evidence.export(session, check_id, reason="x", cipher=NEW, context=context)
        assert frames == FRAMES
