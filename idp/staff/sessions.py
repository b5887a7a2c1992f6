"""Sessions of staff: short, in one browser, and worth nothing once the account is not active.

They have a table and a cookie of their own: a citizen's session is none of staff's, nor the other way round,
also where one browser has both.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Row, Select, delete, select, update
from sqlalchemy.orm import Session

from idp.crypto.digests import digest, new_secret
from idp.settings import Staff
from idp.staff.models import StaffAccount, StaffSession, StaffStatus
from idp.staff.roles import StaffRole
from idp.storage.base import new_id
from idp.storage.database import deleted

COOKIE: Final = "__Host-staff"
TOUCH_SECONDS: Final = 60
"""Use is written down this often."""


@dataclass(frozen=True, slots=True)
class StaffSignIn:
    """Who of the staff is signed in here, read anew for each request: roles and status of now."""

    sid: str
    staff_id: str
    staff_number: str
    roles: frozenset[str]
    office: str
    window: str
    methods: tuple[str, ...]
    opened_at: datetime
    last_used_at: datetime
    enrolled_at: datetime | None

    def has(self, *wanted: StaffRole) -> bool:
        """One of these roles, at least."""
        return not self.roles.isdisjoint(wanted)


def open(  # noqa: A001 - as `idp.sessions.open`
    session: Session,
    staff_id: str,
    browser: str,
    methods: tuple[str, ...],
    *,
    now: datetime,
    settings: Staff,
) -> tuple[StaffSession, str]:
    """A new session and its cookie's secret. Always new: none of before the sign-in is taken over."""
    secret = new_secret()
    opened = StaffSession(
        sid=new_id(now),
        secret_digest=digest(secret),
        staff_id=staff_id,
        browser=browser,
        methods=list(methods),
        opened_at=now,
        last_used_at=now,
        expires_at=_expires_at(now, now, settings),
    )
    session.add(opened)
    session.flush()
    return opened, secret


def find(session: Session, secret: str, browser: str, now: datetime) -> StaffSignIn | None:
    """Of this cookie in this browser (by its digest); None for all that does not count, whatever it is."""
    if not secret:
        return None
    row = session.execute(
        _living(now).where(StaffSession.secret_digest == digest(secret), StaffSession.browser == browser)
    ).first()
    return None if row is None else _read(row)


def standing(session: Session, sid: str, now: datetime) -> StaffSignIn | None:
    """The same of a session that is known by its id: whether who began something may still go on with it."""
    row = session.execute(_living(now).where(StaffSession.sid == sid)).first()
    return None if row is None else _read(row)


def touch(session: Session, signed_in: StaffSignIn, now: datetime, settings: Staff) -> None:
    """Push the idle limit ahead. The session may have ended meanwhile, and then stays so."""
    session.execute(
        update(StaffSession)
        .where(StaffSession.sid == signed_in.sid)
        .values(last_used_at=now, expires_at=_expires_at(signed_in.opened_at, now, settings))
    )


def is_touched(signed_in: StaffSignIn, now: datetime) -> bool:
    return now - signed_in.last_used_at < timedelta(seconds=TOUCH_SECONDS)


def end(session: Session, sid: str) -> bool:
    return deleted(session, delete(StaffSession).where(StaffSession.sid == sid)) > 0


def end_by_secret(session: Session, secret: str) -> None:
    """Whatever session this cookie is of: before another opens in the same browser."""
    session.execute(delete(StaffSession).where(StaffSession.secret_digest == digest(secret)))


def end_all_of(session: Session, staff_id: str, *, but: str = "") -> int:
    return deleted(
        session, delete(StaffSession).where(StaffSession.staff_id == staff_id, StaffSession.sid != but)
    )


def sweep(session: Session, now: datetime) -> int:
    """Drop sessions that are over: the audit log keeps that there were any."""
    return deleted(session, delete(StaffSession).where(StaffSession.expires_at <= now))


def _living(now: datetime) -> Select[StaffSession, StaffAccount]:
    return (
        select(StaffSession, StaffAccount)
        .join(StaffAccount, StaffAccount.id == StaffSession.staff_id)
        .where(StaffSession.expires_at > now, StaffAccount.status == StaffStatus.ACTIVE.value)
    )


def _read(row: Row[StaffSession, StaffAccount]) -> StaffSignIn:
    opened, account = row
    return StaffSignIn(
        sid=opened.sid,
        staff_id=account.id,
        staff_number=account.staff_number,
        roles=frozenset(account.roles),
        office=account.office,
        window=account.window,
        methods=tuple(opened.methods),
        opened_at=opened.opened_at,
        last_used_at=opened.last_used_at,
        enrolled_at=account.enrolled_at,
    )


def _expires_at(opened_at: datetime, now: datetime, settings: Staff) -> datetime:
    absolute = opened_at + timedelta(seconds=settings.session_absolute_seconds)
    return min(absolute, now + timedelta(seconds=settings.session_idle_seconds))
