"""Passkeys of a person, as rows (W3C Web Authentication Level 3). The ceremonies are the login room's.

A passkey keeps the level at which it was bound; its signature counter must grow, unless it stays zero.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from idp.audit import log as audit
from idp.audit.context import AuditContext
from idp.audit.events.credentials import PasskeyAdded, PasskeyCloned, PasskeyRemoved
from idp.people.models import PasskeyCredential, Person
from idp.storage.base import new_id

MOST_OF_ONE_PERSON: Final = 10
LONGEST_LABEL_CHARACTERS: Final = 64
HIGHEST_LEVEL_OF_A_PASSKEY: Final = 3


class TooManyPasskeys(Exception):
    """One has to be removed before another can be added."""


class PasskeyKnown(Exception):
    """The credential id is somebody's already (WebAuthn section 7.1, step 26): registering it is refused."""


@dataclass(frozen=True, slots=True)
class NewPasskey:
    """What a verified registration ceremony, with user verification, has yielded."""

    credential_id: bytes
    public_key: bytes
    sign_count: int
    transports: tuple[str, ...]
    backed_up: bool
    label: str


def of_person(session: Session, person_id: str) -> Sequence[PasskeyCredential]:
    """Oldest first."""
    query = select(PasskeyCredential).where(PasskeyCredential.person_id == person_id)
    return session.scalars(query.order_by(PasskeyCredential.created_at, PasskeyCredential.id)).all()


def find(session: Session, credential_id: bytes) -> PasskeyCredential | None:
    return session.scalar(select(PasskeyCredential).where(PasskeyCredential.credential_id == credential_id))


def level_of(passkey: PasskeyCredential, person: Person) -> int:
    """What a sign-in with it proves. Above level 2 the passkey's own binding counts (presence by
    user verification); the account has to be verified for that."""
    if person.level < 2:
        return person.level
    return passkey.bound_level


def add(
    session: Session, person: Person, new: NewPasskey, *, bound_level: int, context: AuditContext
) -> PasskeyCredential:
    """`bound_level`: the level of the session, or of the binding, that it is added in.

    Raises TooManyPasskeys, PasskeyKnown.
    """
    query = select(func.count()).select_from(PasskeyCredential)
    if (session.scalar(query.where(PasskeyCredential.person_id == person.id)) or 0) >= MOST_OF_ONE_PERSON:
        raise TooManyPasskeys
    if find(session, new.credential_id) is not None:
        raise PasskeyKnown
    level = min(bound_level, HIGHEST_LEVEL_OF_A_PASSKEY)
    passkey = PasskeyCredential(
        id=new_id(context.at),
        person_id=person.id,
        credential_id=new.credential_id,
        public_key=new.public_key,
        sign_count=new.sign_count,
        bound_level=level,
        label=" ".join(new.label.split())[:LONGEST_LABEL_CHARACTERS],
        transports=list(new.transports),
        backed_up=new.backed_up,
        created_at=context.at,
        last_used_at=None,
    )
    session.add(passkey)
    session.flush()
    audit.record(session, PasskeyAdded(person.id, passkey.id, level), context=context)
    return passkey


def used(
    session: Session,
    passkey: PasskeyCredential,
    *,
    sign_count: int,
    backed_up: bool,
    context: AuditContext,
) -> bool:
    """Record a verified sign-in; False when the counter says that the passkey was copied.

    WebAuthn section 7.2, step 22: counters of zero are those of passkeys that do not count. The event is in
    this transaction: commit it also when the answer is False.
    """
    counts = sign_count > 0 or passkey.sign_count > 0
    if counts and sign_count <= passkey.sign_count:
        audit.record(session, PasskeyCloned(passkey.person_id, passkey.id), context=context)
        return False
    passkey.sign_count = sign_count
    passkey.backed_up = backed_up
    passkey.last_used_at = context.at
    return True


def remove(
    session: Session, person_id: str, passkey_id: str, *, context: AuditContext, reason: str = "asked"
) -> bool:
    """False when the person has no such passkey (any more)."""
    passkey = session.get(PasskeyCredential, passkey_id)
    if passkey is None or passkey.person_id != person_id:
        return False
    session.delete(passkey)
    audit.record(session, PasskeyRemoved(person_id, passkey_id, reason), context=context)
    return True


def remove_all(session: Session, person_id: str, *, context: AuditContext, reason: str) -> int:
    """Every passkey of a person; how many there were."""
    rows = of_person(session, person_id)
    for row in rows:
        audit.record(session, PasskeyRemoved(person_id, row.id, reason), context=context)
    session.execute(delete(PasskeyCredential).where(PasskeyCredential.person_id == person_id))
    return len(rows)
