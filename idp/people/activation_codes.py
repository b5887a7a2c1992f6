"""Codes that a clerk gives to a person whom they have seen with their card: single use, for one number.

Twelve characters of Crockford's base 32 are 60 random bits. Kept as a keyed digest over the code and the
number, so a code found on paper opens nothing without knowing whose it is.
"""

import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from idp.audit import log as audit
from idp.audit.context import AuditContext
from idp.audit.events.people import ActivationCodeMade
from idp.crypto import crockford
from idp.crypto.digests import keyed
from idp.crypto.fields import BlindIndex
from idp.people import blind_keys
from idp.people.models import ActivationCode
from idp.storage.base import new_id
from idp.storage.database import deleted

KEY_USE: Final = "activation-codes"
CHARACTERS: Final = 12


class ActivationCodes:
    def __init__(
        self,
        key: bytes,
        index: BlindIndex,
        *,
        choose: Callable[[str], str] = secrets.choice,
    ) -> None:
        """`key`: for this use alone, `MasterKeys.derived(KEY_USE)`."""
        self._key = key
        self._index = index
        self._choose = choose

    def make(
        self,
        session: Session,
        number: str,
        *,
        made_by: str,
        days: int,
        context: AuditContext,
        person_id: str | None = None,
    ) -> str:
        """A new code, shown this once, such as `7F3K-9QXM-2B4D`. Earlier ones of this number end.

        `person_id`: whose account the number is, if it is one's already; for the audit log alone.
        """
        code = crockford.draw(CHARACTERS, self._choose)
        both = blind_keys.pair(self._index, blind_keys.NUMBER, number)
        session.execute(
            delete(ActivationCode).where(
                ActivationCode.number_index.in_(set(both)), ActivationCode.used_at.is_(None)
            )
        )
        row = ActivationCode(
            id=new_id(context.at),
            code_digest=self._digest(code, number),
            number_index=both[0],
            made_by=made_by,
            made_at=context.at,
            expires_at=context.at + timedelta(days=days),
        )
        session.add(row)
        audit.record(session, ActivationCodeMade(person_id, row.id), context=context)
        return crockford.shown(code)

    def redeem(self, session: Session, number: str, typed: str, now: datetime) -> str | None:
        """The id of the code, now used; None when it is not one for this number, or not any more.

        One statement: of several at once one gets it. It is used when the transaction commits.
        """
        code = crockford.read(typed)
        statement = (
            update(ActivationCode)
            .where(
                ActivationCode.code_digest == self._digest(code, number),
                ActivationCode.used_at.is_(None),
                ActivationCode.expires_at > now,
            )
            .values(used_at=now)
            .returning(ActivationCode.id)
        )
        return session.scalar(statement)

    def _digest(self, code: str, number: str) -> str:
        return keyed(self._key, "activation-code", code, number)


def sweep(session: Session, now: datetime) -> int:
    """Drop codes that have expired, used ones too: the audit log keeps what happened."""
    return deleted(session, delete(ActivationCode).where(ActivationCode.expires_at <= now))
