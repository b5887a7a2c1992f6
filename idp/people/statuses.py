"""The status of an account and who may change it to what.

Each function returns True when something was changed; then the caller ends the person's sessions in the same
transaction, as this room knows no sessions.
"""

from typing import Final

from sqlalchemy.orm import Session

from idp.audit import log as audit
from idp.audit.context import AuditContext
from idp.audit.events.people import PersonStatusChanged
from idp.crypto.fields import FieldCipher
from idp.people import (
    accounts,
    credentials,
    directory,
    email_addresses,
    face_consents,
    face_templates,
    passkeys,
)
from idp.people.models import Person, PersonStatus


class StatusRefused(Exception):
    """The status that the person has does not go over into the one asked for."""

    def __init__(self, current: str) -> None:
        super().__init__(f"the account is {current}")


_FROM: Final = {
    PersonStatus.FROZEN: {PersonStatus.ACTIVE},
    PersonStatus.REENROL: {PersonStatus.ACTIVE},
    # Back to active from the others by enrolling again: see `recovery`.
    PersonStatus.ACTIVE: {PersonStatus.FROZEN},
    PersonStatus.DECEASED: set(PersonStatus) - {PersonStatus.DECEASED},
    PersonStatus.CLOSED: {PersonStatus.ACTIVE, PersonStatus.FROZEN, PersonStatus.REENROL},
}


def freeze(session: Session, person: Person, *, reason: str, context: AuditContext) -> bool:
    return _change(session, person, PersonStatus.FROZEN, reason, context)


def unfreeze(session: Session, person: Person, *, reason: str, context: AuditContext) -> bool:
    return _change(session, person, PersonStatus.ACTIVE, reason, context)


def require_reenrolment(session: Session, person: Person, *, reason: str, context: AuditContext) -> bool:
    """Nothing that the person signs in with counts any more, nor what is kept of their face: who comes has to
    prove who they are as on the first day, and is the same row with the same `sub` then."""
    if not _change(session, person, PersonStatus.REENROL, reason, context):
        return False
    _remove_credentials(session, person, reason="reenrolment", context=context)
    face_consents.withdraw(session, person.id, context=context)
    return True


def record_death(session: Session, person: Person, *, reason: str, context: AuditContext) -> bool:
    """Nobody signs in any more; the phone is free for its next holder."""
    if not _change(session, person, PersonStatus.DECEASED, reason, context):
        return False
    _remove_credentials(session, person, reason="deceased", context=context)
    face_templates.delete_of(session, person.id, reason="deceased", context=context)
    return True


def close(
    session: Session, person: Person, *, reason: str, cipher: FieldCipher, context: AuditContext
) -> bool:
    """End an account at its person's wish and forget what is not needed to know them again.

    The row and the sealed number stay: who enrols again is the same person with the same `sub`, and nobody
    else can take the number meanwhile.
    """
    if not _change(session, person, PersonStatus.CLOSED, reason, context):
        return False
    _remove_credentials(session, person, reason="closed", context=context)
    face_consents.withdraw(session, person.id, context=context)
    directory.set_name(person, "", cipher)
    person.birth_date = person.sex = None
    person.closed_at = context.at
    return True


def _change(
    session: Session, person: Person, status: PersonStatus, reason: str, context: AuditContext
) -> bool:
    """False when it is so already. Raises StatusRefused."""
    if person.status == status:
        return False
    if person.status not in _FROM[status]:
        raise StatusRefused(person.status)
    person.status = status.value
    audit.record(session, PersonStatusChanged(person.id, status.value, reason), context=context)
    return True


def _remove_credentials(session: Session, person: Person, *, reason: str, context: AuditContext) -> None:
    credentials.remove_password(session, person.id)
    passkeys.remove_all(session, person.id, context=context, reason=reason)
    if person.phone_index is not None:
        accounts.remove_phone(session, person, way=reason, context=context)
    email_addresses.remove_address(session, person, way=reason, context=context)
