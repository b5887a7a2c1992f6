"""Somebody of the staff at a browser, with an authenticator app."""

from dataclasses import dataclass
from datetime import date, timedelta

from idp.audit.context import AuditContext
from idp.people.resident_number import SANDBOX_ADDRESS, compose
from idp.staff import accounts, means, totp
from idp.staff.accounts import Place
from idp.staff_pages.room import KEY
from tests.idp.login.conftest import CHEAP
from tests.idp.login.visitor import Site, Visitor

PASSWORD = "a long enough phrase"
SECRET = b"0123456789abcdefghij"


@dataclass(frozen=True)
class Member:
    """An account of staff that can sign in."""

    id: str
    staff_number: str

    def code(self, site: Site) -> str:
        """What the app shows now."""
        return totp.code_at(SECRET, totp.step_at(site.clock()))


def own_number(serial: int) -> str:
    return compose(SANDBOX_ADDRESS, date(1980, 1, 1), serial)


def invite(site: Site, staff_number: str, *roles: str, own: str) -> str:
    """A new account; its activation code."""
    known = site.app.extensions[KEY].accounts
    with site.services.sessions.begin() as session:
        context = AuditContext(site.clock(), actor="operator")
        _account, code = known.add(session, staff_number, roles, own, Place("Hall", "3"), context=context)
    return str(code)


def add(site: Site, staff_number: str, *roles: str, serial: int = 1, own: str | None = None) -> Member:
    invite(site, staff_number, *roles, own=own or own_number(serial))
    with site.services.sessions.begin() as session:
        account = accounts.find(session, staff_number, for_update=True)
        assert account is not None
        means.set_password_and_totp(
            session,
            account,
            CHEAP.hash(PASSWORD),
            SECRET,
            0,
            cipher=site.services.cipher,
            way="activation",
            context=AuditContext(site.clock(), actor=account.id),
        )
        return Member(account.id, account.staff_number)


def disable(site: Site, member: Member) -> None:
    with site.services.sessions.begin() as session:
        account = accounts.locked(session, member.id)
        assert account is not None
        accounts.disable(session, account, reason="left", context=AuditContext(site.clock()))


def sign_in(site: Site, member: Member, *, address: str = "192.0.2.8", target: str = "/staff") -> Visitor:
    """With a code that was not used yet."""
    site.clock.now += timedelta(seconds=totp.STEP_SECONDS)
    visitor = Visitor(site, address)
    visitor.get(target)
    assert visitor.path == "/staff/login", visitor.path
    return visitor.submit(
        "staff-form", staff_number=member.staff_number, password=PASSWORD, code=member.code(site)
    )
