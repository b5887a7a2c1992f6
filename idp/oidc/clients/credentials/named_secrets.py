"""Secrets of a client by name: one is made before the other is revoked, and nothing stands still in between.

Whoever sees a secret sees it once, when it is made. Revoking ends it in this process at once and in every
other within the seconds that the cache of clients keeps (`cache.SECONDS`).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from idp.audit import log as audit
from idp.audit.context import AuditContext
from idp.audit.events.client_secrets import ClientSecretMade, ClientSecretRevoked
from idp.oidc.clients.changes.history import Actor, ActorKind
from idp.oidc.clients.credentials import former_secrets
from idp.oidc.clients.credentials.client_secrets import (
    LABEL_CHARACTERS_AT_MOST,
    ClientSecret,
    ClientSecrets,
    new_client_secret,
)
from idp.oidc.clients.credentials.kept_secret import SECRETS_AT_MOST
from idp.oidc.clients.metadata import ClientMetadata
from idp.storage.base import new_id
from idp.storage.database import deleted

SHARED = "secret_file"
"""The label of the one that a sandbox's manifest shares with its portal."""
EXPIRED_KEPT = timedelta(days=30)
"""Who asks why nothing works any more sees for so long that it ran out."""


class HasNoSecret(Exception):
    """The client proves itself otherwise, or not at all."""


class TooManySecrets(Exception):
    """There are as many as a client may have, and none of them has expired."""


class NoSuchSecret(Exception):
    """Of this client's."""


class LabelRefused(ValueError):
    """Empty, too long, or with characters that nobody sees."""


@dataclass(frozen=True, slots=True)
class Made:
    """A secret that was made now: to be shown once."""

    id: str
    secret: str = field(repr=False)
    expires_at: datetime | None


@dataclass(frozen=True, slots=True)
class Settled:
    """What became of a client's secrets when its registration changed."""

    made: Made | None
    changed: bool


def of_client(session: Session, client_id: str) -> list[ClientSecret]:
    """The oldest first, expired ones too."""
    found = select(ClientSecret).where(ClientSecret.client_id == client_id)
    return list(session.scalars(found.order_by(ClientSecret.id)))


def add(
    session: Session,
    metadata: ClientMetadata,
    label: str,
    *,
    expires_at: datetime | None,
    actor: Actor,
    context: AuditContext,
    secrets: ClientSecrets,
) -> Made:
    """One more. Whoever calls holds the client's row; the caller commits.

    Raises HasNoSecret, TooManySecrets, LabelRefused.
    """
    if not metadata.has_secret:
        raise HasNoSecret(metadata.client_id)
    _check_label(label)
    rows = of_client(session, metadata.client_id)
    if len(rows) >= SECRETS_AT_MOST and not _drop_an_expired_one(session, rows, context.at):
        raise TooManySecrets(metadata.client_id)
    return _make(session, metadata, label, new_client_secret(), expires_at, secrets, actor, context)


def revoke(
    session: Session, client_id: str, secret_id: str, *, actor: Actor, context: AuditContext
) -> ClientSecret:
    """It proves nothing any more. Whoever calls holds the client's row; the caller commits.

    Raises NoSuchSecret.
    """
    row = session.get(ClientSecret, secret_id)
    if row is None or row.client_id != client_id:
        raise NoSuchSecret(secret_id)
    session.delete(row)
    session.flush()
    _note_revoked(session, row, actor, context)
    return row


