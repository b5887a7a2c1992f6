"""Making an account, and changing hands of what belongs to one: the phone, and the account itself.

A number is one person's and a phone is one account's, by unique indexes: of two at once the database lets one
through, and the other is told by IntegrityError.
"""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from idp.audit import log as audit
from idp.audit.context import AuditContext
from idp.audit.events.people import PhoneChanged
from idp.crypto.fields import BlindIndex, FieldCipher
from idp.people import blind_keys, directory
from idp.people.documents import IdentityDocument
from idp.people.models import Person, PersonStatus
from idp.storage.base import new_id


def create(
    session: Session,
    document: IdentityDocument,
    name: str,
    *,
    level: int,
    cipher: FieldCipher,
    index: BlindIndex,
    context: AuditContext,
) -> Person:
    """A new person with one document and no phone yet. Raises IntegrityError when the number is known."""
    person = Person(
        id=new_id(context.at), status=PersonStatus.ACTIVE.value, level=level, created_at=context.at
    )
    describe(person, document, name, cipher, context.at)
    session.add(person)
    session.flush()
    directory.add_document(session, person, document, cipher=cipher, index=index, now=context.at)
    session.flush()
    return person


def describe(
    person: Person, document: IdentityDocument, name: str, cipher: FieldCipher, now: datetime
) -> None:
    """What the register has confirmed just now, and what follows from the number."""
    directory.set_name(person, name, cipher)
    person.verified_at = now
    person.birth_date = document.number.birth_date
    person.sex = None if document.number.sex is None else document.number.sex.value


def set_phone(
    session: Session,
    person: Person,
    phone: str,
    *,
    way: str,
    cipher: FieldCipher,
    index: BlindIndex,
    context: AuditContext,
) -> str | None:
    """Give a confirmed phone to an account; the id of the person who had it until now, if another did.

    Numbers are handed on by the operators. The former holder loses it as a factor and nothing else: the new
    one gets no way into the former's account. Raises IntegrityError when somebody else is as fast.
    """
    former = session.scalar(
        select(Person).where(directory.has_phone(index, phone), Person.id != person.id).with_for_update()
    )
    if former is not None:
        remove_phone(session, former, way="taken_over", context=context)
        session.flush()
    person.phone_sealed = cipher.seal(phone, context=directory.phone_context(person.id))
    person.phone_index, person.phone_index_next = blind_keys.pair(index, blind_keys.PHONE, phone)
    person.phone_confirmed_at = context.at
    audit.record(session, PhoneChanged(person.id, way), context=context)
    session.flush()
    return None if former is None else former.id


def remove_phone(session: Session, person: Person, *, way: str, context: AuditContext) -> None:
    person.phone_sealed = person.phone_index = person.phone_index_next = person.phone_confirmed_at = None
    audit.record(session, PhoneChanged(person.id, way), context=context)
