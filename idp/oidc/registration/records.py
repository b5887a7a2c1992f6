"""Rows of clients that registered themselves: written, replaced, taken away, each with its event.

Who holds the registration access token (RFC 7592) is the client. A keyed MAC of it is kept, bound to the
client's id, so that a row copied to another client does not open it.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, exists, select
from sqlalchemy.orm import Session

from idp.audit import log as audit
from idp.audit.context import AuditContext
from idp.audit.events.operation import ClientDeleted
from idp.crypto.digests import keyed, same
from idp.oidc.clients.changes import changing
from idp.oidc.clients.changes.agreed import end_what_people_allowed
from idp.oidc.clients.changes.history import ITSELF
from idp.oidc.clients.credentials.client_secrets import ClientSecrets
from idp.oidc.clients.credentials.named_secrets import Made
from idp.oidc.clients.metadata import ClientMetadata, from_json
from idp.oidc.clients.models import ClientRecord, ClientResource, ClientStatus
from idp.oidc.logos.models import ClientLogo
from idp.oidc.sharing import Consent
from idp.session_clients import SessionClient

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
    made: Made | None = None


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
    made = changing.create(
        session,
        metadata,
        actor=ITSELF,
        context=context,
        secrets=keys.secrets,
        registration_mac=token_mac(keys.registrations, metadata.client_id, token),
        initial_token_id=initial_token_id,
    )
    return Written(metadata, context.at, made.made)


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
    changed = changing.change(
        session, record.client_id, metadata, actor=ITSELF, context=context, secrets=keys.secrets
    )
    return Written(metadata, record.created_at, changed.made)


def remove(session: Session, client_id: str, reason: str, *, context: AuditContext) -> None:
    """The client and everything that rests on it. The caller commits.

    Tokens that live in the ephemeral store end with the consent and the client that they name.
    """
    # A consent that is being given waits, and then finds no client: none is left behind.
    session.execute(
        select(ClientRecord.client_id).where(ClientRecord.client_id == client_id).with_for_update()
    )
    consents, grants = end_what_people_allowed(session, client_id)
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
