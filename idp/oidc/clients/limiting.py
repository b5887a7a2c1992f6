"""The operator gives a client limits of its own, or takes them back."""

from dataclasses import fields

from sqlalchemy.orm import Session

from idp.audit import log as audit
from idp.audit.context import AuditContext
from idp.audit.events.limits import ClientLimitSet
from idp.oidc.clients.limits import STANDARD, ClientLimit, OwnLimits

NAMES = tuple(field.name for field in fields(OwnLimits))


def limits_of(session: Session, client_id: str) -> OwnLimits:
    found = session.get(ClientLimit, client_id)
    return STANDARD if found is None else OwnLimits(**{name: getattr(found, name) for name in NAMES})


def set_limits(session: Session, client_id: str, wanted: OwnLimits, context: AuditContext) -> bool:
    """The client is known. Nothing of its own left: its row goes. True when anything changed. The caller
    commits; every process sees it within seconds (`ClientCache`), and the window that is open begins anew."""
    if limits_of(session, client_id) == wanted:
        return False
    found = session.get(ClientLimit, client_id)
    if wanted == STANDARD:
        session.delete(found)
    else:
        row = found or ClientLimit(client_id=client_id)
        for name in NAMES:
            setattr(row, name, getattr(wanted, name))
        row.updated_at = context.at
        session.add(row)
    event = ClientLimitSet(client_id, **{name: getattr(wanted, name) for name in NAMES})
    audit.record(session, event, context=context)
    return True
