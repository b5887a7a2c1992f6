"""What staff sign in with: a password together with a code of an authenticator app, or a passkey alone.

The slow and the fast parts are apart: read, check the password while no transaction is held, then write.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from sqlalchemy import func, or_, select, update
from sqlalchemy.orm import Session

from idp.audit import log as audit
from idp.audit.context import AuditContext
from idp.audit.events.staff import StaffMeansSet, StaffPasskeyCloned, StaffPasskeyRemoved
from idp.crypto.fields import FieldCipher
from idp.people.passkeys import (
    LONGEST_LABEL_CHARACTERS,
    MOST_OF_ONE_PERSON,
    NewPasskey,
    PasskeyKnown,
    TooManyPasskeys,
)
from idp.people.passwords import Passwords
from idp.staff import accounts, totp
from idp.staff import sessions as staff_sessions
from idp.staff.models import StaffAccount, StaffPasskey, StaffStatus
from idp.storage.base import new_id
from idp.storage.database import changed

PASSWORD_AND_TOTP: Final = "password_and_totp"  # noqa: S105 - the name of a way
PASSKEY: Final = "passkey"
METHODS: Final = ("pwd", "otp", "mfa")
"""RFC 8176 values of the first of them."""
NOBODY: Final = "nobody"
"""Instead of the id of whom nothing was shown of."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """Who a sign-in may be for; of nobody everything is empty, and the check takes as long."""

    staff_id: str | None = None
    password_hash: str | None = field(default=None, repr=False)
    secret: bytes | None = field(default=None, repr=False)
    last_step: int | None = None


def candidate(session: Session, cipher: FieldCipher, staff_number: str) -> Candidate:
    account = accounts.find(session, staff_number)
    if account is None or account.status != StaffStatus.ACTIVE or account.totp_sealed is None:
        return Candidate(None if account is None else account.id)
    secret = cipher.open(account.totp_sealed, context=f"{accounts.TOTP}:{account.id}")
    return Candidate(account.id, account.password_hash, secret, account.totp_step)


@dataclass(frozen=True, slots=True)
class Shown:
    """Password and code, both right. They count once `take` has used the code up."""

    staff_id: str
    step: int
    new_hash: str | None = field(default=None, repr=False)
    """The same password under the parameters in use, where the stored one was made with others."""


def check(
    passwords: Passwords,
    found: Candidate,
    password: str,
    code: str,
    now: datetime,
    *,
    may_try: Callable[[str], bool],
) -> Shown | None:
    """Both, or nothing: which of them is not right is nobody's business.

    `may_try`: asked with the account's id where the password is right, else with `NOBODY`, which takes as
    long; False: whatever the code is, it is none. Who has the password guesses codes of a million until one
    fits, unless that ends (NIST SP 800-63B section 5.2.2).
    """
    checked = passwords.check(found.password_hash, password)
    # Computed for nobody, too.
    step = totp.step_of(found.secret or bytes(totp.SECRET_BYTES), code, now, last=found.last_step)
    knows = found.staff_id is not None and found.secret is not None and checked.is_correct
    may = may_try(found.staff_id if knows and found.staff_id is not None else NOBODY)
    if not knows or not may or step is None or found.staff_id is None:
        return None
    return Shown(found.staff_id, step, checked.new_hash)


def take(session: Session, shown: Shown) -> bool:
    """Use the code up. One statement: of several who show the same code one is let in."""
    statement = (
        update(StaffAccount)
        .where(
            StaffAccount.id == shown.staff_id,
            StaffAccount.status == StaffStatus.ACTIVE.value,
            or_(StaffAccount.totp_step.is_(None), StaffAccount.totp_step < shown.step),
        )
        .values(totp_step=shown.step)
    )
    if changed(session, statement) != 1:
        return False
    if shown.new_hash is not None:
        session.execute(
            update(StaffAccount).where(StaffAccount.id == shown.staff_id).values(password_hash=shown.new_hash)
        )
    return True


def set_password_and_totp(
    session: Session,
    account: StaffAccount,
    password_hash: str,
    secret: bytes,
    step: int,
    *,
    cipher: FieldCipher,
    way: str,
    context: AuditContext,
) -> None:
    """`step`: of the code that showed that the app has the secret; it is used up by that."""
    account.password_hash = password_hash
    account.totp_sealed = cipher.seal(secret, context=f"{accounts.TOTP}:{account.id}")
    account.totp_step = step
    _means_are_set(session, account, PASSWORD_AND_TOTP, way, context)


def add_passkey(
    session: Session, account: StaffAccount, new: NewPasskey, *, way: str, context: AuditContext
) -> StaffPasskey:
    """Raises TooManyPasskeys, PasskeyKnown."""
    count = select(func.count()).select_from(StaffPasskey).where(StaffPasskey.staff_id == account.id)
    if (session.scalar(count) or 0) >= MOST_OF_ONE_PERSON:
        raise TooManyPasskeys
    if find_passkey(session, new.credential_id) is not None:
        raise PasskeyKnown
    row = StaffPasskey(
        id=new_id(context.at),
        staff_id=account.id,
        credential_id=new.credential_id,
        public_key=new.public_key,
        sign_count=new.sign_count,
        label=" ".join(new.label.split())[:LONGEST_LABEL_CHARACTERS],
        transports=list(new.transports),
        backed_up=new.backed_up,
        created_at=context.at,
        last_used_at=None,
    )
    session.add(row)
    _means_are_set(session, account, PASSKEY, way, context)
    return row


def find_passkey(session: Session, credential_id: bytes) -> StaffPasskey | None:
    return session.scalar(select(StaffPasskey).where(StaffPasskey.credential_id == credential_id))


def passkeys_of(session: Session, staff_id: str) -> Sequence[StaffPasskey]:
    """Oldest first."""
    query = select(StaffPasskey).where(StaffPasskey.staff_id == staff_id)
    return session.scalars(query.order_by(StaffPasskey.created_at, StaffPasskey.id)).all()


def passkey_used(
    session: Session, passkey: StaffPasskey, *, sign_count: int, backed_up: bool, context: AuditContext
) -> bool:
    """False when the counter says that the passkey was copied (WebAuthn section 7.2, step 22)."""
    counts = sign_count > 0 or passkey.sign_count > 0
    if counts and sign_count <= passkey.sign_count:
        audit.record(session, StaffPasskeyCloned(passkey.staff_id, passkey.id), context=context)
        return False
    passkey.sign_count, passkey.backed_up, passkey.last_used_at = sign_count, backed_up, context.at
    return True


def remove_passkey(
    session: Session, account: StaffAccount, passkey_id: str, *, but: str, context: AuditContext
) -> bool:
    """False when there is none, or when nothing would be left to sign in with.

    Ends their other sessions, which may have been opened by it; `but`: the one in which it was asked for.
    """
    mine = passkeys_of(session, account.id)
    found = next((one for one in mine if one.id == passkey_id), None)
    if found is None or (len(mine) == 1 and account.password_hash is None):
        return False
    session.delete(found)
    staff_sessions.end_all_of(session, account.id, but=but)
    audit.record(session, StaffPasskeyRemoved(account.id, passkey_id), context=context)
    return True


def _means_are_set(
    session: Session, account: StaffAccount, means: str, way: str, context: AuditContext
) -> None:
    if account.enrolled_at is None:
        account.enrolled_at = context.at
    account.status = StaffStatus.ACTIVE.value
    account.activation_digest = account.activation_expires_at = None
    session.flush()
    audit.record(session, StaffMeansSet(account.id, means, way), context=context)
