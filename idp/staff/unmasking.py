"""Being shown who a person is. The log and the desk know people by ids alone; what is behind one takes a
reason, and by setting a second officer who has read it and agrees.

What was agreed to counts for its asker, once, for a short time. Who may be the second officer is ruled as for
changes of staff accounts (`changes`): neither the asker nor somebody only just made an officer.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from idp.audit import log as audit
from idp.audit.context import AuditContext
from idp.audit.events.desk import PersonUnmasked, UnmaskAsked, UnmaskDecided
from idp.crypto.fields import FieldCipher
from idp.people.reencrypt import SealedTable
from idp.settings.security import Security
from idp.settings.staff import Staff
from idp.staff.desk_models import UnmaskAsk
from idp.staff.roles import SECOND_OFFICERS
from idp.staff.sessions import StaffSignIn
from idp.storage.base import new_id
from idp.storage.database import changed, deleted

NOTE: Final = "staff.unmask_note"
LONGEST_NOTE: Final = 500
KEPT_DAYS: Final = 180
"""With the words of why; the audit log keeps that it was."""
SEALED: Final = SealedTable(UnmaskAsk, {"note_sealed": NOTE})


class Extent(StrEnum):
    MASKED = "masked"
    """The name, and the number with its middle left out."""
    FULL = "full"


class Reason(StrEnum):
    """Stored, and in the log."""

    INVESTIGATION = "investigation"
    REPORTED = "reported_by_person"
    AUTHORITY = "authority"
    COMPLAINT = "complaint"
    OTHER = "other"


class State(StrEnum):
    WAITING = "waiting"
    AGREED = "agreed"
    REFUSED = "refused"
    USED = "used"
    LAPSED = "lapsed"


class NotTheirs(Exception):
    """Not for this officer; `reason`: unknown, over, role, asker, new, used, waiting, refused."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class NoteWrong(ValueError):
    """Nothing was said of why, or too much."""


@dataclass(frozen=True, slots=True)
class Asked:
    reason: Reason
    note: str
    extent: Extent
    case_id: str | None

    def __post_init__(self) -> None:
        if not self.note.strip() or len(self.note) > LONGEST_NOTE:
            raise NoteWrong


def state_of(asked: UnmaskAsk, now: datetime) -> State:
    if asked.used_at is not None:
        return State.USED
    if asked.is_agreed is False:
        return State.REFUSED
    if asked.expires_at <= now:
        return State.LAPSED
    return State.AGREED if asked.is_agreed else State.WAITING


def ask(
    session: Session,
    cipher: FieldCipher,
    person_id: str,
    what: Asked,
    *,
    officer: StaffSignIn,
    settings: Security,
    context: AuditContext,
) -> UnmaskAsk:
    """Waits for a second officer; or, where the settings ask for none, is agreed to."""
    row_id = new_id(context.at)
    asked = UnmaskAsk(
        id=row_id,
        person_id=person_id,
        asked_by=officer.staff_id,
        asked_at=context.at,
        expires_at=context.at + timedelta(minutes=settings.unmask_minutes),
        reason=what.reason.value,
        note_sealed=cipher.seal(what.note.strip(), context=f"{NOTE}:{row_id}"),
        extent=what.extent.value,
        case_id=what.case_id,
        is_agreed=None if settings.unmask_needs_second else True,
    )
    session.add(asked)
    session.flush()
    event = UnmaskAsked(person_id, row_id, what.reason.value, what.case_id)
    audit.record(session, event, context=context)
    return asked


def note_of(asked: UnmaskAsk, cipher: FieldCipher) -> str:
    return cipher.open_text(asked.note_sealed, context=f"{NOTE}:{asked.id}")


def find(session: Session, ask_id: str) -> UnmaskAsk | None:
    return session.get(UnmaskAsk, ask_id)


def waiting(session: Session, now: datetime) -> Sequence[UnmaskAsk]:
    """For a second officer, the oldest first."""
    query = select(UnmaskAsk).where(UnmaskAsk.is_agreed.is_(None), UnmaskAsk.expires_at > now)
    return session.scalars(query.order_by(UnmaskAsk.asked_at, UnmaskAsk.id)).all()


def waiting_for(session: Session, staff_id: str, now: datetime) -> int:
    """How many wait for somebody else than who asked."""
    query = select(func.count()).select_from(UnmaskAsk).where(UnmaskAsk.expires_at > now)
    return session.scalar(query.where(UnmaskAsk.is_agreed.is_(None), UnmaskAsk.asked_by != staff_id)) or 0


def of_officer(session: Session, staff_id: str, *, at_most: int) -> Sequence[UnmaskAsk]:
    """What somebody asked, the latest first."""
    query = select(UnmaskAsk).where(UnmaskAsk.asked_by == staff_id)
    return session.scalars(
        query.order_by(UnmaskAsk.asked_at.desc(), UnmaskAsk.id.desc()).limit(at_most)
    ).all()


def problem(asked: UnmaskAsk, officer: StaffSignIn, settings: Staff, now: datetime) -> str | None:
    """Why this officer is not the second one for it; None when they are."""
    settled = timedelta(hours=settings.officer_settled_hours)
    rules: tuple[tuple[str, Callable[[], bool]], ...] = (
        ("over", lambda: state_of(asked, now) is not State.WAITING),
        ("role", lambda: not officer.has(*SECOND_OFFICERS)),
        ("asker", lambda: asked.asked_by == officer.staff_id),
        ("new", lambda: officer.enrolled_at is None or now - officer.enrolled_at < settled),
    )
    return next((reason for reason, holds in rules if holds()), None)


def decide(
    session: Session,
    ask_id: str,
    officer: StaffSignIn,
    *,
    agrees: bool,
    minutes: int,
    settings: Staff,
    context: AuditContext,
) -> UnmaskAsk:
    """The second officer's word. `minutes`: how long it counts from now on. Raises NotTheirs."""
    asked = session.get(UnmaskAsk, ask_id, with_for_update=True)
    if asked is None:
        raise NotTheirs("unknown")
    reason = problem(asked, officer, settings, context.at)
    if reason is not None and not (reason == "new" and not agrees):
        raise NotTheirs(reason)
    asked.decided_by, asked.decided_at, asked.is_agreed = officer.staff_id, context.at, agrees
    asked.expires_at = context.at + timedelta(minutes=minutes)
    outcome = "agreed" if agrees else "refused"
    event = UnmaskDecided(asked.person_id, asked.id, asked.asked_by, outcome)
    audit.record(session, event, context=context)
    return asked


def use(session: Session, ask_id: str, officer: StaffSignIn, *, context: AuditContext) -> UnmaskAsk:
    """Take what was agreed to, which one request alone can. Its event goes with it. Raises NotTheirs."""
    asked = session.get(UnmaskAsk, ask_id)
    if asked is None or asked.asked_by != officer.staff_id:
        raise NotTheirs("unknown")
    if (state := state_of(asked, context.at)) is not State.AGREED:
        raise NotTheirs({State.LAPSED: "over"}.get(state, state.value))
    taken = update(UnmaskAsk).where(UnmaskAsk.id == ask_id, UnmaskAsk.used_at.is_(None))
    if not changed(session, taken.values(used_at=context.at)):
        raise NotTheirs("used")
    event = PersonUnmasked(
        asked.person_id, asked.reason, asked.extent, asked.id, asked.decided_by, asked.case_id
    )
    audit.record(session, event, context=context)
    return asked


def sweep(session: Session, now: datetime) -> int:
    before = now - timedelta(days=KEPT_DAYS)
    return deleted(session, delete(UnmaskAsk).where(UnmaskAsk.expires_at <= before))
