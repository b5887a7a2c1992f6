"""A log in which there is something to look for."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from idp.audit import AuditContext, record
from idp.audit.events.mandates import MandatesSuspended
from idp.audit.events.protocol import CodeIssued
from idp.audit.events.signing_in import SignedIn, SignedOut, SignInRefused
from idp.audit.events.staff import StaffAdded
from idp.audit.searching import Sought, search
from tests.idp.audit.test_log import PERSON, engine

__all__ = ["engine"]

START = datetime(2026, 1, 2, tzinfo=UTC)
OTHER = "01890a5d-ac96-774b-bcce-b302099a8058"
SESSION, DEVICE, PROBED = "s" * 43, "d" * 43, "p" * 43


def at(second: int, **more: str) -> AuditContext:
    given = {"request_id": f"req-{second}", "address": f"203.0.113.{second % 256}", **more}
    return AuditContext(START + timedelta(seconds=second), **given)


@pytest.fixture
def written(engine: Engine) -> Engine:
    """25 sign-ins, five in each second, and some other events."""
    with Session(engine) as session:
        for number in range(25):
            record(session, SignedIn(PERSON, f"c{number}", 1 + number % 4, ()), context=at(number // 5))
        record(session, SignedIn(OTHER, "hall", 3, (), SESSION), context=at(8, device=DEVICE))
        record(session, CodeIssued("hall", OTHER, (), 3, "g"), context=at(9, interaction_id="i" * 43))
        record(session, SignedOut(OTHER, session_id=SESSION), context=at(12, address="2001:db8::9"))
        record(session, MandatesSuspended("org-1", 2), context=at(13, actor="worker"))
        record(session, SignInRefused("wrong-password", "pwd"), context=at(14, device=PROBED))
        record(session, StaffAdded("staff-2", ()), context=at(15, actor="staff-1", address="fe80::1%eth0"))
        session.commit()
    return engine


Count = Callable[[Sought], int]


@pytest.fixture
def count(written: Engine) -> Count:
    return lambda sought: len(search(written, sought, None, 100, 30).events)
