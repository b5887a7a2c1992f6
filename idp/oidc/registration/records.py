"""Rows of clients that registered themselves: written, replaced, taken away, each with its event.

Who holds the registration access token (RFC 7592) is the client. A keyed MAC of it is kept, bound to the
client's id, so that a row copied to another client does not open it.
"""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, exists, select
from sqlalchemy.orm import Session

from idp.audit import log as audit
from idp.audit.context import AuditContext
from idp.audit.events.operation import ClientChanged, ClientDeleted, ClientSelfRegistered
from idp.audit.fields import MOST_ITEMS
from idp.crypto.digests import keyed, same
from idp.oidc.clients.client_secrets import ClientSecrets
from idp.oidc.clients.metadata import ClientMetadata, from_json
from idp.oidc.clients.models import ClientRecord, ClientResource, ClientStatus
from idp.oidc.clients.uris import csp_source
from idp.oidc.logos import keeping as logos
from idp.oidc.logos.models import ClientLogo
from idp.oidc.sharing import Consent
from idp.oidc.token.offline_grants import OfflineGrant
from idp.session_clients import SessionClient
from idp.storage.database import deleted

BY_ITSELF = "by-itself"
UNUSED = "unused"
BY_THE_OPERATOR = "by-the-operator"


class NotTheirs(Exception):
    """No client of that id whose registration access token this is."""


class Suspended(Exception):
    """The operator has stopped the client: it changes nothing, itself least of all."""


@dataclass(frozen=True, slots=True, repr=False)
class Keys:
    """What secrets are kept with. `registrations`: of the MACs of registration access tokens."""

    secrets: ClientSecrets
    registrations: bytes


@dataclass(frozen=True, slots=True, repr=False)
class Written:
    """A registration as it stands, and a secret that was made now."""

    metadata: ClientMetadata
    issued_at: datetime
    new_secret: str | None = None


def token_mac(key: bytes, client_id: str, token: str) -> str:
    return keyed(key, client_id, token)


def create(
    session: Session,
    metadata: ClientMetadata,
    token: str,
    keys: Keys,
    *,
    initial_token_id: str | None,
    context: AuditContext,
) -> Written:
    """The caller commits."""
    record = ClientRecord(
        client_id=metadata.client_id,
        sector=metadata.sector,
        metadata_json=metadata.to_json(),
        secret_mac=None,
        secret_sealed=None,
        registration_mac=token_mac(keys.registrations, metadata.client_id, token),
        status=ClientStatus.ACTIVE,
        created_at=context.at,
        updated_at=context.at,
    )
    secret = keys.secrets.ensure(record, metadata)
    session.add(record)
    logos.want(session, metadata, context.at)
    event = ClientSelfRegistered(metadata.client_id, _digest(record.metadata_json), initial_token_id)
    audit.record(session, event, context=context)
    return Written(metadata, record.created_at, secret)


def find(session: Session, client_id: str, token: str, keys: Keys, *, to_write: bool) -> ClientRecord:
    """Raises NotTheirs, Suspended. `to_write`: nobody else changes the row until the transaction ends."""
    statement = select(ClientRecord).where(ClientRecord.client_id == client_id)
    record = session.scalar(statement.with_for_update() if to_write else statement)
    mac = token_mac(keys.registrations, client_id, token)
    # Compared in any case: who has no such client waits as long.
    is_theirs = same(mac, (record.registration_mac if record else None) or "")
    if record is None or not is_theirs:
        raise NotTheirs
    if record.status != ClientStatus.ACTIVE:
        raise Suspended
    return record


def standing(record: ClientRecord) -> Written:
    stored = {**record.metadata_json, "client_id": record.client_id, "sector": record.sector}
    return Written(from_json(stored), record.created_at)


def replace(
    session: Session, record: ClientRecord, metadata: ClientMetadata, keys: Keys, *, context: AuditContext
) -> Written:
    """RFC 7592 section 2.2: what was left out is gone. The caller commits."""
    before, after = standing(record).metadata, metadata.to_json()
    changed = sorted(
        name for name in record.metadata_json | after if record.metadata_json.get(name) != after.get(name)
    )
    record.metadata_json = after
    if before.localized.get(logos.LOGO_URI) != metadata.localized.get(logos.LOGO_URI):
        logos.want(session, metadata, context.at)
    secret = keys.secrets.ensure(record, metadata)
    if not changed and secret is None:
        return Written(metadata, record.created_at)
    record.updated_at = context.at
    if _reads_differently(before, metadata):
        # People agreed to what stood on the page.
        _end_what_people_allowed(session, record.client_id)
    names = tuple(changed[:MOST_ITEMS]) or ("client_secret",)
    event = ClientChanged(record.client_id, _digest(after), names)
    audit.record(session, event, context=context)
    return Written(metadata, record.created_at, secret)


def remove(session: Session, client_id: str, reason: str, *, context: AuditContext) -> None:
    """The client and everything that rests on it. The caller commits.

    Tokens that live in the ephemeral store end with the consent and the client that they name.
    """
    # A consent that is being given waits, and then finds no client: none is left behind.
    session.execute(
        select(ClientRecord.client_id).where(ClientRecord.client_id == client_id).with_for_update()
    )
    consents, grants = _end_what_people_allowed(session, client_id)
    session.execute(delete(ClientResource).where(ClientResource.client_id == client_id))
    session.execute(delete(ClientLogo).where(ClientLogo.client_id == client_id))
    session.execute(delete(SessionClient).where(SessionClient.client_id == client_id))
    session.execute(delete(ClientRecord).where(ClientRecord.client_id == client_id))
    audit.record(session, ClientDeleted(client_id, reason, consents, grants), context=context)


def sweep(session: Session, now: datetime, *, days: int) -> int:
    """Drop clients that registered themselves and that nobody uses: anybody can make them. How many."""
    agreed = exists().where(Consent.client_id == ClientRecord.client_id)
    unused = select(ClientRecord.client_id).where(
        ClientRecord.registration_mac.is_not(None),
        ClientRecord.updated_at <= now - timedelta(days=days),
        # What the security staff froze stays to be looked at.
        ClientRecord.status != ClientStatus.FROZEN,
        ~agreed,
    )
    # Whoever is being agreed with at this moment is locked, and not unused.
    found = session.scalars(unused.limit(SWEPT_AT_ONCE).with_for_update(skip_locked=True)).all()
    for client_id in found:
        remove(session, client_id, UNUSED, context=AuditContext(at=now, actor="worker"))
    return len(found)


SWEPT_AT_ONCE = 500


def _end_what_people_allowed(session: Session, client_id: str) -> tuple[int, int]:
    """How many consents and how many grants with offline access."""
    grants = deleted(session, delete(OfflineGrant).where(OfflineGrant.client_id == client_id))
    return deleted(session, delete(Consent).where(Consent.client_id == client_id)), grants


def _reads_differently(before: ClientMetadata, after: ClientMetadata) -> bool:
    return before.localized.get("client_name") != after.localized.get("client_name") or (
        _places(before) != _places(after)
    )


def _places(metadata: ClientMetadata) -> frozenset[str]:
    """Where answers go, as the page names it: an app has a scheme and no host."""
    return frozenset(map(csp_source, metadata.redirect_uris))


def _digest(metadata: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(metadata, sort_keys=True).encode()).hexdigest()
