"""The password of a person, as a row: what is stored, what it is good for, and who changed it how.

Each credential keeps the level at which it was bound. A password that a text message alone allowed to be set
is bound at level 1 and never signs in above it, while the account keeps the level it has reached.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import delete
from sqlalchemy.orm import Session

from idp.audit import log as audit
from idp.audit.context import AuditContext
from idp.audit.events.credentials import PasswordChanged
from idp.people.models import PasswordCredential, Person

HIGHEST_LEVEL_OF_A_PASSWORD = 2


class PasswordWay(StrEnum):
    """How a password came to be changed."""

    ENROLMENT = "enrolment"
    CHANGE = "change"
    RECOVERY = "recovery"


@dataclass(frozen=True, slots=True, repr=False)
class StoredPassword:
    hash: str
    level: int
    """What a sign-in with it proves: the lower of the account's level and the password's own."""


def stored_password(session: Session, person: Person) -> StoredPassword | None:
    row = session.get(PasswordCredential, person.id)
    return None if row is None else StoredPassword(row.hash, min(row.bound_level, person.level))


def set_password(
    session: Session,
    person: Person,
    password_hash: str,
    *,
    bound_level: int,
    way: PasswordWay,
    context: AuditContext,
) -> None:
    """Store a hash made by `Passwords.hash` of a password that `password_rules.problem_with` let pass."""
    level = min(bound_level, HIGHEST_LEVEL_OF_A_PASSWORD)
    row = session.get(PasswordCredential, person.id)
    if row is None:
        row = PasswordCredential(person_id=person.id)
        session.add(row)
    row.hash, row.bound_level, row.changed_at = password_hash, level, context.at
    audit.record(session, PasswordChanged(person.id, way.value), context=context)


def replace_hash(session: Session, person_id: str, old: str, new: str) -> bool:
    """The same password under new parameters; False when it was changed meanwhile."""
    row = session.get(PasswordCredential, person_id)
    if row is None or row.hash != old:
        return False
    row.hash = new
    return True


def changed_at(session: Session, person_id: str) -> datetime | None:
    row = session.get(PasswordCredential, person_id)
    return None if row is None else row.changed_at


def remove_password(session: Session, person_id: str) -> None:
    session.execute(delete(PasswordCredential).where(PasswordCredential.person_id == person_id))
