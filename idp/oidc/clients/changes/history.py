"""The versions of a registration: each whole, with who made it and when, the newest two hundred of a client.

A version is written with the change that it tells of (`changing`), never by itself. Secrets and states have
versions too: what they are is in none, that they changed is.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, String, delete, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from idp.oidc.clients.changes.manifest_texts import Difference, differences
from idp.storage.base import Base

KEPT_AT_MOST = 200
"""Of a client: no table grows with use."""
NAMES_AT_MOST = 64
NUMBER_AT_MOST = 2**31 - 1
"""PostgreSQL: INTEGER."""


class ActorKind(StrEnum):
    OPERATOR = "operator"
    """At the command line, by manifests above all."""
    PERSON = "person"
    """A member of the app's team."""
    STAFF = "staff"
    CLIENT = "client"
    """Itself, by RFC 7591 and RFC 7592."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who changes a registration. `id`: of the person, of the staff account."""

    kind: ActorKind
    id: str | None = None

    @property
    def person_id(self) -> str | None:
        """Of a member; in events."""
        return self.id if self.kind is ActorKind.PERSON else None


OPERATOR, ITSELF = Actor(ActorKind.OPERATOR), Actor(ActorKind.CLIENT)


class ClientVersion(Base):
    __tablename__ = "client_versions"

    client_id: Mapped[str] = mapped_column(
        ForeignKey("clients.client_id", ondelete="CASCADE"), primary_key=True, type_=String(64)
    )
    number: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    actor_kind: Mapped[str] = mapped_column(String(16))
    actor_id: Mapped[str | None] = mapped_column(String(64))
    metadata_json: Mapped[dict[str, Any]] = mapped_column("metadata")
    """All of it, as `ClientMetadata.to_json`."""
    changed: Mapped[list[str]]
    """Registered names; `client_secret`, `status`."""
    undone_to: Mapped[int | None]
    """The version whose registration this one brought back."""


@dataclass(frozen=True, slots=True)
class Version:
    """One of them, as pages read it."""

    number: int
    at: datetime
    actor: Actor
    metadata: dict[str, Any]
    changed: tuple[str, ...]
    undone_to: int | None


def history(session: Session, client_id: str, *, limit: int = KEPT_AT_MOST) -> tuple[Version, ...]:
    """Newest first."""
    found = select(ClientVersion).where(ClientVersion.client_id == client_id)
    rows = session.scalars(found.order_by(ClientVersion.number.desc()).limit(limit))
    return tuple(map(_version, rows))


def version(session: Session, client_id: str, number: int) -> Version | None:
    """None: there never was, or no longer is one of that number."""
    # Whoever types an address may type any number, and databases refuse those that no column holds.
    found = session.get(ClientVersion, (client_id, number)) if number <= NUMBER_AT_MOST else None
    return None if found is None else _version(found)


def difference(before: Version | None, after: Version) -> tuple[Difference, ...]:
    """Field by field. `before`: None where `after` is the first that is kept."""
    return differences({} if before is None else before.metadata, after.metadata)


def number_of(session: Session, client_id: str) -> int:
    """Of the version that stands; 0 for a client that was written before there were versions."""
    newest = select(func.max(ClientVersion.number)).where(ClientVersion.client_id == client_id)
    return session.scalar(newest) or 0


def keep(
    session: Session,
    client_id: str,
    metadata: dict[str, Any],
    changed: Iterable[str],
    *,
    actor: Actor,
    at: datetime,
    undone_to: int | None = None,
) -> int:
    """The number of the new version. Whoever calls holds the client's row; the caller commits."""
    number = number_of(session, client_id) + 1
    session.add(
        ClientVersion(
            client_id=client_id,
            number=number,
            at=at,
            actor_kind=actor.kind,
            actor_id=actor.id,
            metadata_json=metadata,
            changed=list(changed)[:NAMES_AT_MOST],
            undone_to=undone_to,
        )
    )
    session.flush()
    too_old = ClientVersion.number <= number - KEPT_AT_MOST
    session.execute(delete(ClientVersion).where(ClientVersion.client_id == client_id, too_old))
    return number


def _version(row: ClientVersion) -> Version:
    return Version(
        number=row.number,
        at=row.at,
        actor=Actor(ActorKind(row.actor_kind), row.actor_id),
        metadata=row.metadata_json,
        changed=tuple(row.changed),
        undone_to=row.undone_to,
    )
