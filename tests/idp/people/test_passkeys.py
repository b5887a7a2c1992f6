"""Passkeys as rows: their level, their counter, their number."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from idp.audit.context import AuditContext
from idp.audit.models import AuditEvent
from idp.people import passkeys
from idp.people.models import PasskeyCredential, Person
from idp.people.passkeys import NewPasskey, PasskeyKnown, TooManyPasskeys
from tests.idp.people.conftest import NOW

IDS = ("0193513c-0000-7000-8000-000000000001", "0193513c-0000-7000-8000-000000000002")


@pytest.fixture
def people(session: Session) -> tuple[Person, Person]:
    made = [Person(id=id_, status="active", level=2, name_sealed=b"", created_at=NOW) for id_ in IDS]
    session.add_all(made)
    session.flush()
    return made[0], made[1]


def new(credential_id: bytes = b"credential", sign_count: int = 0) -> NewPasskey:
    return NewPasskey(credential_id, b"key", sign_count, ("internal",), True, "  My   phone ")


def add(
    session: Session, person: Person, context: AuditContext, level: int = 3, what: NewPasskey | None = None
) -> PasskeyCredential:
    return passkeys.add(session, person, what or new(), bound_level=level, context=context)


def test_a_passkey_is_found_by_its_credential_id(
    session: Session, people: tuple[Person, Person], context: AuditContext
) -> None:
    added = add(session, people[0], context)
    assert passkeys.find(session, b"credential") is added
    assert passkeys.find(session, b"other") is None
    assert (added.label, added.transports, added.backed_up) == ("My phone", ["internal"], True)
    assert list(passkeys.of_person(session, people[0].id)) == [added]


@pytest.mark.parametrize(
    ("account", "bound", "level"), [(2, 3, 3), (2, 2, 2), (2, 1, 1), (1, 3, 1), (2, 4, 3)]
)
def test_the_level_of_a_sign_in_with_it(
    session: Session,
    people: tuple[Person, Person],
    context: AuditContext,
    account: int,
    bound: int,
    level: int,
) -> None:
    people[0].level = account
    assert passkeys.level_of(add(session, people[0], context, bound), people[0]) == level


def test_a_credential_id_is_registered_once(
    session: Session, people: tuple[Person, Person], context: AuditContext
) -> None:
    add(session, people[0], context)
    with pytest.raises(PasskeyKnown):
        add(session, people[1], context)


def test_ten_are_enough(session: Session, people: tuple[Person, Person], context: AuditContext) -> None:
    for serial in range(10):
        add(session, people[0], context, what=new(bytes([serial])))
    with pytest.raises(TooManyPasskeys):
        add(session, people[0], context, what=new(b"eleventh"))
    add(session, people[1], context, what=new(b"eleventh"))


@pytest.mark.parametrize(
    ("before", "now", "is_genuine"), [(0, 0, True), (0, 1, True), (5, 6, True), (5, 5, False), (5, 0, False)]
)
def test_a_counter_that_goes_back_is_a_copy(
    session: Session,
    people: tuple[Person, Person],
    context: AuditContext,
    before: int,
    now: int,
    is_genuine: bool,
) -> None:
    added = add(session, people[0], context, what=new(sign_count=before))
    assert passkeys.used(session, added, sign_count=now, backed_up=False, context=context) is is_genuine
    session.flush()
    assert added.sign_count == (now if is_genuine else before)
    assert added.last_used_at == (NOW if is_genuine else None)
    cloned = "passkey_cloned" in session.scalars(select(AuditEvent.name)).all()
    assert cloned is not is_genuine


def test_one_removes_ones_own_alone(
    session: Session, people: tuple[Person, Person], context: AuditContext
) -> None:
    added = add(session, people[0], context)
    assert not passkeys.remove(session, people[1].id, added.id, context=context)
    assert passkeys.remove(session, people[0].id, added.id, context=context)
    session.flush()
    assert not passkeys.remove(session, people[0].id, added.id, context=context)
    add(session, people[0], context)
    assert passkeys.remove_all(session, people[0].id, context=context, reason="recovery") == 1
    assert list(passkeys.of_person(session, people[0].id)) == []
