"""Who holds an electronic business licence, as a person here: found by the number, or made known.

An authority has seen the holder's document before it made the licence out, so the licence binds an account to
its person as a service window does. The name comes from the business register; that it belongs to the number
only the population register says.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, sessionmaker

from idp.audit import log as audit
from idp.audit.context import AuditContext
from idp.audit.events.people import PersonEnrolled
from idp.crypto.fields import BlindIndex, FieldCipher
from idp.people import accounts, directory, wards
from idp.people.documents import IdentityDocument
from idp.people.registry.contract import Answer, Register

WAY: Final = "licence"
LEVEL: Final = 2


class Reason(StrEnum):
    """Why a holder is nobody who could be signed in."""

    NO_ACCOUNT = "no_account"
    """And no register tells the name: the holder opens an account in one of the other ways first."""
    NAME_DIFFERS = "name_differs"
    NOT_IN_REGISTER = "not_in_register"
    DECEASED = "deceased"
    REGISTER_SILENT = "register_silent"


class HolderRefused(Exception):
    def __init__(self, reason: Reason) -> None:
        super().__init__(reason.value)
        self.reason = reason


_REFUSED: Final = {
    Answer.MISMATCH: Reason.NAME_DIFFERS,
    Answer.UNKNOWN: Reason.NOT_IN_REGISTER,
    Answer.DECEASED: Reason.DECEASED,
    Answer.UNAVAILABLE: Reason.REGISTER_SILENT,
}


@dataclass(frozen=True, slots=True)
class LicenceHolders:
    sessions: sessionmaker[Session]
    register: Register
    cipher: FieldCipher
    index: BlindIndex

    def find_or_enrol(self, document: IdentityDocument, name: str | None, context: AuditContext) -> str:
        """The person's id, whatever the account's status. `name`: as the business register has it, if any.

        Call it once the licence is proved, and while no transaction is held. Raises HolderRefused.
        """
        known = self._find(document)
        if known is not None:
            return known
        if name is None:
            raise HolderRefused(Reason.NO_ACCOUNT)
        answer = self.register.verify(name, document.number.value).answer
        if reason := _REFUSED.get(answer):
            raise HolderRefused(reason)
        try:
            return self._enrol(document, name, context)
        except IntegrityError:
            # Somebody enrolled by this number meanwhile.
            found = self._find(document)
            if found is None:
                raise
            return found

    def _find(self, document: IdentityDocument) -> str | None:
        with self.sessions() as session:
            found = directory.find_by_number(session, self.index, document.number.value)
            return None if found is None or wards.is_unbound(found) else found.id

    def _enrol(self, document: IdentityDocument, name: str, context: AuditContext) -> str:
        with self.sessions.begin() as session:
            person = directory.find_by_number(session, self.index, document.number.value)
            if person is not None and wards.is_unbound(person):
                wards.bind(person, document, name, LEVEL, self.cipher, context.at)
            else:
                person = accounts.create(
                    session,
                    document,
                    name,
                    level=LEVEL,
                    cipher=self.cipher,
                    index=self.index,
                    context=context,
                )
            audit.record(session, PersonEnrolled(person.id, LEVEL, WAY), context=context)
            return person.id
