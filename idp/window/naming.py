"""Whom a clerk names, from a card that lies before them: who that is here, or why nobody is offered.

A clerk learns what they typed, and whether it agrees; of the account nothing but that it is open. So each try
counts against an hour's measure, whatever becomes of it, and is an event.
"""

from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy.orm import Session

from idp.crypto.fields import FieldCipher
from idp.oidc.levels import VERIFIED
from idp.people import directory, names
from idp.people.models import Person, PersonStatus
from idp.staff import accounts
from idp.staff.accounts import StaffAccounts
from idp.staff.models import StaffAccount


class Why(StrEnum):
    """Why somebody is not offered; the page has words for each."""

    OWN = "own"
    UNKNOWN = "unknown"
    NAME_DIFFERS = "name_differs"
    FROZEN = "frozen"
    DECEASED = "deceased"
    CLOSED = "closed"
    UNVERIFIED = "unverified"
    """The account was never bound to its person, and the service asks for more than that."""


TO_ENROL = frozenset({Why.UNKNOWN, Why.CLOSED, Why.UNVERIFIED})
"""What an activation code helps against."""
OF_STATUS = {
    PersonStatus.FROZEN: Why.FROZEN,
    PersonStatus.DECEASED: Why.DECEASED,
    PersonStatus.CLOSED: Why.CLOSED,
    PersonStatus.REENROL: Why.UNVERIFIED,
}


@dataclass(frozen=True, slots=True)
class Named:
    """Somebody, and `why` they are not offered; None where they are."""

    person: Person | None
    why: Why | None
    name_masked: str = ""


def name(
    session: Session,
    known: StaffAccounts,
    clerk_id: str,
    number: str,
    typed_name: str,
    *,
    level: int,
    cipher: FieldCipher,
) -> Named:
    """`number`: as `documents.identify` gives it; `typed_name`: as `names.normalise` does."""
    person = directory.find_by_number(session, known.index, number)
    if is_own(session, known, clerk_id, number, person):
        return Named(person, Why.OWN)
    if person is None:
        return Named(None, Why.UNKNOWN)
    if status := OF_STATUS.get(PersonStatus(person.status)):
        return Named(person, status)
    kept = directory.name_of(person, cipher)
    if not names.same(kept, typed_name):
        return Named(person, Why.NAME_DIFFERS)
    if person.level < min(VERIFIED, level):
        return Named(person, Why.UNVERIFIED)
    return Named(person, None, names.masked(kept))


def is_own(session: Session, known: StaffAccounts, clerk_id: str, number: str, person: Person | None) -> bool:
    """Whether it is the clerk's own card, or another one of the clerk's."""
    clerk = session.get_one(StaffAccount, clerk_id)
    if known.is_themself(clerk, number):
        return True
    return person is not None and accounts.own_person_of(session, clerk) == person.id
