"""Getting back into an account, and what that does to it. The proof is the same as for enrolling.

- Forgotten password, lost phone, lost passkey: bind again by face or activation code; the account is level 2
  again, and every credential of before ends, whoever has it now.
- A text message alone, to the account's own phone or to the one that the register holds, lets a password be
  set that is bound at level 1. Nothing else changes: the account keeps its level, its phone and its passkeys,
  for its person to use or to bind again.
- A phone number that the operator gave to somebody else: `accounts.set_phone` takes it from the former
  holder, and no way leads from it into the former's account, which needs number and name and a binding.
"""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from idp.audit import log as audit
from idp.audit.context import AuditContext
from idp.audit.events.credentials import RecoveryCompleted
from idp.audit.events.people import LevelRaised, PersonStatusChanged
from idp.crypto.fields import BlindIndex, FieldCipher
from idp.people import accounts, credentials, email_addresses, face_templates, passkeys
from idp.people.decisions import Decision
from idp.people.documents import IdentityDocument
from idp.people.enrolment import Way
from idp.people.models import Person, PersonStatus


@dataclass(frozen=True, slots=True)
class Recovered:
    person_id: str
    phone_taken_from: str | None
    """The person who lost this phone as a factor: it is another's now."""


def recover(
    session: Session,
    person: Person,
    decision: Decision,
    *,
    way: Way,
    document: IdentityDocument,
    name: str,
    phone: str,
    cipher: FieldCipher,
    index: BlindIndex,
    context: AuditContext,
) -> Recovered:
    """Carry out a decision to claim or reopen this account. The caller ends all the person's sessions."""
    former = None
    if decision.level >= 2:
        _start_afresh(session, person, way, context)
        accounts.describe(person, document, name, cipher, context.at)
        former = accounts.set_phone(
            session, person, phone, way="recovery", cipher=cipher, index=index, context=context
        )
    audit.record(session, RecoveryCompleted(person.id, way.value, decision.level), context=context)
    return Recovered(person.id, former)


def _start_afresh(session: Session, person: Person, way: Way, context: AuditContext) -> None:
    credentials.remove_password(session, person.id)
    passkeys.remove_all(session, person.id, context=context, reason="recovery")
    # Whoever had the account before may have been the one whose face it is of.
    face_templates.delete_of(session, person.id, reason="recovery", context=context)
    # And whose mailbox it is: portals may know people by it.
    email_addresses.remove_address(session, person, way="recovery", context=context)
    if person.status != PersonStatus.ACTIVE:
        person.status = PersonStatus.ACTIVE.value
        audit.record(
            session,
            PersonStatusChanged(person.id, PersonStatus.ACTIVE.value, "enrolled_again"),
            context=context,
        )
    if person.level < 2:
        person.level = 2
        audit.record(session, LevelRaised(person.id, 2, way.value), context=context)
