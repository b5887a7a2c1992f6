"""The secrets of clients: made by the machine, 256 bits each, shown once; several at a time, by name.

What is kept of a secret is a keyed HMAC, which shows whether it is the right one and never what it is. A
client that authenticates by `client_secret_jwt` makes MACs with its secret (OpenID Connect Core 1.0 section
9), and who checks a MAC has to know the secret: of those clients, and of no other, it is kept sealed too.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from idp.crypto.digests import keyed, new_secret, same
from idp.crypto.fields import CannotOpen, FieldCipher
from idp.oidc.clients.credentials.kept_secret import SECRETS_AT_MOST, KeptSecret
from idp.oidc.clients.credentials.last_used import MarkedRow
from idp.oidc.clients.metadata import Client, ClientMetadata
from idp.people.reencrypt import SealedTable
from idp.storage.base import Base, Id

SECRET_BYTES = 32
"""RFC 7518 section 3.2: a key of HS256 is at least as long as the digest. The text is longer still."""
LABEL_CHARACTERS_AT_MOST = 60
CONTEXT = "client.secret"
NOBODYS = (KeptSecret("nobody", keyed(bytes(32), "no client has this")),) * SECRETS_AT_MOST


class ClientSecret(MarkedRow, Base):
    __tablename__ = "client_secrets"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    client_id: Mapped[str] = mapped_column(ForeignKey("clients.client_id", ondelete="CASCADE"), index=True)
    label: Mapped[str] = mapped_column(String(LABEL_CHARACTERS_AT_MOST))
    """What its owners call it, such as where it is used; nothing where it was made with the client."""
    mac: Mapped[str] = mapped_column(String(43))
    secret_sealed: Mapped[bytes | None]
    """Of clients with `client_secret_jwt` alone."""
    made_by_kind: Mapped[str] = mapped_column(String(16))
    """As of `history.ActorKind`."""
    made_by: Mapped[str | None] = mapped_column(String(64))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime | None] = mapped_column(index=True)
    warned_at: Mapped[datetime | None]
    """When its owners were told that it runs out."""


SEALED = SealedTable(ClientSecret, {"secret_sealed": CONTEXT}, bound_to="client_id")
"""For re-encryption."""


def new_client_secret() -> str:
    return new_secret(SECRET_BYTES)


def secret_mac(key: bytes, client_id: str, secret: str) -> str:
    """Bound to its client: a row copied to another client does not open it."""
    return keyed(key, client_id, secret)


@dataclass(frozen=True, slots=True, repr=False)
class ClientSecrets:
    """Keeps and checks secrets. `key`: of the MACs that are kept; `same`: compares two in constant time."""

    key: bytes
    cipher: FieldCipher
    days: int | None = None
    """After which one expires that is made with a registration; None: never."""
    renewed_before: timedelta = timedelta(days=30)
    """A client that looks after itself gets another one this long before."""
    same: Callable[[str, str], bool] = same

    def ends(self, now: datetime) -> datetime | None:
        """When one expires that is made now."""
        return None if self.days is None else now + timedelta(days=self.days)

    def mac(self, client_id: str, secret: str) -> str:
        return secret_mac(self.key, client_id, secret)

    def which(self, client: Client | None, client_id: str, secret: str, now: datetime) -> KeptSecret | None:
        """Of the client's secrets the one that this is; None of an expired one.

        It takes as long for an unknown client as for a known one, with however many secrets, and whichever of
        them it is: always as many MACs are compared as a client may have secrets.
        """
        mac, found = self.mac(client_id, secret), None
        kept = client.secrets if client is not None else ()
        for one in (*kept, *NOBODYS)[:SECRETS_AT_MOST]:
            if self.same(mac, one.mac) and not one.is_expired(now):
                found = one
        return found

    def opened(self, client: Client, now: datetime) -> tuple[tuple[KeptSecret, bytes], ...]:
        """Those of the client's that are good now, with the octets that its MACs are made with.

        OpenID Connect Core 1.0 section 10.1: those of the secret's text in UTF-8. Raises CannotOpen.
        """
        context = sealed_context(client.client_id)
        found = []
        for one in client.secrets:
            if one.sealed is None or one.is_expired(now):
                continue
            secret = self.cipher.open(one.sealed, context=context)
            if not same(self.mac(client.client_id, secret.decode()), one.mac):
                raise CannotOpen("it is another secret than the row's")
            found.append((one, secret))
        return tuple(found)

    def keep(self, row: ClientSecret, metadata: ClientMetadata, secret: str) -> bool:
        """Make this the row's secret, kept as the client's method needs it. True when anything changed."""
        mac = self.mac(row.client_id, secret)
        is_new = not same(row.mac or "", mac)
        row.mac = mac
        if not metadata.secret_is_known:
            was_known, row.secret_sealed = row.secret_sealed is not None, None
            return is_new or was_known
        if is_new or row.secret_sealed is None:
            row.secret_sealed = self.cipher.seal(secret, context=sealed_context(row.client_id))
            return True
        return False


def sealed_context(client_id: str) -> str:
    return f"{CONTEXT}:{client_id}"
