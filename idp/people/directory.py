"""Who is known here: finding people, and reading what is sealed in their rows.

Whatever the status: callers ask `may_sign_in` where it matters.
"""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from idp.china_time import CHINA_TIME
from idp.crypto.fields import BlindIndex, FieldCipher
from idp.people import blind_keys, documents
from idp.people.models import UNBOUND_LEVEL, IdentityDocument, Person, PersonStatus
from idp.storage.base import new_id


def day_in_china(now: datetime) -> date:
    """The calendar day that birth dates and ages are counted by."""
    return now.astimezone(CHINA_TIME).date()


def find_by_id(session: Session, person_id: str) -> Person | None:
    return session.get(Person, person_id)


def find_by_number(session: Session, index: BlindIndex, number: str) -> Person | None:
    """By a number as `documents.identify` gives it: 15 and 18 digits are the same there already."""
    query = select(Person).join(IdentityDocument, IdentityDocument.person_id == Person.id)
    return session.scalar(query.where(has_number(index, number)))


def find_by_phone(session: Session, index: BlindIndex, phone: str) -> Person | None:
    """By an E.164 number as `phones.normalise` gives it."""
    return session.scalar(select(Person).where(has_phone(index, phone)))


def has_number(index: BlindIndex, number: str) -> ColumnElement[bool]:
    columns = IdentityDocument.number_index, IdentityDocument.number_index_next
    return blind_keys.finds(*columns, index, blind_keys.NUMBER, number)


def has_phone(index: BlindIndex, phone: str) -> ColumnElement[bool]:
    return blind_keys.finds(Person.phone_index, Person.phone_index_next, index, blind_keys.PHONE, phone)


def may_sign_in(person: Person) -> bool:
    """Also whoever somebody acts for, and who has not enrolled, is no account."""
    return person.status == PersonStatus.ACTIVE and person.level > UNBOUND_LEVEL


def name_of(person: Person, cipher: FieldCipher) -> str:
    return cipher.open_text(person.name_sealed, context=name_context(person.id))


def phone_of(person: Person, cipher: FieldCipher) -> str | None:
    """E.164, or None when the account has none (any more)."""
    if person.phone_sealed is None:
        return None
    return cipher.open_text(person.phone_sealed, context=phone_context(person.id))


def email_of(person: Person, cipher: FieldCipher) -> str | None:
    """None when none was confirmed."""
    if person.email_sealed is None:
        return None
    return cipher.open_text(person.email_sealed, context=email_context(person.id))


def number_of(
    session: Session, person: Person, cipher: FieldCipher, today: date
) -> documents.IdentityDocument:
    """The document in use: of several the one that was added last. Raises LookupError without any."""
    rows = documents_of(session, person.id)
    if not rows:
        raise LookupError("a person without an identity document")
    newest = rows[-1]
    text = cipher.open_text(newest.number_sealed, context=number_context(newest.id))
    return documents.identify(text, today)


def documents_of(session: Session, person_id: str) -> Sequence[IdentityDocument]:
    """Rows, oldest first."""
    query = select(IdentityDocument).where(IdentityDocument.person_id == person_id)
    return session.scalars(query.order_by(IdentityDocument.added_at, IdentityDocument.id)).all()


def add_document(
    session: Session,
    person: Person,
    document: documents.IdentityDocument,
    *,
    cipher: FieldCipher,
    index: BlindIndex,
    now: datetime,
) -> IdentityDocument:
    """Raises sqlalchemy.exc.IntegrityError at flush when the number is somebody's already."""
    row_id = new_id(now)
    current, following = blind_keys.pair(index, blind_keys.NUMBER, document.number.value)
    row = IdentityDocument(
        id=row_id,
        person_id=person.id,
        type=document.type.value,
        number_sealed=cipher.seal(document.number.value, context=number_context(row_id)),
        number_index=current,
        number_index_next=following,
        added_at=now,
    )
    session.add(row)
    return row


def set_name(person: Person, name: str, cipher: FieldCipher) -> None:
    person.name_sealed = cipher.seal(name, context=name_context(person.id))


def name_context(person_id: str) -> str:
    return f"person.name:{person_id}"


def phone_context(person_id: str) -> str:
    return f"person.phone:{person_id}"


def email_context(person_id: str) -> str:
    return f"person.email:{person_id}"


def number_context(document_id: str) -> str:
    return f"document.number:{document_id}"
