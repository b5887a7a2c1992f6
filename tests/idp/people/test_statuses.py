"""From which status to which."""

from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from idp.audit.context import AuditContext
from idp.audit.models import AuditEvent
from idp.crypto.fields import BlindIndex, FieldCipher
from idp.people import (
    accounts,
    credentials,
    directory,
    documents,
    email_addresses,
    face_consents,
    passkeys,
    statuses,
)
from idp.people.credentials import PasswordWay
from idp.people.models import Person
from idp.people.passkeys import NewPasskey
from idp.people.statuses import StatusRefused
from tests.idp.people.conftest import NOW
from tests.idp.people.enrolling import NAME, NUMBER, PHONE
from tests.idp.people.keeping import keep_something, kept

Change = Callable[[], bool]


@pytest.fixture
def person(session: Session, cipher: FieldCipher, index: BlindIndex, context: AuditContext) -> Person:
    """With everything that a person can have."""
    document = documents.identify(NUMBER, directory.day_in_china(NOW))
    made = accounts.create(session, document, NAME, level=2, cipher=cipher, index=index, context=context)
    accounts.set_phone(session, made, PHONE, way="enrolment", cipher=cipher, index=index, context=context)
    way = PasswordWay.ENROLMENT
    credentials.set_password(session, made, "hash", bound_level=2, way=way, context=context)
    new = NewPasskey(b"credential", b"key", 0, (), False, "")
    passkeys.add(session, made, new, bound_level=3, context=context)
    face_consents.give(session, made.id, text_version="1", locale="en", context=context)
    email_addresses.set_address(session, made, "zhang@mail.example", cipher=cipher, context=context)
    session.flush()
    return made


@pytest.fixture
def changes(
    session: Session, person: Person, cipher: FieldCipher, context: AuditContext
) -> dict[str, Change]:
    return {
        "frozen": lambda: statuses.freeze(session, person, reason="r", context=context),
        "active": lambda: statuses.unfreeze(session, person, reason="r", context=context),
        "deceased": lambda: statuses.record_death(session, person, reason="r", context=context),
        "closed": lambda: statuses.close(session, person, reason="r", cipher=cipher, context=context),
    }


ALLOWED = {
    ("active", "frozen"),
    ("active", "deceased"),
    ("active", "closed"),
    ("frozen", "active"),
    ("frozen", "deceased"),
    ("frozen", "closed"),
    ("closed", "deceased"),
}
STATUSES = ("active", "frozen", "deceased", "closed")


@pytest.mark.parametrize("before", STATUSES)
@pytest.mark.parametrize("after", STATUSES)
def test_every_change(
    session: Session, person: Person, changes: dict[str, Change], before: str, after: str
) -> None:
    person.status = before
    if (before, after) in ALLOWED:
        assert changes[after]()
        assert person.status == after
        session.flush()
        assert "person_status_changed" in session.scalars(select(AuditEvent.name)).all()
    elif before == after:
        assert not changes[after]()
    else:
        with pytest.raises(StatusRefused):
            changes[after]()
        assert person.status == before


def test_only_active_people_sign_in(person: Person) -> None:
    for status in STATUSES:
        person.status = status
        assert directory.may_sign_in(person) is (status == "active")


def test_freezing_takes_nothing_away(session: Session, person: Person, changes: dict[str, Change]) -> None:
    changes["frozen"]()
    changes["active"]()
    assert credentials.stored_password(session, person) is not None
    assert len(passkeys.of_person(session, person.id)) == 1
    assert person.phone_index is not None


@pytest.mark.parametrize("status", ["deceased", "closed"])
def test_an_ended_account_has_no_way_in(
    session: Session, person: Person, changes: dict[str, Change], index: BlindIndex, status: str
) -> None:
    changes[status]()
    session.flush()
    session.expire_all()
    assert credentials.stored_password(session, person) is None
    assert list(passkeys.of_person(session, person.id)) == []
    assert directory.find_by_phone(session, index, PHONE) is None
    assert (person.email_sealed, person.email_confirmed_at) == (None, None)
    assert directory.find_by_number(session, index, NUMBER) is person


def test_closing_withdraws_the_consent_and_forgets_the_name(
    session: Session, person: Person, changes: dict[str, Change], cipher: FieldCipher
) -> None:
    changes["closed"]()
    session.flush()
    assert face_consents.active_of(session, person.id, "1") is None
    assert directory.name_of(person, cipher) == ""
    assert (person.birth_date, person.sex, person.closed_at) == (None, None, NOW)


@pytest.mark.parametrize(("status", "left"), [("closed", (0, 0)), ("deceased", (0, 1)), ("frozen", (1, 1))])
def test_what_an_account_that_ends_leaves_of_a_face(
    session: Session,
    person: Person,
    changes: dict[str, Change],
    cipher: FieldCipher,
    context: AuditContext,
    status: str,
    left: tuple[int, int],
) -> None:
    """Frames of an account whose holder died may show who used it afterwards: they go at their date."""
    keep_something(session, person.id, cipher, context)
    changes[status]()
    session.flush()
    assert kept(session) == left
