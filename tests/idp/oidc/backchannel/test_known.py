"""Whom a client may mean, on each database."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

import idp.models  # noqa: F401 - every table
from idp.oidc.backchannel import known
from idp.oidc.clients.models import ClientRecord
from idp.oidc.sharing import Consent
from idp.people.models import Person
from idp.storage.base import Base, new_id
from idp.storage.database import open_database

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)
KEY, SUB, HALL = b"k" * 32, "s" * 43, "hall"


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    found = open_database(database_url)
    Base.metadata.create_all(found)
    yield found
    found.dispose()


@pytest.fixture
def person_id(engine: Engine) -> str:
    person_id = new_id(NOW)
    with Session(engine) as session, session.begin():
        session.add(Person(id=person_id, level=2, name_sealed=b"", created_at=NOW))
        session.add(
            ClientRecord(
                client_id=HALL, sector="hall.example", metadata_json={}, created_at=NOW, updated_at=NOW
            )
        )
        session.flush()
        session.add(
            Consent(
                person_id=person_id,
                client_id=HALL,
                id=new_id(NOW),
                scopes=["openid"],
                asked=["openid"],
                purpose="sign-in",
                given_at=NOW,
                expires_at=NOW + timedelta(days=1),
                particulars={},
            )
        )
    return person_id


def test_it_is_noted_once_and_found_while_the_consent_stands(engine: Engine, person_id: str) -> None:
    for _ in range(2):
        with Session(engine) as session, session.begin():
            known.note(session, KEY, HALL, SUB, person_id)
    with engine.connect() as connection:
        assert known.is_noted(connection, KEY, HALL, SUB)
        assert known.find(connection, KEY, HALL, SUB, NOW) == person_id
        assert known.find(connection, KEY, HALL, SUB, NOW + timedelta(days=1)) is None
        assert known.find(connection, KEY, "tax", SUB, NOW) is None
        assert known.find(connection, b"o" * 32, HALL, SUB, NOW) is None
    with Session(engine) as session, session.begin():
        assert known.sweep(session, NOW) == 0
        session.delete(session.get_one(Consent, (person_id, HALL)))
        session.flush()
        assert known.sweep(session, NOW) == 1
