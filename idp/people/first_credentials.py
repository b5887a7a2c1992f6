"""The last step of an enrolment: what the person signs in with from now on."""

from dataclasses import dataclass

from sqlalchemy.orm import Session, sessionmaker

from idp.audit.context import AuditContext
from idp.people import credentials, directory, enrolment, passkeys, password_rules
from idp.people.credentials import PasswordWay
from idp.people.enrolment import Enrolment, Purpose, WrongStep
from idp.people.enrolment_records import EnrolmentRecords, Held
from idp.people.models import Person
from idp.people.password_rules import WeakPassword
from idp.people.passwords import Passwords

_WAYS = {Purpose.ENROL: PasswordWay.ENROLMENT, Purpose.RECOVER: PasswordWay.RECOVERY}


class PasswordRefused(Exception):
    def __init__(self, problem: WeakPassword) -> None:
        super().__init__(problem.value)
        self.problem = problem


@dataclass(frozen=True)
class FirstCredentials:
    sessions: sessionmaker[Session]
    records: EnrolmentRecords
    passwords: Passwords
    presence_seconds: int
    """How long a face that was shown lets a passkey be bound at level 3."""

    def set_password(self, held: Held, password: str, *, context: AuditContext) -> Held:
        """Raises PasswordRefused, WrongStep, EnrolmentChanged."""
        current, now = held.enrolment, context.at
        changed = enrolment.credential_set(current)
        number = current.document(directory.day_in_china(now)).number
        if problem := password_rules.problem_with(password, number=number, phone=current.phone):
            raise PasswordRefused(problem)
        password_hash = self.passwords.hash(password)
        with self.sessions.begin() as session:
            credentials.set_password(
                session,
                _person(session, current),
                password_hash,
                bound_level=current.level,
                way=_WAYS[current.purpose],
                context=context,
            )
        return self.records.change(held, changed, now)

    def add_passkey(self, held: Held, new: passkeys.NewPasskey, *, context: AuditContext) -> Held:
        """A passkey whose registration was verified, with the person's id as its user handle.

        Raises TooManyPasskeys, PasskeyKnown, WrongStep, EnrolmentChanged.
        """
        current, now = held.enrolment, context.at
        changed = enrolment.credential_set(current)
        level = enrolment.credential_level(current, now, presence_seconds=self.presence_seconds)
        with self.sessions.begin() as session:
            passkeys.add(session, _person(session, current), new, bound_level=level, context=context)
        return self.records.change(held, changed, now)


def _person(session: Session, current: Enrolment) -> Person:
    """Raises WrongStep when the account was frozen or closed meanwhile."""
    person = directory.find_by_id(session, current.person_id or "")
    if person is None or not directory.may_sign_in(person):
        raise WrongStep
    return person