def settle(
    session: Session,
    metadata: ClientMetadata,
    given: str | None,
    *,
    actor: Actor,
    context: AuditContext,
    secrets: ClientSecrets,
) -> Settled:
    """Make the secrets what the method needs: none, known to us, or not known to us. The caller commits.

    `given`: one that is shared through a file. Without it one is made where there is none that the method
    could use, and where that of a client that looks after itself runs out soon.
    """
    rows = of_client(session, metadata.client_id)
    if not metadata.has_secret:
        return Settled(None, _drop(session, rows, actor, context))
    forgotten = False
    for row in rows:
        if row.secret_sealed is not None and not metadata.secret_is_known:
            row.secret_sealed, forgotten = None, True
    if given is not None:
        return Settled(None, _share(session, metadata, rows, given, secrets, actor, context) or forgotten)
    # A secret of which only the MAC was kept cannot be known again: for `client_secret_jwt` it is no good.
    good = [row for row in rows if row.secret_sealed is not None or not metadata.secret_is_known]
    if good and not (actor.kind is ActorKind.CLIENT and _runs_out(good, secrets, context.at)):
        return Settled(None, forgotten)
    _drop(session, [row for row in rows if row not in good], actor, context)
    if len(good) >= SECRETS_AT_MOST and not _drop_an_expired_one(session, good, context.at):
        return Settled(None, forgotten)
    ends = None if actor.kind is ActorKind.OPERATOR else secrets.ends(context.at)
    made = _make(session, metadata, "", new_client_secret(), ends, secrets, actor, context)
    return Settled(made, True)


def sweep(session: Session, now: datetime) -> int:
    """Drop those that expired a month ago; how many. The caller commits."""
    former_secrets.sweep(session, now)
    return deleted(session, delete(ClientSecret).where(ClientSecret.expires_at <= now - EXPIRED_KEPT))


def _runs_out(good: Sequence[ClientSecret], secrets: ClientSecrets, now: datetime) -> bool:
    """RFC 7592 section 2.2: who replaces its registration may be given another secret."""
    return all(row.expires_at is not None and row.expires_at <= now + secrets.renewed_before for row in good)


def _share(
    session: Session,
    metadata: ClientMetadata,
    rows: Sequence[ClientSecret],
    given: str,
    secrets: ClientSecrets,
    actor: Actor,
    context: AuditContext,
) -> bool:
    mac = secrets.mac(metadata.client_id, given)
    same = [row for row in rows if secrets.same(row.mac, mac)] or [row for row in rows if row.label == SHARED]
    if same:
        return secrets.keep(same[0], metadata, given)
    if len(rows) >= SECRETS_AT_MOST:
        _drop(session, rows[:1], actor, context)
    _make(session, metadata, SHARED, given, None, secrets, actor, context)
    return True


def _make(
    session: Session,
    metadata: ClientMetadata,
    label: str,
    secret: str,
    expires_at: datetime | None,
    secrets: ClientSecrets,
    actor: Actor,
    context: AuditContext,
) -> Made:
    row = ClientSecret(
        id=new_id(context.at),
        client_id=metadata.client_id,
        label=label,
        mac="",
        made_by_kind=actor.kind,
        made_by=actor.id,
        created_at=context.at,
        expires_at=expires_at,
    )
    secrets.keep(row, metadata, secret)
    session.add(row)
    session.flush()
    days = None if expires_at is None else (expires_at - context.at).days
    event = ClientSecretMade(row.client_id, row.id, actor.kind, days, actor.person_id)
    audit.record(session, event, context=context)
    return Made(row.id, secret, expires_at)


def _drop(session: Session, rows: Sequence[ClientSecret], actor: Actor, context: AuditContext) -> bool:
    for row in rows:
        session.delete(row)
        session.flush()
        _note_revoked(session, row, actor, context)
    return bool(rows)


def _drop_an_expired_one(session: Session, rows: Sequence[ClientSecret], now: datetime) -> bool:
    over = [row for row in rows if row.expires_at is not None and row.expires_at <= now]
    for row in over[:1]:
        session.delete(row)
        session.flush()
        former_secrets.note(session, row, was_revoked=False, ended_at=row.expires_at or now)
    return bool(over)


def _note_revoked(session: Session, row: ClientSecret, actor: Actor, context: AuditContext) -> None:
    former_secrets.note(session, row, was_revoked=True, ended_at=context.at)
    event = ClientSecretRevoked(row.client_id, row.id, actor.kind, actor.person_id)
    audit.record(session, event, context=context)


def _check_label(label: str) -> None:
    """Raises LabelRefused."""
    if not 0 < len(label) <= LABEL_CHARACTERS_AT_MOST or not label.isprintable() or label != label.strip():
        raise LabelRefused(f"1 to {LABEL_CHARACTERS_AT_MOST} characters, none of them invisible")
