"""What one alone may change about an account, and what takes two.

Nobody alone takes an auditor away: not by disabling the account, not by its roles, and not by a reset either,
which would let whoever has the activation code sit in the auditor's chair. Such a change waits for a second
officer, who signs in as always and agrees on a page of the provider's. Who was made an officer, or was reset,
only a short time ago is none for that: else whoever makes accounts would make the second officer too.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from sqlalchemy import Delete, delete, select
from sqlalchemy.orm import Session

from idp.audit import log as audit
from idp.audit.context import AuditContext
from idp.audit.events.staff import StaffChangeAsked, StaffChangeDecided
from idp.settings import Staff
from idp.staff import accounts
from idp.staff.accounts import StaffAccounts
from idp.staff.models import StaffAccount, StaffChange
from idp.staff.roles import SECOND_OFFICERS, StaffRole
from idp.staff.sessions import StaffSignIn
from idp.storage.base import new_id
from idp.storage.database import deleted

KEPT_DAYS: Final = 90
"""What was decided, or lapsed, is shown for so long; the audit log keeps it."""


class Change(StrEnum):
    DISABLE = "disable"
    ROLES = "roles"
    RESET = "reset"


class NotYours(Exception):
    """Not the one to decide it; `reason`: unknown, over, role, own, asker, new."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Done:
    """What became of a change: it waits as `change`, or is done, with a new activation code for a reset."""

    change: StaffChange | None = None
    code: str | None = None


def needs_two(account: StaffAccount, kind: Change, roles: Collection[str] = ()) -> bool:
    if StaffRole.AUDITOR not in account.roles:
        return False
    return kind is not Change.ROLES or StaffRole.AUDITOR not in roles


def ask(
    session: Session,
    known: StaffAccounts,
    account: StaffAccount,
    kind: Change,
    *,
    asked_by: str,
    settings: Staff,
    context: AuditContext,
    roles: Collection[str] = (),
    reason: str = "asked",
) -> Done:
    """Do it, or let it wait for a second officer. `account` is locked."""
    if not needs_two(account, kind, roles):
        if kind is Change.ROLES:
            # What waits names the roles of before, and would give back what is taken now.
            session.execute(_waiting_for(account).where(StaffChange.kind == Change.ROLES.value))
        return Done(code=_carry_out(session, known, account, kind, roles, reason, context))
    change = StaffChange(
        id=new_id(context.at),
        staff_id=account.id,
        kind=kind.value,
        roles=list(roles),
        asked_by=asked_by,
        asked_at=context.at,
        expires_at=context.at + timedelta(days=settings.change_days),
    )
    # One at a time: who agrees must not have to guess which one they look at.
    session.execute(_waiting_for(account))
    session.add(change)
    session.flush()
    audit.record(session, StaffChangeAsked(account.id, change.id, kind.value), context=context)
    return Done(change)


def waiting(session: Session, now: datetime) -> list[tuple[StaffChange, StaffAccount]]:
    """Oldest first, each with whose account it is about."""
    query = (
        select(StaffChange, StaffAccount)
        .join(StaffAccount, StaffAccount.id == StaffChange.staff_id)
        .where(StaffChange.decided_at.is_(None), StaffChange.expires_at > now)
        .order_by(StaffChange.asked_at, StaffChange.id)
    )
    return [(change, account) for change, account in session.execute(query)]


def problem(change: StaffChange, officer: StaffSignIn, settings: Staff, now: datetime) -> str | None:
    """Why this officer is not the second one for it; None when they are."""
    settled = timedelta(hours=settings.officer_settled_hours)
    rules: tuple[tuple[str, Callable[[], bool]], ...] = (
        ("over", lambda: change.decided_at is not None or change.expires_at <= now),
        ("role", lambda: not officer.has(*SECOND_OFFICERS)),
        ("own", lambda: change.staff_id == officer.staff_id),
        ("asker", lambda: change.asked_by == officer.staff_id),
        ("new", lambda: officer.enrolled_at is None or now - officer.enrolled_at < settled),
    )
    return next((reason for reason, holds in rules if holds()), None)


def decide(
    session: Session,
    known: StaffAccounts,
    change_id: str,
    officer: StaffSignIn,
    *,
    agrees: bool,
    settings: Staff,
    context: AuditContext,
) -> Done:
    """The second officer's word; whose account it is about may refuse as well. Raises NotYours."""
    change = session.scalar(select(StaffChange).where(StaffChange.id == change_id).with_for_update())
    account = None if change is None else accounts.locked(session, change.staff_id)
    if change is None or account is None:
        raise NotYours("unknown")
    reason = problem(change, officer, settings, context.at)
    may_refuse = not agrees and reason in {"own", "new"}
    if reason is not None and not may_refuse:
        raise NotYours(reason)
    change.decided_by, change.decided_at = officer.staff_id, context.at
    outcome = "agreed" if agrees else "refused"
    event = StaffChangeDecided(account.id, change.id, officer.staff_id, outcome)
    audit.record(session, event, context=context)
    if not agrees:
        return Done(change)
    kind = Change(change.kind)
    return Done(change, _carry_out(session, known, account, kind, change.roles, "two_officers", context))


def sweep(session: Session, now: datetime) -> int:
    before = now - timedelta(days=KEPT_DAYS)
    return deleted(session, delete(StaffChange).where(StaffChange.expires_at <= before))


def _waiting_for(account: StaffAccount) -> Delete:
    return delete(StaffChange).where(StaffChange.staff_id == account.id, StaffChange.decided_at.is_(None))


def _carry_out(
    session: Session,
    known: StaffAccounts,
    account: StaffAccount,
    kind: Change,
    roles: Collection[str],
    reason: str,
    context: AuditContext,
) -> str | None:
    if kind is Change.RESET:
        return known.reset(session, account, context=context)
    if kind is Change.ROLES:
        accounts.set_roles(session, account, roles, context=context)
    else:
        accounts.disable(session, account, reason=reason, context=context)
    return None
