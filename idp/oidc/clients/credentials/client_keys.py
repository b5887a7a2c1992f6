"""What is known of the public keys of a client, beside themselves: a row each.

They stand in the registration (`jwks`), which alone says what counts; a row follows it in the same
transaction, and has what its owners call the key, who brought it, until when it is good, and when it was
last used. Of keys behind a `jwks_uri` there is a row for each that has proved the client (`FetchedKeys`).
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, ForeignKey, String, delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from idp.crypto.digests import digest
from idp.oidc.clients.changes.history import Actor, ActorKind
from idp.oidc.clients.credentials.key_reading import found_in
from idp.oidc.clients.credentials.last_used import MarkedRow
from idp.oidc.clients.models import ClientRecord
from idp.storage.base import Base

NAME_CHARACTERS_AT_MOST, KID_CHARACTERS_AT_MOST = 60, 256
FETCHED_AT_MOST, SWEPT_AT_ONCE = 20, 100
"""Of a client with a `jwks_uri`: so many kids are remembered."""


class ClientKey(MarkedRow, Base):
    __tablename__ = "client_keys"

    id: Mapped[str] = mapped_column(String(43), primary_key=True)
    """Of client and kid: `id_of`."""
    client_id: Mapped[str] = mapped_column(ForeignKey("clients.client_id", ondelete="CASCADE"), index=True)
    kid: Mapped[str] = mapped_column(String(KID_CHARACTERS_AT_MOST))
    """To be shown; `id` is what it is told by."""
    name: Mapped[str] = mapped_column(String(NAME_CHARACTERS_AT_MOST))
    made_by_kind: Mapped[str] = mapped_column(String(16))
    """As of `history.ActorKind`: who brought it."""
    made_by: Mapped[str | None] = mapped_column(String(64))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime | None] = mapped_column(index=True)
    warned_at: Mapped[datetime | None]


def id_of(client_id: str, kid: str) -> str:
    """A kid is the client's own, of any length and any characters."""
    return digest(f"{client_id} {kid}")


def follow(
    session: Session, client_id: str, jwks: Mapping[str, Any] | None, *, actor: Actor, at: datetime
) -> None:
    """Rows for the keys that are registered now, and for no others. The caller commits."""
    found = {} if jwks is None else {id_of(client_id, one.kid): one for one in found_in(jwks)}
    rows = {row.id: row for row in of_client(session, client_id)}
    for key, row in rows.items():
        if key not in found:
            session.delete(row)
    for key, one in found.items():
        known = rows.get(key)
        if known is not None:
            known.expires_at = one.expires_at
            continue
        session.add(
            ClientKey(
                id=key,
                client_id=client_id,
                kid=plain(one.kid),
                name="",
                made_by_kind=actor.kind,
                made_by=actor.id,
                created_at=at,
                expires_at=one.expires_at,
            )
        )
    session.flush()


def of_client(session: Session, client_id: str) -> tuple[ClientKey, ...]:
    found = select(ClientKey).where(ClientKey.client_id == client_id)
    return tuple(session.scalars(found.order_by(ClientKey.created_at, ClientKey.id)))


def name(session: Session, client_id: str, kids: Iterable[str], words: str) -> None:
    """What its owners call these keys. The caller commits."""
    for kid in kids:
        row = session.get(ClientKey, id_of(client_id, kid))
        if row is not None:
            row.name = words[:NAME_CHARACTERS_AT_MOST]


class FetchedKeys:
    """Keys behind a `jwks_uri`, of which there is no row before they are used."""

    @staticmethod
    def key(client_id: str, kid: str) -> str:
        return f"{client_id} {kid[:KID_CHARACTERS_AT_MOST]}"

    @staticmethod
    def note_use(connection: Connection, key: str, day: date, now: datetime) -> None:
        """That a key proved the client on that day. A client that makes up a kid each time has its latest."""
        client_id, _blank, kid = key.partition(" ")
        metadata = connection.scalar(
            select(ClientRecord.metadata_json).where(ClientRecord.client_id == client_id)
        )
        if metadata is None or metadata.get("jwks_uri") is None:
            return  # It was changed since.
        values = {
            "id": id_of(client_id, kid),
            "client_id": client_id,
            "kid": plain(kid),
            "name": "",
            "made_by_kind": ActorKind.CLIENT.value,
            "created_at": now,
            "last_used_on": day,
        }
        dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
        connection.execute(
            dialect.insert(ClientKey)
            .values(values)
            .on_conflict_do_update(index_elements=["id"], set_={"last_used_on": day})
        )
        theirs = select(ClientKey.id).where(ClientKey.client_id == client_id)
        newest = theirs.order_by(ClientKey.last_used_on.desc(), ClientKey.created_at.desc(), ClientKey.id)
        old = newest.offset(FETCHED_AT_MOST).limit(SWEPT_AT_ONCE)
        gone = connection.scalars(old).all()
        connection.execute(delete(ClientKey).where(ClientKey.id.in_(gone)))


def plain(said: str) -> str:
    """What a key says of itself, as it is shown.

    Who writes keys says what they like, PostgreSQL takes NUL in no text, and no page has half a character.
    """
    return "".join(one for one in said[:KID_CHARACTERS_AT_MOST] if one.isprintable())
