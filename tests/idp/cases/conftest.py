"""A database with officers, on SQLite or PostgreSQL."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session, sessionmaker

import idp.cases.models
import idp.detection.models  # noqa: F401
from idp.audit.context import AuditContext
from idp.cases import working
from idp.cases.words import CaseKind
from idp.detection import alerts
from idp.detection.findings import Finding, Severity, SubjectKind
from tests.idp.staff.conftest import (
    NOW,
    ON_EACH_DATABASE,
    Make,
    cipher,
    clock,
    context,
    engine,
    index,
    known,
    make,
    session,
    sessions,
)

__all__ = [
    "NOW",
    "ON_EACH_DATABASE",
    "cipher",
    "clock",
    "context",
    "engine",
    "index",
    "known",
    "make",
    "session",
    "sessions",
]
PERSON = "0192f0c1-2345-7abc-8def-0123456789ab"
Open = Callable[..., str]
Raise = Callable[..., str]


def by(staff_id: str, at: datetime = NOW) -> AuditContext:
    return AuditContext(at, actor=staff_id)


@pytest.fixture
def officers(make: Make) -> tuple[str, str]:
    """Two of them."""
    return make("security").id, make("security").id


@pytest.fixture
def raised(sessions: sessionmaker[Session]) -> Raise:
    """An alert about somebody; its id."""

    def one(kind: SubjectKind = "person", subject: str = PERSON, rule: str = "stuffing") -> str:
        found = Finding(rule, Severity.HIGH, kind, subject, NOW, NOW, 3, (PERSON,))
        with sessions.begin() as session:
            cool_down = timedelta(hours=1)
            alert, _new = alerts.take(session, found, NOW, cool_down=cool_down, context=AuditContext(NOW))
            return alert.id

    return one


@pytest.fixture
def opened(sessions: sessionmaker[Session], officers: tuple[str, str]) -> Open:
    """A case of the first officer's about a person; its id."""

    def one(*subjects: tuple[str, str], officer: str = officers[0], at: datetime = NOW) -> str:
        with sessions.begin() as session:
            about = subjects or (("person", PERSON),)
            case = working.open_case(
                session, CaseKind.ACCOUNT_ATTACK, Severity.HIGH, about, context=by(officer, at)
            )
            return case.id

    return one
