"""What a licence signs to prove that its key is here: a text that says who asks, for what, and until when.

The text is lines of ASCII in one order, so that a person can read on the device what is signed, and one
challenge has one text:

    yitong-licence-challenge/1
    issuer: https://id.example.gov.cn
    purpose: sign-in
    interaction: <digest of what the signature is bound to>
    nonce: <256 random bits, base64url>
    expires: 2026-01-02T03:04:05Z

A challenge is good once: redeeming it is one `take` of the ephemeral store. `interaction` binds it to the
sign-in that it was made for, so that a signature which somebody else coaxes out of a holder fits no other.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from idp.business.licences.refusals import LicenceRefused, Rule
from idp.crypto.digests import digest, new_secret, same
from idp.storage.ephemeral import EphemeralStore

VERSION: Final = "yitong-licence-challenge/1"
BYTES_AT_MOST: Final = 1024
PURPOSE: Final = re.compile(r"[a-z][a-z-]{0,31}")
_TIME: Final = "%Y-%m-%dT%H:%M:%SZ"
_FORM: Final = re.compile(
    rf"{re.escape(VERSION)}\n"
    r"issuer: (?P<issuer>https?://[!-~]{1,255})\n"
    r"purpose: (?P<purpose>[a-z][a-z-]{0,31})\n"
    r"interaction: (?P<interaction>[A-Za-z0-9_-]{43})\n"
    r"nonce: (?P<nonce>[A-Za-z0-9_-]{43})\n"
    r"expires: (?P<expires>\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z)\n",
    re.ASCII,
)


@dataclass(frozen=True, slots=True)
class Challenge:
    issuer: str
    purpose: str
    interaction: str
    """The digest of the interaction's id, which is itself nobody else's to know."""
    nonce: str
    expires: datetime

    @property
    def text(self) -> bytes:
        """What is signed, byte by byte."""
        return (
            f"{VERSION}\nissuer: {self.issuer}\npurpose: {self.purpose}\ninteraction: {self.interaction}\n"
            f"nonce: {self.nonce}\nexpires: {self.expires.strftime(_TIME)}\n"
        ).encode("ascii")

    def is_for(self, purpose: str, interaction: str) -> bool:
        return self.purpose == purpose and same(self.interaction, digest(interaction))

    @property
    def key(self) -> str:
        return f"licence-challenge:{digest(self.nonce)}"


def read_challenge(text: bytes) -> Challenge:
    """Raises LicenceRefused for anything but the one text of a challenge."""
    if len(text) > BYTES_AT_MOST:
        raise LicenceRefused(Rule.CHALLENGE, "the challenge is too long")
    try:
        found = _FORM.fullmatch(text.decode("ascii"))
        expires = found and datetime.strptime(found["expires"], _TIME).replace(tzinfo=UTC)
    except ValueError:
        found = expires = None
    if found is None or expires is None:
        raise LicenceRefused(Rule.CHALLENGE, f"the text is not a challenge of {VERSION}")
    return Challenge(found["issuer"], found["purpose"], found["interaction"], found["nonce"], expires)


class Challenges:
    """Those of one issuer."""

    def __init__(self, store: EphemeralStore, issuer: str, *, seconds: int) -> None:
        self._store = store
        self._issuer = issuer
        self._seconds = seconds

    def issue(self, purpose: str, interaction: str, now: datetime) -> Challenge:
        """`interaction` is what only the asker knows (an id of 128 random bits or more)."""
        if not PURPOSE.fullmatch(purpose):
            raise ValueError("a purpose is a word in lower case")
        expires = (now + timedelta(seconds=self._seconds)).replace(microsecond=0)
        made = Challenge(self._issuer, purpose, digest(interaction), new_secret(), expires)
        self._store.put(made.key, digest(made.text.decode()).encode(), seconds=self._seconds)
        return made

    def redeem(self, text: bytes, purpose: str, interaction: str, now: datetime) -> None:
        """Raises LicenceRefused unless it is ours, for this, unused and in time. Used it is after that.

        The form is asked before the store, so only a challenge that is ours can be used up.
        """
        challenge = read_challenge(text)
        if challenge.issuer != self._issuer:
            raise LicenceRefused(Rule.CHALLENGE, "the challenge is another provider's")
        if not challenge.is_for(purpose, interaction):
            raise LicenceRefused(Rule.CHALLENGE, "the challenge was made for something else")
        if now >= challenge.expires:
            raise LicenceRefused(Rule.CHALLENGE, "the challenge has expired")
        kept = self._store.take(challenge.key)
        if kept is None:
            raise LicenceRefused(Rule.CHALLENGE, "the challenge was used, or is none of ours")
        if not same(kept.decode("ascii"), digest(text.decode("ascii"))):
            raise LicenceRefused(Rule.CHALLENGE, "the challenge was changed")
