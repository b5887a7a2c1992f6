"""What mandates were used for: read from the audit log, which grows with use anyway; nothing else does.

A use is a portal's request that a person answered while acting for somebody: `code_issued`, or
`authorization_approved` where the portal waited elsewhere. Both sides see the same. Of a mandate's clients
alone there is a row, so that its principal can be told of each new one once.
"""

import json
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Final

from sqlalchemy import Connection, ForeignKey, String, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from idp.audit.events.decoupled import AuthorizationApproved
from idp.audit.events.protocol import CodeIssued
from idp.audit.models import AuditEvent
from idp.mandates.models import Mandate
from idp.storage.base import Base

LOOKED_AT: Final = 2000
"""Answers to portals for somebody else, the latest, among which the uses of an organisation's mandates are
looked for."""
_FOR_SOMEBODY: Final = '"mandate_id":"'
"""In a payload. Written by `canonical_json`, so that there is one way in which it can stand there."""


class MandateClient(Base):
    """A client at which a mandate was used: as many rows as there are portals, however often it is used."""

    __tablename__ = "mandate_clients"

    mandate_id: Mapped[str] = mapped_column(ForeignKey("mandates.id", ondelete="CASCADE"), primary_key=True)
    client_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    first_used_at: Mapped[datetime]


@dataclass(frozen=True, slots=True)
class Use:
    at: datetime
    client_id: str


@dataclass(frozen=True, slots=True)
class UseOfOrganisation:
    """Of one of its mandates."""

    at: datetime
    client_id: str
    mandate_id: str


def uses(connection: Connection, mandate_id: str, limit: int) -> tuple[Use, ...]:
    """The latest, newest first; as far back as the audit log goes. `limit`: at most so many."""
    held = connection.execute(
        select(Mandate.person_id, Mandate.granted_at).where(Mandate.id == mandate_id)
    ).one_or_none()
    if held is None:
        return ()
    query = (
        select(AuditEvent.at, AuditEvent.client_id)
        .where(
            AuditEvent.person_id == held.person_id,
            AuditEvent.at >= held.granted_at,
            AuditEvent.name.in_((CodeIssued.name, AuthorizationApproved.name)),
            # However many answers of the person's come after it: nobody buries a use under others.
            AuditEvent.payload.contains(f'{_FOR_SOMEBODY}{mandate_id}"', autoescape=True),
        )
        .order_by(AuditEvent.at.desc())
        .limit(limit)
    )
    return tuple(Use(row.at, row.client_id) for row in connection.execute(query))


def uses_for(connection: Connection, organisation_id: str, limit: int) -> tuple[UseOfOrganisation, ...]:
    """Who acted for an organisation and where, newest first, also by mandates that have ended since."""
    held = connection.execute(
        select(Mandate.id, Mandate.person_id, Mandate.granted_at).where(
            Mandate.organisation_id == organisation_id
        )
    ).all()
    if not held:
        return ()
    people = select(Mandate.person_id).where(Mandate.organisation_id == organisation_id)
    query = (
        select(AuditEvent.at, AuditEvent.client_id, AuditEvent.payload)
        .where(
            AuditEvent.person_id.in_(people),
            AuditEvent.at >= min(row.granted_at for row in held),
            AuditEvent.name.in_((CodeIssued.name, AuthorizationApproved.name)),
            AuditEvent.payload.contains(_FOR_SOMEBODY, autoescape=True),
        )
        .order_by(AuditEvent.at.desc())
        .limit(LOOKED_AT)
    )
    of_it = {row.id for row in held}
    named = ((row, json.loads(row.payload).get("mandate_id")) for row in connection.execute(query))
    found = (UseOfOrganisation(row.at, row.client_id, mandate) for row, mandate in named if mandate in of_it)
    return tuple(islice(found, limit))


def is_first_use(session: Session, mandate_id: str, client_id: str, now: datetime) -> bool:
    """Note that the mandate is used at a client; True for the first time, and for one of two at once. The
    caller commits."""
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    values = {"mandate_id": mandate_id, "client_id": client_id, "first_used_at": now}
    statement = dialect.insert(MandateClient).values(values).on_conflict_do_nothing()
    return session.scalar(statement.returning(MandateClient.client_id)) is not None
