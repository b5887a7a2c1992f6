"""Making staff accounts and changing them. Who may ask for what stands in `changes`; here it is done.

Whatever takes something from an account ends its sessions in the same transaction.
"""

import re
import secrets
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from idp.audit import log as audit
from idp.audit.context import AuditContext
from idp.audit.events.staff import (
    StaffActivationMade,
    StaffAdded,
    StaffPlaced,
    StaffRolesChanged,
    StaffStatusChanged,
)
from idp.crypto import crockford
from idp.crypto.digests import keyed, same
from idp.crypto.fields import BlindIndex, FieldCipher
from idp.people import blind_keys
from idp.people.activation_codes import CHARACTERS
from idp.people.models import IdentityDocument
from idp.people.reencrypt import SealedTable
from idp.staff import roles as staff_roles
from idp.staff import sessions as staff_sessions
from idp.staff.models import StaffAccount, StaffPasskey, StaffStatus
from idp.staff.roles import SECOND_OFFICERS
from idp.storage.base import new_id

KEY_USE: Final = "staff-activation"
OWN_NUMBER: Final = "staff.own_number"
TOTP: Final = "staff.totp"
STAFF_NUMBER: Final = re.compile(r"[A-Z0-9](?:[A-Z0-9.-]{0,30}[A-Z0-9])?")
LONGEST_PLACE: Final = {"office": 100, "window": 64}

SEALED: Final = SealedTable(
    StaffAccount,
    {"own_number_sealed": OWN_NUMBER, "totp_sealed": TOTP},
    (blind_keys.NUMBER, "own_number_sealed", "own_number_index", "own_number_index_next"),
)


class StaffNumberWrong(ValueError):
    """Not of the form of a staff number."""


class StaffKnown(Exception):
    """This staff number, or this person, has a staff account already."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where somebody sits, as people at the window know it; shown to them."""

    office: str = ""
    window: str = ""

    def __post_init__(self) -> None:
        for name, longest in LONGEST_PLACE.items():
            text = getattr(self, name)
            if len(text) > longest or not text.isprintable():
                raise ValueError(f"{name}: at most {longest} characters on one line")


@dataclass(frozen=True, slots=True, repr=False)
class StaffAccounts:
    cipher: FieldCipher
    index: BlindIndex
    key: bytes
    """For activation codes alone, `MasterKeys.derived(KEY_USE)`."""
    activation_hours: int
    choose: Callable[[str], str] = secrets.choice

    def add(
        self,
        session: Session,
        staff_number: str,
        roles: Collection[str],
        own_number: str,
        place: Place,
        *,
        context: AuditContext,
    ) -> tuple[StaffAccount, str]:
        """A new account and its activation code, which is shown this once.

        `own_number`: of their own card, as `documents.identify` gives it.

        Raises StaffKnown, StaffNumberWrong.
        """
        row_id = new_id(context.at)
        current, following = blind_keys.pair(self.index, blind_keys.NUMBER, own_number)
        account = StaffAccount(
            id=row_id,
            staff_number=normalise(staff_number),
            roles=staff_roles.in_order(roles),
            office=place.office,
            window=place.window,
            status=StaffStatus.INVITED.value,
            own_number_sealed=self.cipher.seal(own_number, context=f"{OWN_NUMBER}:{row_id}"),
            own_number_index=current,
            own_number_index_next=following,
            created_at=context.at,
        )
        try:
            with session.begin_nested():
                session.add(account)
        except IntegrityError:
            raise StaffKnown from None
        audit.record(session, StaffAdded(row_id, tuple(account.roles)), context=context)
        return account, self._invite(session, account, "added", context)

    def reset(self, session: Session, account: StaffAccount, *, context: AuditContext) -> str:
        """Everything that they sign in with ends; a new activation code, which is shown this once."""
        account.password_hash = account.totp_sealed = account.totp_step = account.enrolled_at = None
        session.execute(delete(StaffPasskey).where(StaffPasskey.staff_id == account.id))
        staff_sessions.end_all_of(session, account.id)
        if account.status != StaffStatus.INVITED:
            _set_status(session, account, StaffStatus.INVITED, "reset", context)
        return self._invite(session, account, "reset", context)

    def code_is_right(self, account: StaffAccount, typed: str, now: datetime) -> bool:
        """Whether it is the activation code of this account; it stays until the means are set."""
        expected = account.activation_digest
        if expected is None or not awaits_activation(account, now):
            return False
        return same(expected, self._digest(account.id, crockford.read(typed)))

    def is_themself(self, account: StaffAccount, number: str) -> bool:
        """Whether the number is of this member of staff's own card."""
        keys = set(blind_keys.pair(self.index, blind_keys.NUMBER, number))
        return bool(keys & {account.own_number_index, account.own_number_index_next})

    def _invite(self, session: Session, account: StaffAccount, reason: str, context: AuditContext) -> str:
        code = crockford.draw(CHARACTERS, self.choose)
        account.activation_digest = self._digest(account.id, code)
        account.activation_expires_at = context.at + timedelta(hours=self.activation_hours)
        session.flush()
        audit.record(session, StaffActivationMade(account.id, reason), context=context)
        return crockford.shown(code)

    def _digest(self, staff_id: str, code: str) -> str:
        return keyed(self.key, "staff activation", staff_id, code)


