"""Own people whom nobody used for three months are forgotten: account closed, entry deleted."""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, exists, select, update
from sqlalchemy.orm import Session

from idp.audit import log as audit
from idp.audit.context import AuditContext
from idp.audit.events.sandbox import SandboxPersonRemoved
from idp.crypto.fields import FieldCipher
from idp.people import directory, statuses
from idp.people.models import PersonStatus
from idp.people.registry.models import RegisterEntry
from idp.sandbox.people.models import OwnPerson
from idp.sessions.models import BrowserSession

UNUSED: Final = timedelta(days=90)
AT_ONCE: Final = 50
OPEN: Final = frozenset({PersonStatus.ACTIVE, PersonStatus.REENROL})
NO_SYNC: Final = {"synchronize_session": False}


def sweep(session: Session, now: datetime, *, cipher: FieldCipher) -> int:
    """How many were forgotten. Sessions are looked at here, so that no sign-in has to say that it is one."""
    seen = exists().where(
        BrowserSession.person_id == OwnPerson.person_id, BrowserSession.last_used_at > OwnPerson.used_at
    )
    session.execute(update(OwnPerson).where(seen).values(used_at=now), execution_options=NO_SYNC)
    unused = session.scalars(
        select(OwnPerson).where(OwnPerson.used_at < now - UNUSED).order_by(OwnPerson.used_at).limit(AT_ONCE)
    ).all()
    for one in unused:
        _forget(session, one, cipher, AuditContext(at=now, actor="worker"))
    return len(unused)


def _forget(session: Session, one: OwnPerson, cipher: FieldCipher, context: AuditContext) -> None:
    person = directory.find_by_id(session, one.person_id)
    if person is not None and person.status == PersonStatus.FROZEN:
        # What the desk froze them for may not be over.
        one.used_at = context.at
        return
    if person is not None and person.status in OPEN:
        statuses.close(session, person, reason="unused", cipher=cipher, context=context)
    session.execute(delete(RegisterEntry).where(RegisterEntry.id == one.register_id))
    audit.record(session, SandboxPersonRemoved(one.person_id), context=context)
    session.delete(one)
