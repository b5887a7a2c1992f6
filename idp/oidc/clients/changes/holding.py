"""The row of a client while it is changed: held, and with its version and its event let go."""

import hashlib
import json
from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from idp.audit import log as audit
from idp.audit.context import AuditContext
from idp.audit.events.operation import ClientChanged
from idp.audit.fields import MOST_ITEMS
from idp.oidc.clients.changes import history
from idp.oidc.clients.changes.history import Actor
from idp.oidc.clients.changes.written import NoSuchClient, Standing
from idp.oidc.clients.metadata import ClientMetadata, from_json
from idp.oidc.clients.models import ClientRecord, ClientStatus


def held(session: Session, client_id: str) -> ClientRecord:
    """Nobody else changes it until the transaction ends. Raises NoSuchClient."""
    statement = select(ClientRecord).where(ClientRecord.client_id == client_id)
    record = session.scalar(statement.with_for_update().execution_options(populate_existing=True))
    if record is None:
        raise NoSuchClient(client_id)
    return record


def noted(
    session: Session,
    record: ClientRecord,
    names: tuple[str, ...],
    *,
    actor: Actor,
    context: AuditContext,
    undone_to: int | None = None,
) -> int:
    """That these of a client's have changed: its version and its event. The number of the version."""
    number = kept(session, record, names, actor, context, undone_to)
    plain = tuple(dict.fromkeys(name.partition("#")[0] for name in names))
    digest = metadata_digest(record.metadata_json)
    event = ClientChanged(record.client_id, digest, plain[:MOST_ITEMS], actor.kind, actor.person_id)
    audit.record(session, event, context=context)
    return number


def kept(
    session: Session,
    record: ClientRecord,
    names: tuple[str, ...],
    actor: Actor,
    context: AuditContext,
    undone_to: int | None = None,
) -> int:
    record.updated_at = context.at
    session.flush()
    return history.keep(
        session,
        record.client_id,
        record.metadata_json,
        names,
        actor=actor,
        at=context.at,
        undone_to=undone_to,
    )


def metadata_digest(metadata: Mapping[str, object]) -> str:
    """For the audit log: by this it can be shown which registration stood at a time."""
    return hashlib.sha256(json.dumps(metadata, sort_keys=True).encode()).hexdigest()


def standing_of(session: Session, record: ClientRecord) -> Standing:
    number = history.number_of(session, record.client_id)
    return Standing(metadata_of(record), number, ClientStatus(record.status), record.created_at)


def metadata_of(record: ClientRecord) -> ClientMetadata:
    return from_json({**record.metadata_json, "client_id": record.client_id, "sector": record.sector})
