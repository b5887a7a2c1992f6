"""From a sign-in to the host where browsers show the certificate of a USB key, and back.

    page of the sign-in --ticket--> host of the keys --receipt--> the same page, in the same browser

A browser shows a certificate to whoever asks at that host, maybe without asking its owner. So what is shown
there goes back through the browser that showed it, under a secret that nobody else has, and is good for the
sign-in of that browser alone: a link to that host that somebody sends round brings them nothing. Each way is
one `take` of the ephemeral store.
"""

import json
from dataclasses import dataclass
from typing import Final

from idp.crypto.digests import digest, new_secret, same
from idp.crypto.fields import CannotOpen, FieldCipher
from idp.storage.ephemeral import EphemeralStore

RECEIPT_SECONDS: Final = 60


class HandoverGone(Exception):
    """Unknown, used or too old; or of another sign-in or another browser."""


@dataclass(frozen=True, slots=True)
class Receipt:
    interaction_id: str
    """Where to go back to."""
    secret: str


@dataclass(frozen=True, slots=True)
class Handovers:
    store: EphemeralStore
    cipher: FieldCipher
    seconds: int
    """For choosing a certificate and typing the PIN."""

    def begin(self, interaction_id: str, bound_to: str) -> str:
        """The ticket. `bound_to`: a secret of this sign-in in this browser."""
        ticket = new_secret()
        value = json.dumps([interaction_id, digest(bound_to)]).encode()
        self.store.put(_key("ticket", ticket), value, seconds=self.seconds)
        return ticket

    def show(self, ticket: str, certificate: bytes | None) -> Receipt:
        """At the host of the keys, which knows no cookie. Raises HandoverGone."""
        found = self.store.take(_key("ticket", ticket))
        if found is None:
            raise HandoverGone
        interaction_id, bound_to = json.loads(found)
        secret = new_secret()
        key = _key("shown", secret)
        value = json.dumps(
            [bound_to, None if certificate is None else certificate.decode("ascii", "replace")]
        )
        self.store.put(key, self.cipher.seal(value, context=key), seconds=RECEIPT_SECONDS)
        return Receipt(interaction_id, secret)

    def take(self, secret: str, bound_to: str) -> bytes | None:
        """The certificate in PEM; None where none was shown. Used up in any case. Raises HandoverGone."""
        key = _key("shown", secret)
        found = self.store.take(key)
        if found is None:
            raise HandoverGone
        try:
            expected, certificate = json.loads(self.cipher.open_text(found, context=key))
        except CannotOpen:
            raise HandoverGone from None
        if not same(expected, digest(bound_to)):
            raise HandoverGone
        return None if certificate is None else str(certificate).encode("ascii", "replace")


def _key(what: str, secret: str) -> str:
    return f"licence-{what}:{digest(secret)}"
