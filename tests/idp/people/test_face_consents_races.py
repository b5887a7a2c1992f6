"""A withdrawal and a check that ends at the same moment, truly, on SQLite and on PostgreSQL."""

from concurrent.futures import Future, ThreadPoolExecutor

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from idp.audit.context import AuditContext
from idp.crypto.fields import FieldCipher
from idp.people import face_consents, face_templates
from idp.people.face_templates import KeptFace
from idp.people.models import FacePurpose, FaceTemplate, Person
from tests.idp.people.conftest import NOW, ON_EACH_DATABASE

PERSON = "0193513c-0000-7000-8000-000000000001"
WAITS_SECONDS = 0.3
pytestmark = ON_EACH_DATABASE


@pytest.fixture(autouse=True)
def agreed(sessions: sessionmaker[Session], context: AuditContext) -> None:
    with sessions.begin() as session:
        session.add(Person(id=PERSON, status="active", level=2, name_sealed=b"", created_at=NOW))
        session.flush()
        face_consents.give(
            session, PERSON, purpose=FacePurpose.TEMPLATE, text_version="1", locale="en", context=context
        )


def keep(session: Session, cipher: FieldCipher, context: AuditContext) -> bool:
    """As a verdict does: what stands is locked, then acted on."""
    standing = face_consents.standing_of(session, PERSON, lock=True)
    face = KeptFace("a" * 64, (1.0, 0.0))
    return bool(standing) and face_templates.keep(
        session, standing[-1], face, days=9, cipher=cipher, context=context
    )


def waits(future: Future[object]) -> bool:
    try:
        future.result(timeout=WAITS_SECONDS)
    except TimeoutError:
        return True
    return False


def test_a_withdrawal_waits_for_what_is_being_kept_and_deletes_it(
    sessions: sessionmaker[Session], cipher: FieldCipher, context: AuditContext
) -> None:
    def withdraw() -> object:
        with sessions.begin() as session:
            return face_consents.withdraw(session, PERSON, FacePurpose.TEMPLATE, context=context)

    with ThreadPoolExecutor(1) as pool:
        with sessions.begin() as session:
            face_consents.standing_of(session, PERSON, lock=True)
            withdrawing = pool.submit(withdraw)
            assert waits(withdrawing)
            assert keep(session, cipher, context)
        assert withdrawing.result() == 1
    with sessions() as session:
        assert session.scalars(select(FaceTemplate)).all() == []


def test_what_is_being_withdrawn_is_not_kept_any_more(
    sessions: sessionmaker[Session], cipher: FieldCipher, context: AuditContext
) -> None:
    def check() -> object:
        with sessions.begin() as session:
            return keep(session, cipher, context)

    with ThreadPoolExecutor(1) as pool:
        with sessions.begin() as session:
            face_consents.withdraw(session, PERSON, context=context)
            checking = pool.submit(check)
            assert waits(checking)
        assert checking.result() is False
    with sessions() as session:
        assert session.scalars(select(FaceTemplate)).all() == []


def test_two_checks_that_end_together_keep_one_template(
    sessions: sessionmaker[Session], cipher: FieldCipher, context: AuditContext
) -> None:
    def check() -> bool:
        with sessions.begin() as session:
            return keep(session, cipher, context)

    with ThreadPoolExecutor(4) as pool:
        kept = [future.result() for future in [pool.submit(check) for _ in range(4)]]
    assert sorted(kept) == [False, False, False, True]
