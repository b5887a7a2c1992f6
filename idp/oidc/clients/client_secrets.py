"""The secrets of clients: made by the machine, 256 bits each, shown once.

What is kept of a secret is a keyed HMAC, which shows whether it is the right one and never what it is. A
client that authenticates by `client_secret_jwt` makes MACs with its secret (OpenID Connect Core 1.0 section
9), and who checks a MAC has to know the secret: of those clients, and of no other, it is kept sealed too.
"""

from dataclasses import dataclass
from typing import Protocol

from idp.crypto.digests import keyed, new_secret, same
from idp.crypto.fields import FieldCipher
from idp.oidc.clients.metadata import Client, ClientMetadata
from idp.oidc.clients.models import ClientRecord
from idp.people.reencrypt import SealedTable

SECRET_BYTES = 32
"""RFC 7518 section 3.2: a key of HS256 is at least as long as the digest. The text is longer still."""
CONTEXT = "client.secret"
SEALED = SealedTable(ClientRecord, {"secret_sealed": CONTEXT}, key="client_id")
"""For re-encryption."""
NO_SECRET = keyed(bytes(32), "no client has this")


class Row(Protocol):
    """What of a client's row concerns its secret."""

    client_id: str
    secret_mac: str | None
    secret_sealed: bytes | None


def new_client_secret() -> str:
    return new_secret(SECRET_BYTES)


def secret_mac(key: bytes, client_id: str, secret: str) -> str:
    """Bound to its client: a row copied to another client does not open it."""
    return keyed(key, client_id, secret)


@dataclass(frozen=True, slots=True, repr=False)
class ClientSecrets:
    """Keeps and checks secrets. `key`: of the MACs that are kept."""

    key: bytes
    cipher: FieldCipher

    def mac(self, client_id: str, secret: str) -> str:
        return secret_mac(self.key, client_id, secret)

    def is_right(self, client: Client | None, client_id: str, secret: str) -> bool:
        """Takes as long for an unknown client as for a known one."""
        return same(
            self.mac(client_id, secret), client.secret_mac if client and client.secret_mac else NO_SECRET
        )

    def opened(self, client: Client) -> bytes | None:
        """The octets that the client's MACs are made with; None when they are not known.

        OpenID Connect Core 1.0 section 10.1: those of the secret's text in UTF-8.
        """
        if client.secret_sealed is None:
            return None
        return self.cipher.open(client.secret_sealed, context=_context(client.client_id))

    def put(self, row: Row, metadata: ClientMetadata, secret: str) -> bool:
        """Make this the client's secret, kept as its method needs it. True when anything changed."""
        mac = self.mac(row.client_id, secret)
        is_new = row.secret_mac is None or not same(row.secret_mac, mac)
        row.secret_mac = mac
        if metadata.secret_is_known and (is_new or row.secret_sealed is None):
            row.secret_sealed = self.cipher.seal(secret, context=_context(row.client_id))
            return True
        return self._forget(row, metadata) or is_new

    def settle(self, row: Row, metadata: ClientMetadata) -> tuple[bool, bool]:
        """Drop what the method does not need. Whether that changed anything; whether a secret is missing.

        A secret of which only the MAC was kept cannot be known again: for `client_secret_jwt` it is missing.
        """
        dropped = self._forget(row, metadata)
        if not metadata.has_secret:
            dropped, row.secret_mac = dropped or row.secret_mac is not None, None
            return dropped, False
        return dropped, row.secret_mac is None or (metadata.secret_is_known and row.secret_sealed is None)

    def ensure(self, row: Row, metadata: ClientMetadata) -> str | None:
        """A secret that was made now: where the method has one and there is none of its kind yet."""
        _, is_missing = self.settle(row, metadata)
        if not is_missing:
            return None
        secret = new_client_secret()
        self.put(row, metadata, secret)
        return secret

    def _forget(self, row: Row, metadata: ClientMetadata) -> bool:
        if metadata.secret_is_known or row.secret_sealed is None:
            return False
        row.secret_sealed = None
        return True


def _context(client_id: str) -> str:
    return f"{CONTEXT}:{client_id}"
