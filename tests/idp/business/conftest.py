"""A database with organisations, and a register that says what a test tells it to."""

from datetime import timedelta

import pytest

import idp.business.models
import idp.business.registry.models  # noqa: F401
from idp.business.organisations import Organisations
from idp.crypto.fields import BlindIndex, FieldCipher
from tests.idp.business.registering import ToldRegister, nothing
from tests.idp.people.conftest import cipher, clock, context, engine, index, session, sessions

__all__ = ["cipher", "clock", "context", "engine", "index", "session", "sessions"]


@pytest.fixture
def register() -> ToldRegister:
    return ToldRegister()


@pytest.fixture
def organisations(cipher: FieldCipher, index: BlindIndex) -> Organisations:
    return Organisations(
        cipher, index, recheck=timedelta(hours=1), trusted=timedelta(days=1), changed=nothing
    )
