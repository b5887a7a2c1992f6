"""What is stored of a password, and what a sign-in with it proves."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from idp.audit.context import AuditContext
from idp.audit.models import AuditEvent
from idp.people import credentials
from idp.people.credentials import PasswordWay
from idp.people.models import Person
from tests.idp.people.conftest import NOW


@pytest.fixture
def person(session: Session) -> Person:
    made = Person(
        id="0193513c-0000-7000-8000-000000000001", status="active", level=2, name_sealed=b"", created_at=NOW
    )
    session.add(made)
    session.flush()
    return made


def set_password(session: Session, person: Person, context: AuditContext, level: int = 2) -> None:
    credentials.set_password(
        session, person, "hash", bound_level=level, way=PasswordWay.ENROLMENT, context=context
    )
    session.flush()


def test_nobody_has_a_password_to_begin_with(session: Session, person: Person) -> None:
    assert credentials.stored_password(session, person) is None
    assert credentials.changed_at(session, person.id) is None


@pytest.mark.parametrize(("account", "bound", "level"), [(2, 2, 2), (2, 1, 1), (1, 2, 1), (2, 3, 2)])
def test_the_lower_level_counts(
    session: Session, person: Person, context: AuditContext, account: int, bound: int, level: int
) -> None:
    person.level = account
    set_password(session, person, context, bound)
    stored = credentials.stored_password(session, person)
    assert stored is not None
    assert (stored.hash, stored.level) == ("hash", level)
    assert "hash" not in repr(stored)


def test_a_change_is_audited_and_dated(session: Session, person: Person, context: AuditContext) -> None:
    set_password(session, person, context)
    set_password(session, person, context)
    session.flush()
    assert credentials.changed_at(session, person.id) == NOW
    assert session.scalars(select(AuditEvent.name)).all() == ["password_changed", "password_changed"]


def test_a_renewed_hash_does_not_undo_a_change(
    session: Session, person: Person, context: AuditContext
) -> None:
    set_password(session, person, context)
    assert credentials.replace_hash(session, person.id, "hash", "renewed")
    assert not credentials.replace_hash(session, person.id, "hash", "renewed again")
    credentials.remove_password(session, person.id)
    session.expire_all()
    assert not credentials.replace_hash(session, person.id, "renewed", "renewed again")
    assert credentials.stored_password(session, person) is None
