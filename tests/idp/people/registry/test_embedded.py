"""The register in a table of ours."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session, sessionmaker

from idp.crypto.fields import BlindIndex, FieldCipher
from idp.people.registry import Answer
from idp.people.registry.embedded import EmbeddedRegister, RegisterRecord, keep_first_capture, upsert
from idp.people.registry.models import RegisterEntry
from tests.idp.people.conftest import NOW
from tests.idp.people.enrolling import NAME, NUMBER, PHONE

OTHER = "110101198001010010"


@pytest.fixture
def writing(sessions: sessionmaker[Session]) -> Iterator[Session]:
    with sessions() as session:
        yield session


@pytest.fixture
def register(engine: Engine, cipher: FieldCipher, index: BlindIndex) -> EmbeddedRegister:
    return EmbeddedRegister(engine, cipher, index)


def put(session: Session, cipher: FieldCipher, index: BlindIndex, record: RegisterRecord) -> bool:
    is_new = upsert(session, record, cipher=cipher, index=index, now=NOW)
    session.commit()
    return is_new


def test_what_it_says(
    register: EmbeddedRegister, writing: Session, cipher: FieldCipher, index: BlindIndex
) -> None:
    put(writing, cipher, index, RegisterRecord(NUMBER, NAME, PHONE, b"photo"))
    put(writing, cipher, index, RegisterRecord(OTHER, "李四", deceased=True))
    found = register.verify("张 三", NUMBER)
    assert (found.answer, found.phone, found.has_photo) == (Answer.MATCH, PHONE, True)
    assert "138" not in repr(found)
    assert register.verify("章三", NUMBER).answer is Answer.MISMATCH
    assert register.verify("章三", NUMBER).phone is None
    assert register.verify(NAME, "110101198001010029").answer is Answer.UNKNOWN
    died = register.verify("李四", OTHER)
    assert (died.answer, died.phone, died.has_photo) == (Answer.DECEASED, None, False)
    # A stranger does not learn of a death by guessing a number.
    assert register.verify(NAME, OTHER).answer is Answer.MISMATCH


def test_photos(register: EmbeddedRegister, writing: Session, cipher: FieldCipher, index: BlindIndex) -> None:
    put(writing, cipher, index, RegisterRecord(NUMBER, NAME, photo=b"photo"))
    put(writing, cipher, index, RegisterRecord(OTHER, "李四"))
    assert register.photo(NUMBER) == b"photo"
    assert register.photo(OTHER) is None
    assert register.photo("unknown") is None
    assert register.compare(NUMBER, b"face") is None


def test_importing_again_updates(
    register: EmbeddedRegister, writing: Session, cipher: FieldCipher, index: BlindIndex
) -> None:
    assert put(writing, cipher, index, RegisterRecord(NUMBER, NAME, PHONE, b"photo"))
    assert not put(writing, cipher, index, RegisterRecord(NUMBER, "张三丰"))
    found = register.verify("张三丰", NUMBER)
    assert (found.answer, found.phone) == (Answer.MATCH, None)
    assert register.photo(NUMBER) == b"photo"
    assert len(writing.scalars(select(RegisterEntry)).all()) == 1


def test_nothing_is_readable_in_the_table(writing: Session, cipher: FieldCipher, index: BlindIndex) -> None:
    put(writing, cipher, index, RegisterRecord(NUMBER, NAME, PHONE, b"photo"))
    row = writing.scalars(select(RegisterEntry)).one()
    stored = b"".join([row.number_sealed, row.name_sealed, row.phone_sealed or b"", row.photo_sealed or b""])
    for plain in (NUMBER, NAME, PHONE, "photo"):
        assert plain.encode() not in stored
        assert plain not in row.number_index


def test_it_is_asked_while_another_transaction_writes(
    register: EmbeddedRegister, writing: Session, cipher: FieldCipher, index: BlindIndex
) -> None:
    put(writing, cipher, index, RegisterRecord(NUMBER, NAME))
    upsert(writing, RegisterRecord(OTHER, "李四"), cipher=cipher, index=index, now=NOW)
    writing.flush()
    assert register.verify(NAME, NUMBER).answer is Answer.MATCH


def test_a_first_capture_becomes_the_reference_in_the_sandbox_alone(
    register: EmbeddedRegister, writing: Session, cipher: FieldCipher, index: BlindIndex
) -> None:
    put(writing, cipher, index, RegisterRecord(NUMBER, NAME))

    def keep(number: str, *, sandbox: bool = True) -> bool:
        kept = keep_first_capture(
            writing, number, b"capture", cipher=cipher, index=index, now=NOW, sandbox=sandbox
        )
        writing.commit()
        return kept

    with pytest.raises(ValueError, match="sandbox"):
        keep(NUMBER, sandbox=False)
    assert keep(NUMBER)
    assert register.photo(NUMBER) == b"capture"
    assert not keep(NUMBER)
    assert not keep(OTHER)
    put(writing, cipher, index, RegisterRecord(OTHER, "李四", deceased=True))
    assert not keep(OTHER)
