"""The password as a factor: what a person typed, checked in the same time whoever it may be."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from idp.crypto.fields import BlindIndex
from idp.people import directory
from idp.people.credentials import StoredPassword, stored_password
from idp.people.passwords import Passwords

METHOD = "password"
AMR = ("pwd",)


@dataclass(frozen=True, slots=True, repr=False)
class Candidate:
    """Who a sign-in may be for: nobody, somebody without a password, or somebody with one."""

    person_id: str | None
    stored: StoredPassword | None


@dataclass(frozen=True, slots=True, repr=False)
class Answer:
    """`level` is 0 when the password is not right. `old_hash` and `new_hash`: to be replaced."""

    person_id: str | None
    level: int
    old_hash: str | None = None
    new_hash: str | None = None

    @property
    def is_right(self) -> bool:
        return self.level > 0


def candidate(session: Session, index: BlindIndex, number: str) -> Candidate:
    """Read what the check needs, so that no transaction is held while it runs."""
    person = directory.find_by_number(session, index, number)
    if person is None:
        return Candidate(None, None)
    return Candidate(person.id, stored_password(session, person))


def check(passwords: Passwords, found: Candidate, password: str) -> Answer:
    stored = found.stored
    checked = passwords.check(None if stored is None else stored.hash, password)
    if stored is None or not checked.is_correct:
        return Answer(found.person_id, 0)
    return Answer(found.person_id, stored.level, stored.hash, checked.new_hash)
