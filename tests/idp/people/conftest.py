"""A database of the people room on SQLite, and everything around it that stands still."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session, sessionmaker

import idp.audit.models
import idp.people.models
import idp.people.registry.models
import idp.storage.outbox  # noqa: F401
from idp.audit.context import AuditContext
from idp.crypto.fields import BlindIndex, FieldCipher
from idp.crypto.master_key import KeyRing
from idp.people.directory import day_in_china
from idp.storage.base import Base
from idp.storage.database import open_database
from tests.fakes import FakeClock
from tests.idp.people.enrolling import Enrolling, enrolling

ON_EACH_DATABASE = pytest.mark.parametrize("engine", ["sqlite", "postgresql"], indirect=True)
NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)
TODAY = day_in_china(NOW)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(NOW)


@pytest.fixture
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """SQLite; a module that says `pytestmark = ON_EACH_DATABASE` runs on PostgreSQL too."""
    if getattr(request, "param", "sqlite") == "postgresql":
        engine = open_database(request.getfixturevalue("postgres_url"))
    else:
        engine = open_database(f"sqlite:///{tmp_path}/people.db")
    Base.metadata.create_all(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def sessions(engine: Engine) -> sessionmaker[Session]:
    return sessionmaker(engine, expire_on_commit=False)


@pytest.fixture
def session(sessions: sessionmaker[Session]) -> Iterator[Session]:
    with sessions() as session:
        yield session


@pytest.fixture
def cipher() -> FieldCipher:
    return FieldCipher(KeyRing("one", {"one": b"1" * 32}))


@pytest.fixture
def index() -> BlindIndex:
    return BlindIndex(b"i" * 32)


@pytest.fixture
def context() -> AuditContext:
    return AuditContext(NOW)


@pytest.fixture
def at_desk(
    sessions: sessionmaker[Session], cipher: FieldCipher, index: BlindIndex, clock: FakeClock
) -> Enrolling:
    return enrolling(sessions, cipher, index, clock)
