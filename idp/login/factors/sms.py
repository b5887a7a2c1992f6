"""A code by text message as a factor: it proves a phone, so level 1 and never more."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta

from idp.crypto.fields import FieldCipher
from idp.storage.ephemeral import EphemeralStore

METHOD = "sms"
AMR = ("sms",)
LEVEL = 1
PURPOSE = "sign-in"
RESEND_SECONDS = 60


@dataclass(frozen=True, slots=True, repr=False)
class SentCode:
    """The phone that somebody typed, between the page for it and the page for the code."""

    phone: str
    """E.164; or an e-mail address, where one is being confirmed."""
    sent_at: datetime

    def resend_after(self, now: datetime) -> int:
        """Seconds until another code may be asked for."""
        due = self.sent_at + timedelta(seconds=RESEND_SECONDS)
        return max(0, int((due - now).total_seconds()))


class SentCodes:
    """Kept sealed for as long as the code is good; a reload of the page finds it again."""

    def __init__(self, store: EphemeralStore, cipher: FieldCipher, *, seconds: int) -> None:
        self._store = store
        self._cipher = cipher
        self._seconds = seconds

    def keep(self, holder: str, sent: SentCode) -> None:
        plain = json.dumps({"phone": sent.phone, "sent_at": sent.sent_at.isoformat()})
        key = _key(holder)
        self._store.put(key, self._cipher.seal(plain, context=key), seconds=self._seconds)

    def find(self, holder: str) -> SentCode | None:
        key = _key(holder)
        sealed = self._store.get(key)
        if sealed is None:
            return None
        value = json.loads(self._cipher.open(sealed, context=key))
        return SentCode(value["phone"], datetime.fromisoformat(value["sent_at"]))

    def drop(self, holder: str) -> None:
        self._store.delete(_key(holder))


def _key(holder: str) -> str:
    """`holder`: the id of the interaction or the enrolment that asks."""
    return f"sent-code:{holder}"
