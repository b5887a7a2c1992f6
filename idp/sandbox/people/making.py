"""Making an own person: an entry of the sandbox's register, and an account with the visitor's password."""

from dataclasses import dataclass
from datetime import datetime
from random import Random
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from idp.audit import log as audit
from idp.audit.context import AuditContext
from idp.audit.events.sandbox import SandboxPersonMade
from idp.crypto.fields import BlindIndex, FieldCipher
from idp.oidc.levels import VERIFIED
from idp.people import accounts, directory, documents, password_rules
from idp.people.credentials import PasswordWay, set_password
from idp.people.password_rules import WeakPassword
from idp.people.passwords import Passwords
from idp.people.registry.embedded import RegisterRecord, find_entry, upsert
from idp.sandbox.people.drawing import Drawn, draw
from idp.sandbox.people.models import OwnPerson

ALIVE_AT_MOST: Final = 5000
A_DAY_FROM_ONE_ADDRESS: Final = 10
A_DAY: Final = 500
"""Of one sandbox, whoever asks."""
TRIES: Final = 20
"""Ten million numbers for some thousand people: a second try is rare already."""


class SandboxFull(Exception):
    """There are as many own people as there may be: the worker forgets those whom nobody uses."""


class PasswordRefused(Exception):
    def __init__(self, problem: WeakPassword) -> None:
        super().__init__(problem)
        self.problem = problem


@dataclass(frozen=True, slots=True, repr=False)
class People:
    """What is needed to make them."""

    sessions: sessionmaker[Session]
    cipher: FieldCipher
    index: BlindIndex
    passwords: Passwords
    random: Random
    alive_at_most: int = ALIVE_AT_MOST

    def make(self, password: str, *, with_phone: bool, context: AuditContext) -> Drawn:
        """Raises PasswordRefused, SandboxFull."""
        drawn = self._free(context.at, with_phone=with_phone)
        problem = password_rules.problem_with(password, number=drawn.number, phone=drawn.phone)
        if problem is not None:
            raise PasswordRefused(problem)
        # Slow things first: SQLite has one writer.
        password_hash = self.passwords.hash(password)
        with self.sessions.begin() as session:
            _write(session, drawn, password_hash, self.cipher, self.index, context)
        return drawn

    def _free(self, now: datetime, *, with_phone: bool) -> Drawn:
        """Somebody whose number and telephone are nobody's yet."""
        today = directory.day_in_china(now)
        with self.sessions() as session:
            if (session.scalar(select(func.count()).select_from(OwnPerson)) or 0) >= self.alive_at_most:
                raise SandboxFull
            for _ in range(TRIES):
                drawn = draw(self.random, today, with_phone=with_phone)
                number, phone = drawn.number.value, drawn.phone
                is_taken = (
                    find_entry(session, self.index, number) is not None
                    or directory.find_by_number(session, self.index, number) is not None
                    or (phone is not None and directory.find_by_phone(session, self.index, phone) is not None)
                )
                if not is_taken:
                    return drawn
        raise SandboxFull


def _write(
    session: Session,
    drawn: Drawn,
    password_hash: str,
    cipher: FieldCipher,
    index: BlindIndex,
    context: AuditContext,
) -> None:
    now = context.at
    # Without a photo: the first live capture becomes the reference, so it is the visitor's own face.
    record = RegisterRecord(drawn.number.value, drawn.name, drawn.phone)
    upsert(session, record, cipher=cipher, index=index, now=now)
    session.flush()
    entry = find_entry(session, index, drawn.number.value)
    assert entry is not None
    document = documents.identify(drawn.number.value, directory.day_in_china(now))
    person = accounts.create(
        session, document, drawn.name, level=VERIFIED, cipher=cipher, index=index, context=context
    )
    if drawn.phone is not None:
        accounts.set_phone(
            session, person, drawn.phone, way="enrolment", cipher=cipher, index=index, context=context
        )
    set_password(
        session, person, password_hash, bound_level=VERIFIED, way=PasswordWay.ENROLMENT, context=context
    )
    session.add(OwnPerson(person_id=person.id, register_id=entry.id, made_at=now, used_at=now))
    audit.record(session, SandboxPersonMade(person.id), context=context)
