"""Telling in time that a secret or a key of a client runs out: some weeks before, and again in the last days.

Who is told is decided above this room, where teams are: a function that puts messages into the same
transaction.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Select, and_, or_, select
from sqlalchemy.orm import Session

from idp.audit import log as audit
from idp.audit.context import AuditContext
from idp.audit.events.client_secrets import ClientCredentialExpiring
from idp.oidc.clients.credentials.client_keys import ClientKey
from idp.oidc.clients.credentials.client_secrets import ClientSecret

AT_ONCE: Final = 50
LAST_DAYS: Final = timedelta(days=3)
"""Then they are told once more."""
SECRET, KEY = "secret", "key"
MODELS: Final[tuple[tuple[str, type[ClientSecret] | type[ClientKey]], ...]] = (
    (SECRET, ClientSecret),
    (KEY, ClientKey),
)


@dataclass(frozen=True, slots=True)
class Expiring:
    client_id: str
    kind: str
    """`secret` or `key`."""
    expires_at: datetime


Tell = Callable[[Session, Expiring, datetime], int]
"""Messages to those who look after the client, in this transaction; to how many people."""


def warn(session: Session, now: datetime, *, before: timedelta, tell: Tell) -> int:
    """Of how many credentials somebody was told now. The caller commits."""
    told = 0
    for kind, model in MODELS:
        found: Iterable[ClientSecret | ClientKey] = session.scalars(_due(model, now, before))
        for row in found:
            if row.expires_at is None:
                continue
            row.warned_at = now
            people = tell(session, Expiring(row.client_id, kind, row.expires_at), now)
            days = (row.expires_at - now).days
            event = ClientCredentialExpiring(row.client_id, row.id, kind, days, people)
            audit.record(session, event, context=AuditContext(at=now, actor="worker"))
            told += 1
    return told


def _due(model: type[ClientSecret] | type[ClientKey], now: datetime, before: timedelta) -> Select[Any]:
    ends, warned = model.expires_at, model.warned_at
    # Not once more to those who were told first in the last days.
    again = and_(ends <= now + LAST_DAYS, warned < now - LAST_DAYS)
    due = select(model).where(ends > now, ends <= now + before, or_(warned.is_(None), again))
    return due.order_by(ends).limit(AT_ONCE).with_for_update(skip_locked=True)
