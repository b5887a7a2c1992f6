"""A database with staff, on SQLite or PostgreSQL."""

from collections.abc import Callable
from datetime import date

import pytest
from sqlalchemy.orm import Session, sessionmaker

import idp.staff.models  # noqa: F401
from idp.audit.context import AuditContext
from idp.crypto.fields import BlindIndex, FieldCipher
from idp.people.resident_number import SANDBOX_ADDRESS, compose
from idp.settings import Staff
from idp.staff.accounts import Place, StaffAccounts
from idp.staff.models import StaffAccount, StaffStatus
from idp.staff.sessions import StaffSignIn
from tests.idp.people.conftest import (
    NOW,
    ON_EACH_DATABASE,
    cipher,
    clock,
    context,
    engine,
    index,
    session,
    sessions,
)

__all__ = ["ON_EACH_DATABASE", "cipher", "clock", "context", "engine", "index", "session", "sessions"]

SETTINGS = Staff.model_construct(
    session_idle_seconds=1800,
    session_absolute_seconds=28800,
    activation_code_hours=72,
    change_days=7,
    officer_settled_hours=72,
)
Make = Callable[..., StaffAccount]


def number_of(serial: int) -> str:
    return compose(SANDBOX_ADDRESS, date(1990, 1, 1), serial)


@pytest.fixture
def known(cipher: FieldCipher, index: BlindIndex) -> StaffAccounts:
    return StaffAccounts(cipher, index, b"a" * 32, activation_hours=72)


@pytest.fixture
def make(sessions: sessionmaker[Session], known: StaffAccounts, context: AuditContext) -> Make:
    """Somebody who can sign in, of these roles."""
    made: list[str] = []

    def one(*roles: str, active: bool = True) -> StaffAccount:
        made.append("")
        with sessions.begin() as session:
            account, _code = known.add(
                session, f"S-{len(made)}", roles, number_of(len(made)), Place("Hall", "3"), context=context
            )
            if active:
                account.status, account.enrolled_at = StaffStatus.ACTIVE.value, NOW
        return account

    return one


def signed_in(account: StaffAccount) -> StaffSignIn:
    """As their session says."""
    return StaffSignIn(
        sid=account.id,
        staff_id=account.id,
        staff_number=account.staff_number,
        roles=frozenset(account.roles),
        office=account.office,
        window=account.window,
        methods=("pwd",),
        opened_at=NOW,
        last_used_at=NOW,
        enrolled_at=account.enrolled_at,
    )
