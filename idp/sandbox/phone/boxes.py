"""Whose a mail box of the sandbox is: an own person's, who alone sees it, or everybody's.

Addresses are typed, so nothing tells one from another; that an own person asked for a code to it does. The
first who did keeps it: nobody makes somebody else's mails their own by typing the address.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from sqlalchemy.orm import Session

from idp.audit.context import AuditContext
from idp.crypto.digests import digest
from idp.people.email_checks import EmailChecks
from idp.sandbox.people.models import OwnPerson
from idp.sandbox.people.sweeping import UNUSED
from idp.storage.ephemeral import EphemeralStore

SECONDS: Final = int((UNUSED + timedelta(days=1)) / timedelta(seconds=1))


@dataclass(frozen=True, slots=True)
class Boxes:
    """All commands raise StoreUnavailable."""

    store: EphemeralStore

    def note(self, session: Session, person_id: str, email: str) -> None:
        """Somebody asks for a code to this address."""
        if session.get(OwnPerson, person_id) is not None and self.owner(email) is None:
            self.store.add_once(_key(email), person_id.encode(), seconds=SECONDS)

    def owner(self, email: str) -> str | None:
        """The own person's id; None: it is everybody's.

        Asked of boxes that mails came to of late, and by that they stay their owner's: who is used lives on.
        """
        key = _key(email)
        found = self.store.get(key)
        if found is None:
            return None
        self.store.replace(key, found, found, seconds=SECONDS)
        return found.decode()


@dataclass(frozen=True)
class NotedEmailChecks(EmailChecks):
    """Those of the sandbox: they note who asked."""

    boxes: Boxes

    def send(
        self, session: Session, person_id: str, email: str, *, holder: str, locale: str, context: AuditContext
    ) -> None:
        """Raises TooManyMessages."""
        super().send(session, person_id, email, holder=holder, locale=locale, context=context)
        self.boxes.note(session, person_id, email)


def _key(email: str) -> str:
    return f"sandbox:mail-box:{digest(email)}"