def awaits_activation(account: StaffAccount, now: datetime) -> bool:
    """Whether there is an activation code that counts."""
    until = account.activation_expires_at
    return account.status == StaffStatus.INVITED and until is not None and now < until


def set_roles(
    session: Session, account: StaffAccount, roles: Collection[str], *, context: AuditContext
) -> bool:
    """False when they are so already. A session never keeps roles: they are read with each request."""
    wanted = staff_roles.in_order(roles)
    if account.roles == wanted:
        return False
    if SECOND_OFFICERS.isdisjoint(account.roles) and account.enrolled_at is not None:
        # An officer is as new as the role: an account of long ago makes nobody a settled one.
        account.enrolled_at = context.at
    account.roles = wanted
    audit.record(session, StaffRolesChanged(account.id, tuple(wanted)), context=context)
    return True


def set_place(session: Session, account: StaffAccount, place: Place, *, context: AuditContext) -> None:
    account.office, account.window = place.office, place.window
    audit.record(session, StaffPlaced(account.id), context=context)


def disable(session: Session, account: StaffAccount, *, reason: str, context: AuditContext) -> bool:
    """For good or until a reset: nobody signs in, every session ends, what is under way stops."""
    if account.status == StaffStatus.DISABLED:
        return False
    account.activation_digest = account.activation_expires_at = None
    staff_sessions.end_all_of(session, account.id)
    _set_status(session, account, StaffStatus.DISABLED, reason, context)
    return True


def find(session: Session, staff_number: str, *, for_update: bool = False) -> StaffAccount | None:
    """By what was typed; None also for what is no staff number."""
    try:
        wanted = normalise(staff_number)
    except StaffNumberWrong:
        return None
    query = select(StaffAccount).where(StaffAccount.staff_number == wanted)
    return session.scalar(query.with_for_update() if for_update else query)


def locked(session: Session, staff_id: str) -> StaffAccount | None:
    return session.scalar(select(StaffAccount).where(StaffAccount.id == staff_id).with_for_update())


def everybody(session: Session) -> Sequence[StaffAccount]:
    return session.scalars(select(StaffAccount).order_by(StaffAccount.staff_number)).all()


def own_person_of(session: Session, account: StaffAccount) -> str | None:
    """Whose citizen's account their own card is of: another card of the same person is theirs as well."""
    keys = {account.own_number_index, account.own_number_index_next}
    return session.scalar(select(IdentityDocument.person_id).where(IdentityDocument.number_index.in_(keys)))


def is_about(session: Session, staff_id: str, kind: str, subject: str) -> bool:
    """Whether what is about this subject is about somebody of the staff: as that, or as a citizen."""
    if kind == "staff":
        return subject == staff_id
    account = session.get(StaffAccount, staff_id) if kind == "person" else None
    return account is not None and own_person_of(session, account) == subject


def normalise(typed: str) -> str:
    """Raises StaffNumberWrong."""
    wanted = typed.strip().upper()
    if len(typed) > 64 or STAFF_NUMBER.fullmatch(wanted) is None:
        raise StaffNumberWrong
    return wanted


def _set_status(
    session: Session, account: StaffAccount, status: StaffStatus, reason: str, context: AuditContext
) -> None:
    account.status = status.value
    session.flush()
    audit.record(session, StaffStatusChanged(account.id, status.value, reason), context=context)
