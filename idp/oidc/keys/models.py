"""The table of our key pairs."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from idp.storage.base import Base


class KeyPurpose(StrEnum):
    """What a key is for. Tokens and receipts have a JWKS each: a receipt never verifies where a token is due,
    whatever a relying party forgets to look at."""

    TOKENS = "tokens"
    RECEIPTS = "receipts"
    REQUESTS = "requests"
    """These sign nothing: clients encrypt their requests to them (RFC 9101 section 6.1)."""


class SigningKey(Base):
    """A key pair and the dates that decide what it does: no state column that could be forgotten.

    next until `active_from`; then active until the following key of its algorithm and purpose is; then
    retired for the keeping time. A key that signs is published all that time; one that others encrypt to
    while it is active, and opens all that time.
    """

    __tablename__ = "signing_keys"

    kid: Mapped[str] = mapped_column(String(43), primary_key=True)
    """JWK thumbprint (RFC 7638)."""
    algorithm: Mapped[str] = mapped_column(String(24))
    purpose: Mapped[str] = mapped_column(String(8), default=KeyPurpose.TOKENS)
    public_jwk: Mapped[dict[str, Any]]
    private_sealed: Mapped[bytes | None]
    """PKCS #8 DER, context `sealed_for(kid)`. None once a retired receipt key signs no more: what it signed
    can be verified for years, and nothing can be signed with it by then."""
    created_at: Mapped[datetime]
    active_from: Mapped[datetime]


def sealed_for(kid: str) -> str:
    """The context of a private part: moved to another row it does not open."""
    return f"signing_key:{kid}"
