"""The one way in which a registration is written: by manifests, by clients themselves, by the console.

Whoever writes, the same rules hold (`metadata`), and one transaction has all that belongs to it: the secret
that the method needs or no longer has, the resources, the wish for logos, a version that says who and when
(`history`), and the event.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from idp.audit import log as audit
from idp.audit.context import AuditContext
from idp.audit.events.operation import ClientRegistered, ClientSelfRegistered
from idp.crypto.digests import new_secret
from idp.oidc.clients.changes import history
from idp.oidc.clients.changes.agreed import end_what_people_allowed, reads_differently
from idp.oidc.clients.changes.history import Actor, ActorKind
from idp.oidc.clients.changes.holding import held, kept, metadata_digest, metadata_of, noted, standing_of
from idp.oidc.clients.changes.manifest_texts import differences
from idp.oidc.clients.changes.manifest_texts import fields as fields_of
from idp.oidc.clients.changes.sectors import is_the_operators, lock_sector
from idp.oidc.clients.changes.undoing import read_back
from idp.oidc.clients.changes.written import (
    Change,
    ChangedMeanwhile,
    ClientTaken,
    Frozen,
    NoSuchClient,
    NoSuchVersion,
    NotRunning,
    SectorTaken,
    Standing,
    Written,
)
from idp.oidc.clients.credentials import client_keys, named_secrets
from idp.oidc.clients.credentials.client_secrets import ClientSecrets
from idp.oidc.clients.credentials.named_secrets import Made
from idp.oidc.clients.metadata import ClientMetadata, MetadataRefused, read
from idp.oidc.clients.models import ClientRecord, ClientStatus
from idp.oidc.clients.resources import claim
from idp.oidc.logos import keeping as logos

__all__ = [
    "Change",
    "ChangedMeanwhile",
    "ClientTaken",
    "Frozen",
    "NoSuchClient",
    "NoSuchVersion",
    "NotRunning",
    "SectorTaken",
    "Standing",
    "Written",
    "add_secret",
    "change",
    "create",
    "end_registration_token",
    "freeze",
    "revoke_secret",
    "set_status",
    "standing",
    "thaw",
    "undo",
]

SECRET, STATUS, TAKEN_OVER = "client_secret", "status", "registered_by"
REGISTRATION_TOKEN = "registration_access_token"  # noqa: S105
"""What of a client changes beside its metadata."""
UNREVIEWED = frozenset({ActorKind.PERSON, ActorKind.CLIENT})
"""Whose changes of what people agreed to the operator has not looked at: people agree anew."""


def standing(session: Session, client_id: str) -> Standing:
    """Raises NoSuchClient."""
    record = session.get(ClientRecord, client_id)
    if record is None:
        raise NoSuchClient(client_id)
    return standing_of(session, record)


def create(
    session: Session,
    given: ClientMetadata | Mapping[str, Any],
    *,
    actor: Actor,
    context: AuditContext,
    secrets: ClientSecrets,
    secret: str | None = None,
    registration_mac: str | None = None,
    initial_token_id: str | None = None,
) -> Written:
    """A new client. The caller commits.

    Raises ClientTaken, MetadataRefused, ResourceTaken, and SectorTaken where a client registers itself into
    the sector of one that somebody has looked at.

    `given`: the registration, or fields under their registered names. `secret`: where it is kept elsewhere
    already; without one it is made. `registration_mac`, `initial_token_id`: of one that registers itself.
    """
    metadata = _read(given)
    if session.get(ClientRecord, metadata.client_id) is not None:
        raise ClientTaken(metadata.client_id)
    lock_sector(session, metadata.sector)
    if actor.kind is ActorKind.CLIENT and is_the_operators(session, metadata.sector):
        raise SectorTaken(metadata.sector)
    record = ClientRecord(
        client_id=metadata.client_id,
        sector=metadata.sector,
        metadata_json=metadata.to_json(),
        registration_mac=registration_mac,
        status=ClientStatus.ACTIVE,
        created_at=context.at,
        updated_at=context.at,
    )
    session.add(record)
    claim(session, record.client_id, metadata.resource_uris)
    session.flush()
    settled = named_secrets.settle(session, metadata, secret, actor=actor, context=context, secrets=secrets)
    client_keys.follow(session, record.client_id, metadata.jwks, actor=actor, at=context.at)
    logos.want(session, metadata, context.at)
    names = tuple(fields_of(record.metadata_json))
    number = history.keep(session, record.client_id, record.metadata_json, names, actor=actor, at=context.at)
    digest = metadata_digest(record.metadata_json)
    if actor.kind is ActorKind.CLIENT:
        audit.record(
            session, ClientSelfRegistered(record.client_id, digest, initial_token_id), context=context
        )
    else:
        event = ClientRegistered(record.client_id, digest, actor.kind, actor.person_id)
        audit.record(session, event, context=context)
    found = differences({}, record.metadata_json)
    return Written(record.client_id, number, Change.CREATED, found, settled.made, settled.changed)


def change(
    session: Session,
    client_id: str,
    given: ClientMetadata | Mapping[str, Any],
    *,
    actor: Actor,
    context: AuditContext,
    secrets: ClientSecrets,
    expected_version: int | None = None,
    secret: str | None = None,
    takes_over: bool = False,
    undone_to: int | None = None,
) -> Written:
    """Make the whole registration what is given: what it leaves out is gone. The caller commits.

    `expected_version`: the one that whoever edits began at. `secret`: where it is kept elsewhere already.
    `takes_over`: a client that registered itself changes itself no longer.
    Raises NoSuchClient, ChangedMeanwhile, MetadataRefused, ResourceTaken.
    """
    record = held(session, client_id)
    if expected_version is not None:
        _check_version(session, record, expected_version)
    metadata = _read(given)
    if metadata.client_id != client_id:
        raise MetadataRefused("client_id: never changes")
    if metadata.sector != record.sector:
        raise MetadataRefused("sector: never changes, or every user would become a stranger")
    before, after = record.metadata_json, metadata.to_json()
    found = differences(before, after)
    taken_over = takes_over and record.registration_mac is not None
    if taken_over:
        # The operator has looked at it; from now on nobody else changes it.
        record.registration_mac = None
    if found:
        _put(session, record, metadata, actor, context)
    settled = named_secrets.settle(session, metadata, secret, actor=actor, context=context, secrets=secrets)
    names = tuple(dict.fromkeys(one.name for one in found))
    names += (SECRET,) * settled.changed + (TAKEN_OVER,) * taken_over
    if not names:
        return Written(client_id, history.number_of(session, client_id), Change.UNCHANGED)
    number = noted(session, record, names, actor=actor, context=context, undone_to=undone_to)
    return Written(client_id, number, Change.CHANGED, found, settled.made, settled.changed)


def undo(
    session: Session,
    client_id: str,
    number: int,
    *,
    actor: Actor,
    context: AuditContext,
    secrets: ClientSecrets,
    expected_version: int | None = None,
) -> Written:
    """A new version that says what that one said, where today's rules allow it. The caller commits.

    Keys, where they are, and the name of a certificate stay as they are (`undoing`); so do secrets and the
    status, unless the method of authentication needs other secrets. Raises NoSuchVersion,
    OtherCredentialsNeeded, and what `change` raises.
    """
    # Held before it is read: a key that somebody removes at this moment must not stay.
    record = held(session, client_id)
    if expected_version is not None:
        _check_version(session, record, expected_version)
    old = history.version(session, client_id, number)
    if old is None:
        raise NoSuchVersion(f"{client_id} {number}")
    metadata = read_back(old.metadata, record.metadata_json)
    return change(
        session,
        client_id,
        metadata,
        actor=actor,
        context=context,
        secrets=secrets,
        undone_to=number,
    )


def add_secret(
    session: Session,
    client_id: str,
    label: str,
    *,
    expires_at: datetime | None,
    actor: Actor,
    context: AuditContext,
    secrets: ClientSecrets,
) -> Made:
    """One more secret beside the others. `expires_at`: None never. The caller commits.

    Raises NoSuchClient, HasNoSecret, TooManySecrets, LabelRefused.
    """
    record = held(session, client_id)
    made = named_secrets.add(
        session,
        metadata_of(record),
        label,
        expires_at=expires_at,
        actor=actor,
        context=context,
        secrets=secrets,
    )
    kept(session, record, (SECRET,), actor, context)
    return made


def revoke_secret(
    session: Session, client_id: str, secret_id: str, *, actor: Actor, context: AuditContext
) -> None:
    """At once: it proves nothing any more. The caller commits, and has its process forget the client.

    Raises NoSuchClient, NoSuchSecret.
    """
    record = held(session, client_id)
    named_secrets.revoke(session, client_id, secret_id, actor=actor, context=context)
    kept(session, record, (SECRET,), actor, context)


def end_registration_token(session: Session, client_id: str, *, actor: Actor, context: AuditContext) -> None:
    """Of one that registered itself: by what it holds (RFC 7592) it changes nothing any more, and stays one
    that nobody has looked at. The caller commits. Raises NoSuchClient."""
    record = held(session, client_id)
    if record.registration_mac is None:
        return
    # Of no token at all.
    record.registration_mac = new_secret()
    noted(session, record, (REGISTRATION_TOKEN,), actor=actor, context=context)


def set_status(
    session: Session, client_id: str, status: ClientStatus, *, actor: Actor, context: AuditContext
) -> bool:
    """Whether that changed anything. The caller commits.

    What an operator lets go on that they have suspended is as before: stopped, where its team had stopped it.
    Raises NoSuchClient, and Frozen: neither the operator nor a team lifts what the security staff have done.
    """
    record = held(session, client_id)
    if record.status == ClientStatus.FROZEN:
        raise Frozen(client_id)
    if status == ClientStatus.ACTIVE and record.status == ClientStatus.SUSPENDED and record.is_paused:
        status = ClientStatus.PAUSED
    if record.status == status:
        return False
    if status != ClientStatus.SUSPENDED:
        record.is_paused = status == ClientStatus.PAUSED
    _turn(session, record, status, actor, context)
    return True


def freeze(session: Session, client_id: str, *, actor: Actor, context: AuditContext) -> None:
    """By the security staff: what is active, or stopped by its own team, which would let it go on. The caller
    commits. Raises NoSuchClient, Frozen, NotRunning."""
    record = held(session, client_id)
    if record.status == ClientStatus.FROZEN:
        raise Frozen(client_id)
    if record.status == ClientStatus.SUSPENDED:
        raise NotRunning(client_id)
    _turn(session, record, ClientStatus.FROZEN, actor, context)


def thaw(session: Session, client_id: str, *, actor: Actor, context: AuditContext) -> None:
    """As it was: what its team had stopped stays stopped. The caller commits.

    Raises NoSuchClient, and NotRunning where nobody froze it.
    """
    record = held(session, client_id)
    if record.status != ClientStatus.FROZEN:
        raise NotRunning(client_id)
    before = ClientStatus.PAUSED if record.is_paused else ClientStatus.ACTIVE
    _turn(session, record, before, actor, context)


def _turn(
    session: Session, record: ClientRecord, status: ClientStatus, actor: Actor, context: AuditContext
) -> None:
    record.status = status
    noted(session, record, (STATUS,), actor=actor, context=context)


def _put(
    session: Session, record: ClientRecord, metadata: ClientMetadata, actor: Actor, context: AuditContext
) -> None:
    before = metadata_of(record)
    record.metadata_json = metadata.to_json()
    claim(session, record.client_id, metadata.resource_uris)
    if (before.jwks, before.jwks_uri) != (metadata.jwks, metadata.jwks_uri):
        client_keys.follow(session, record.client_id, metadata.jwks, actor=actor, at=context.at)
    if before.localized.get(logos.LOGO_URI) != metadata.localized.get(logos.LOGO_URI):
        logos.want(session, metadata, context.at)
    if actor.kind in UNREVIEWED and reads_differently(before, metadata):
        # People agreed to what stood on the page.
        end_what_people_allowed(session, record.client_id)


def _check_version(session: Session, record: ClientRecord, expected: int) -> None:
    """Raises ChangedMeanwhile, where the registration itself reads differently since."""
    current = history.number_of(session, record.client_id)
    if current == expected:
        return
    began = history.version(session, record.client_id, expected)
    if began is not None and began.metadata == record.metadata_json:
        return
    since = tuple(one for one in history.history(session, record.client_id) if one.number > expected)
    raise ChangedMeanwhile(standing_of(session, record), since)


def _read(given: ClientMetadata | Mapping[str, Any]) -> ClientMetadata:
    """Raises MetadataRefused."""
    return given if isinstance(given, ClientMetadata) else read(given)
