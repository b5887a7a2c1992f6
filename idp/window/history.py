"""What clerks have done for one person, from the audit log: for the person alone."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from idp.audit.events.people import ActivationCodeMade
from idp.audit.events.window import WindowAnswered, WindowSignIn
from idp.audit.models import AuditEvent
from idp.staff.models import StaffAccount

SHOWN_DAYS: Final = 180
SHOWN_AT_MOST: Final = 50
NAMES: Final = (WindowSignIn.name, WindowAnswered.name, ActivationCodeMade.name)
CONFIRMED: Final = "confirmed"


@dataclass(frozen=True, slots=True)
class Helped:
    """One thing; `outcome` is that of an answer at the device that led to no sign-in, else empty."""

    at: datetime
    kind: str
    client_id: str | None
    outcome: str
    staff_number: str
    office: str
    window: str
    """As they are now: the log knows the clerk, not where they sat."""


def of_person(session: Session, person_id: str, now: datetime) -> list[Helped]:
    """Latest first. Codes that the operator's command line made have no clerk, and say so by no number."""
    rows = session.execute(
        select(AuditEvent, StaffAccount)
        .join(StaffAccount, StaffAccount.id == AuditEvent.actor, isouter=True)
        .where(
            AuditEvent.person_id == person_id,
            AuditEvent.at >= now - timedelta(days=SHOWN_DAYS),
            AuditEvent.name.in_(NAMES),
        )
        .order_by(AuditEvent.at.desc(), AuditEvent.seq.desc())
        .limit(SHOWN_AT_MOST)
    )
    return [shown for event, clerk in rows if (shown := _shown(event, clerk)) is not None]


def _shown(event: AuditEvent, clerk: StaffAccount | None) -> Helped | None:
    outcome = str(json.loads(event.payload).get("outcome", ""))
    if outcome == CONFIRMED:
        # The sign-in that followed has an event of its own, or there was none.
        return None
    return Helped(
        at=event.at,
        kind=event.name,
        client_id=event.client_id,
        outcome=outcome,
        staff_number="" if clerk is None else clerk.staff_number,
        office="" if clerk is None else clerk.office,
        window="" if clerk is None else clerk.window,
    )
