"""The table of clients. Everything that runs uses the frozen `Client` that is read from it."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, String, false
from sqlalchemy.orm import Mapped, mapped_column

from idp.storage.base import Base


class ClientStatus(StrEnum):
    ACTIVE = "active"
    PAUSED = "paused"
    """By its own team (`idp.apps`)."""
    SUSPENDED = "suspended"
    """By the operator."""
    FROZEN = "frozen"
    """By the security staff (`idp.measures`), who alone thaw it."""


class ClientRecord(Base):
    __tablename__ = "clients"

    client_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    sector: Mapped[str] = mapped_column(String(255))
    """What pairwise `sub` values hang on. Written once: a change would make strangers of all users."""
    metadata_json: Mapped[dict[str, Any]] = mapped_column("metadata")
    """Client metadata under its registered names (RFC 7591 section 2, OpenID Connect Registration)."""
    registration_mac: Mapped[str | None] = mapped_column(String(43))
    """Keyed HMAC of the registration access token (RFC 7592) of a client that registered itself; None for
    clients of the operator's."""
    status: Mapped[str] = mapped_column(String(16), default=ClientStatus.ACTIVE)
    """What counts: of several who have stopped it the gravest. Written by `changes.changing` alone."""
    is_paused: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Its team has stopped it, whoever else has: where the others let it go on, it stays stopped."""
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    ended_before: Mapped[datetime | None]
    """Of what was issued to it up to this moment nothing opens anything any more."""


class ClientResource(Base):
    """A resource that a client serves (RFC 8707). One client alone: it may introspect its tokens."""

    __tablename__ = "client_resources"

    uri: Mapped[str] = mapped_column(String(512), primary_key=True)
    client_id: Mapped[str] = mapped_column(ForeignKey("clients.client_id"))
