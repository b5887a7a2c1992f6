"""People whom others care for: known here so that somebody may act for them, and bound to nobody yet.

A ward needs no account. The row is made of what the register says, at level 0: it has no credential, no
phone and nothing that a sign-in could rest on. Who proves to be that person later is enrolled as anybody, on
the same row and with the same `sub`.
"""

from datetime import datetime

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from idp.audit import log as audit
from idp.audit.context import AuditContext
from idp.audit.events.care import WardAdded
from idp.crypto.fields import BlindIndex, FieldCipher
from idp.people import accounts, directory
from idp.people.documents import IdentityDocument
from idp.people.models import UNBOUND_LEVEL, Person, PersonStatus


class WardNotActive(Exception):
    """The ward's account is frozen, or they are held for dead here: nobody acts for them."""


def find_or_add(
    session: Session,
    document: IdentityDocument,
    name: str,
    *,
    cipher: FieldCipher,
    index: BlindIndex,
    context: AuditContext,
) -> Person:
    """The person whom the register has just said is so called, has this number, and is cared for.

    Who has closed their account is known again by name, as somebody acts for them now; it stays closed. The
    caller commits. Raises WardNotActive.
    """
    number = document.number.value
    person = directory.find_by_number(session, index, number)
    if person is None:
        try:
            with session.begin_nested():
                return _added(session, document, name, cipher, index, context)
        except IntegrityError:
            # Their other parent, or they themselves, were faster.
            person = directory.find_by_number(session, index, number)
            if person is None:
                raise
    if person.status == PersonStatus.CLOSED:
        accounts.describe(person, document, name, cipher, context.at)
    elif person.status != PersonStatus.ACTIVE:
        raise WardNotActive
    return person


def is_unbound(person: Person) -> bool:
    """Nobody has shown to be this person, so that there is no account to claim."""
    return person.level == UNBOUND_LEVEL and person.status == PersonStatus.ACTIVE


def bind(
    person: Person, document: IdentityDocument, name: str, level: int, cipher: FieldCipher, now: datetime
) -> None:
    """Somebody has shown to be this person: from now on it is an account as any other. The caller commits."""
    person.level = level
    accounts.describe(person, document, name, cipher, now)


def _added(
    session: Session,
    document: IdentityDocument,
    name: str,
    cipher: FieldCipher,
    index: BlindIndex,
    context: AuditContext,
) -> Person:
    person = accounts.create(
        session, document, name, level=UNBOUND_LEVEL, cipher=cipher, index=index, context=context
    )
    audit.record(session, WardAdded(person.id), context=context)
    return person
