"""Which logos there are, and when they are looked at: as soon as a client is written, and never again.

Whoever looked at a logo, the staff that approved it or the people who agreed, saw a picture and no address;
what stands at the address later is another one that nobody saw. So our copy stays as long as the
registration names the address, and another picture takes another address, which is looked at as any change.
Only where none could be made yet the address is asked once a week.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy import Connection, delete, select, update
from sqlalchemy.orm import Session

from idp.crypto.digests import base64url, digest
from idp.oidc.clients.metadata import ClientMetadata
from idp.oidc.clients.models import ClientRecord
from idp.oidc.logos.models import ClientLogo
from idp.storage import outbox

KIND = "client-logo"
LOGO_URI = "logo_uri"
ADDRESSES_AT_MOST = 3
"""Of a client, in whatever languages."""
LOOKED_AT_EVERY = timedelta(days=7)
LOOKED_AT_ONCE = 50
TRIED_FOR = timedelta(hours=6)


def addresses(metadata: ClientMetadata) -> tuple[str, ...]:
    """Each once."""
    return _first(metadata.localized)


def addresses_of(record: ClientRecord) -> tuple[str, ...]:
    """The same of a row, as it is at this moment."""
    return _first(record.metadata_json.get("localized", {}))


def _first(localized: Mapping[str, Mapping[str, str]]) -> tuple[str, ...]:
    uris = dict.fromkeys(uri for uri in localized.get(LOGO_URI, {}).values() if uri)
    return tuple(uris)[:ADDRESSES_AT_MOST]


@dataclass(frozen=True, slots=True)
class Wanted:
    """One address of one client, for the worker."""

    client_id: str
    uri: str

    def written(self) -> bytes:
        return json.dumps(asdict(self)).encode()

    @classmethod
    def read(cls, payload: bytes) -> "Wanted":
        return cls(**json.loads(payload))


def want(session: Session, metadata: ClientMetadata, now: datetime) -> None:
    """Have the worker bring a client's logos up to date, and drop those that are its no longer.

    The caller commits, with the registration.
    """
    client_id, uris = metadata.client_id, addresses(metadata)
    session.flush()
    others = ClientLogo.uri_digest.not_in([digest(uri) for uri in uris])
    session.execute(delete(ClientLogo).where(ClientLogo.client_id == client_id, others))
    for uri in uris:
        _want(session, Wanted(client_id, uri), now)


def _want(session: Session, wanted: Wanted, now: datetime) -> None:
    outbox.enqueue(session, KIND, wanted.written(), now=now, expires_at=now + TRIED_FOR)


def of_client(connection: Connection, client_id: str, uri: str) -> str | None:
    """The digest of the picture that stands for an address; None: there is none (yet)."""
    statement = select(ClientLogo.digest).where(
        ClientLogo.client_id == client_id, ClientLogo.uri_digest == digest(uri)
    )
    return connection.execute(statement).scalar_one_or_none()


def stands(session: Session, client_id: str, uri: str) -> bool:
    """Whether a picture was made of what came from there."""
    found = session.get(ClientLogo, (client_id, digest(uri)))
    return found is not None and found.digest is not None


def picture(connection: Connection, name: str) -> bytes | None:
    """By its digest."""
    statement = select(ClientLogo.png).where(ClientLogo.digest == name).limit(1)
    return connection.execute(statement).scalar_one_or_none()


def keep(session: Session, client_id: str, uri: str, png: bytes | None, now: datetime) -> bool:
    """Whether that changed anything. The caller commits."""
    found = session.get(ClientLogo, (client_id, digest(uri)))
    is_new = found is None
    if found is None:
        found = ClientLogo(client_id=client_id, uri_digest=digest(uri))
        session.add(found)
    made = None if png is None else _digest_of(png)
    changed = is_new or found.digest != made
    found.digest, found.png, found.looked_at = made, png, now
    return changed


def look_again(session: Session, now: datetime) -> int:
    """Have those looked at again that gave no picture, a week ago; how many clients'. The caller commits."""
    without = ClientLogo.digest.is_(None)
    stale = select(ClientLogo.client_id).where(ClientLogo.looked_at <= now - LOOKED_AT_EVERY, without)
    found = session.scalars(stale.distinct().limit(LOOKED_AT_ONCE)).all()
    for client_id in found:
        looked_at = update(ClientLogo).where(ClientLogo.client_id == client_id, without)
        session.execute(looked_at.values(looked_at=now))
        record = session.get_one(ClientRecord, client_id)
        for uri in addresses_of(record):
            _want(session, Wanted(client_id, uri), now)
    return len(found)


def _digest_of(png: bytes) -> str:
    return base64url(sha256(png).digest())
