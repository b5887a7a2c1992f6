"""New keys reach organisations and the register's entries, in every phase of a rotation."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session, sessionmaker

from idp.audit.context import AuditContext
from idp.business.organisations import Organisations, find_by_code
from idp.business.registry import LegalRepresentative
from idp.business.registry.embedded import EmbeddedBusinessRegister, upsert
from idp.commands.people import SEALED_TABLES
from idp.crypto.fields import BlindIndex, CannotOpen, FieldCipher
from idp.crypto.master_key import KeyRing
from idp.people import reencrypt
from tests.fakes import FakeClock
from tests.idp.business.registering import CODE, COMPANY, NAME, NUMBER, code_of, company, nothing
from tests.idp.people.conftest import NOW, ON_EACH_DATABASE

pytestmark = ON_EACH_DATABASE
ONE, TWO = b"1" * 32, b"2" * 32
OLD = FieldCipher(KeyRing("one", {"one": ONE}))
BOTH = FieldCipher(KeyRing("two", {"one": ONE, "two": TWO}))
NEW = FieldCipher(KeyRing("two", {"two": TWO}))
INDEXES = (BlindIndex(b"a" * 32), BlindIndex(b"a" * 32, b"b" * 32), BlindIndex(b"b" * 32))
TABLES = tuple(
    table for table in SEALED_TABLES if table.name in ("organisations", "business_register_entries")
)


def organisations(cipher: FieldCipher, index: BlindIndex) -> Organisations:
    return Organisations(
        cipher, index, recheck=timedelta(hours=1), trusted=timedelta(days=1), changed=nothing
    )


def walk(sessions: sessionmaker[Session], cipher: FieldCipher, index: BlindIndex) -> tuple[int, int]:
    clock = FakeClock(NOW)
    batches = list(reencrypt.walk(sessions, cipher, index, clock, actor="operator", tables=TABLES))
    return sum(batch.rows for batch in batches), sum(batch.changed for batch in batches)


@pytest.fixture(autouse=True)
def two_organisations(sessions: sessionmaker[Session]) -> None:
    nobody = company(code_of(2), representative=None)
    with sessions.begin() as session:
        for registered in (company(), nobody):
            upsert(session, registered, cipher=OLD, now=NOW)
            organisations(OLD, INDEXES[0]).keep(session, registered, asked_at=NOW, context=AuditContext(NOW))


def test_a_new_encryption_key(sessions: sessionmaker[Session]) -> None:
    assert walk(sessions, BOTH, INDEXES[0]) == (4, 4)
    assert walk(sessions, BOTH, INDEXES[0]) == (4, 0)
    with sessions() as session:
        row = find_by_code(session, CODE)
        assert row is not None
        kept = organisations(NEW, INDEXES[0])
        assert kept.name_of(row) == COMPANY
        assert kept.representative_of(row) == LegalRepresentative(NAME, NUMBER)
        with pytest.raises(CannotOpen):
            organisations(OLD, INDEXES[0]).name_of(row)
        bind = session.get_bind()
    assert EmbeddedBusinessRegister(bind.engine, NEW).look_up(CODE) == company()


def test_legal_representatives_are_found_through_a_rotation(sessions: sessionmaker[Session]) -> None:
    for phase, index in enumerate(INDEXES):
        with sessions() as session:
            assert len(organisations(OLD, index).represented_by(session, NUMBER)) == 1, phase
        assert walk(sessions, OLD, index)[1] == (1 if phase else 0)
        with sessions() as session:
            assert len(organisations(OLD, index).represented_by(session, NUMBER)) == 1, phase
