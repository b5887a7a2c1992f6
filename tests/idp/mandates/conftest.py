"""A world in which people act for others, on SQLite; a module that says ON_EACH_DATABASE has both."""

import pytest
from sqlalchemy.orm import Session, sessionmaker

import idp.business.models
import idp.business.registry.models
import idp.mandates.models  # noqa: F401
from idp.crypto.fields import BlindIndex, FieldCipher
from tests.fakes import FakeClock
from tests.idp.mandates.world import World
from tests.idp.people.conftest import cipher, clock, context, engine, index, session, sessions

__all__ = ["cipher", "clock", "context", "engine", "index", "session", "sessions"]


@pytest.fixture
def world(
    sessions: sessionmaker[Session],
    cipher: FieldCipher,
    index: BlindIndex,
    clock: FakeClock,
) -> World:
    return World(sessions, cipher, index, clock)
