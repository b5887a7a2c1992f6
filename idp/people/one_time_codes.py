"""Codes sent by text message: six digits, single use, few tries (NIST SP 800-63B-4 section 3.1.3).

A code is bound to what it is for, to the enrolment or interaction that asked for it, and to the phone. What
is kept is a keyed digest: a million codes are tried at once by whoever reads the store.
"""

import secrets
from collections.abc import Callable
from enum import StrEnum
from typing import Final

from idp.crypto.digests import keyed, new_secret, same
from idp.storage.ephemeral import EphemeralStore

KEY_USE: Final = "sms-codes"
DIGITS: Final = 6
MOST_TRIES: Final = 5


class CodeAnswer(StrEnum):
    RIGHT = "right"
    WRONG = "wrong"
    GONE = "gone"
    """Expired, used, replaced by a newer one, or tried too often: a new one has to be sent."""


class OneTimeCodes:
    def __init__(
        self,
        store: EphemeralStore,
        key: bytes,
        *,
        seconds: int,
        random: Callable[[int], int] = secrets.randbelow,
    ) -> None:
        """`key`: for this use alone, `MasterKeys.derived(KEY_USE)`; `random(n)` gives 0 to n - 1."""
        self._store = store
        self._key = key
        self.seconds = seconds
        self._random = random

    def issue(self, purpose: str, holder: str, phone: str) -> str:
        """A new code, which takes the place of an earlier one. The caller sends it."""
        code = f"{self._random(10**DIGITS):0{DIGITS}d}"
        place = self._place(purpose, holder, phone)
        # The salt gives each code a count of tries of its own.
        salt = new_secret(9)
        value = f"{salt}.{keyed(self._key, place, salt, code)}"
        self._store.put(place, value.encode(), seconds=self.seconds)
        return code

    def check(self, purpose: str, holder: str, phone: str, typed: str) -> CodeAnswer:
        place = self._place(purpose, holder, phone)
        kept = self._store.get(place)
        if kept is None:
            return CodeAnswer.GONE
        salt, _, expected = kept.decode().partition(".")
        # Counted before comparing: of many guesses at once no more than MOST_TRIES are compared.
        if self._store.increment(f"{place}:{salt}", seconds=self.seconds) > MOST_TRIES:
            self._store.delete(place)
            return CodeAnswer.GONE
        if not same(keyed(self._key, place, salt, _digits(typed)), expected):
            return CodeAnswer.WRONG
        return CodeAnswer.RIGHT if self._store.take(place) == kept else CodeAnswer.GONE

    def _place(self, purpose: str, holder: str, phone: str) -> str:
        return f"sms-code:{{{keyed(self._key, purpose, holder, phone)}}}"


def _digits(typed: str) -> str:
    """Full-width digits and the spaces that phones put into codes."""
    return "".join(str(int(c)) for c in typed[:32] if c.isdecimal())
