"""Members of a team who act at the same moment, with real threads on every database."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Barrier

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session, sessionmaker

import idp.models  # noqa: F401 - every table
from idp.audit.context import AuditContext
from idp.commands.database import migrate_to
from idp.crypto.fields import FieldCipher
from idp.crypto.master_key import KeyRing
from idp.oidc.clients.changes import changing, history
from idp.oidc.clients.changes.changing import ChangedMeanwhile
from idp.oidc.clients.changes.history import Actor, ActorKind
from idp.oidc.clients.credentials.client_secrets import ClientSecrets
from idp.oidc.clients.credentials.kept_secret import SECRETS_AT_MOST
from idp.oidc.clients.credentials.named_secrets import TooManySecrets
from idp.storage.database import open_database
from tests.idp.oidc.clients.secret_rows import secrets_of

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)
CONTEXT = AuditContext(at=NOW)
SECRETS = ClientSecrets(b"k" * 32, FieldCipher(KeyRing("1", {"1": bytes(32)})))
MEMBERS = 8
FIELDS = {
    "client_id": "hall",
    "client_name": "Hall",
    "sector": "hall.example",
    "redirect_uris": ["https://hall.example/callback"],
}


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    engine = open_database(database_url)
    migrate_to(engine)
    with Session(engine) as session, session.begin():
        changing.create(session, FIELDS, actor=member(0), context=CONTEXT, secrets=SECRETS)
    yield engine
    engine.dispose()


def member(number: int) -> Actor:
    return Actor(ActorKind.PERSON, f"01a20244-e87b-7d01-9b78-{number:012d}")


def at_once(engine: Engine, act: Callable[[Session, int], bool]) -> int:
    """How many of the members succeed; `act` returns whether it did."""
    sessions, begun = sessionmaker(engine), Barrier(MEMBERS)

    def one(number: int) -> bool:
        begun.wait(10)
        with sessions() as session:
            done = act(session, number)
            if done:
                session.commit()
            return done

    with ThreadPoolExecutor(MEMBERS) as pool:
        return sum(pool.map(one, range(MEMBERS)))


def test_of_those_who_began_at_the_same_version_one_is_heard(engine: Engine) -> None:
    seen: list[int] = []

    def edit(session: Session, number: int) -> bool:
        try:
            changing.change(
                session,
                "hall",
                {**FIELDS, "contacts": [f"m{number}@hall.example"]},
                actor=member(number),
                context=CONTEXT,
                secrets=SECRETS,
                expected_version=1,
            )
        except ChangedMeanwhile as told:
            seen.append(told.current.number)
            return False
        return True

    assert at_once(engine, edit) == 1
    assert seen == [2] * (MEMBERS - 1)
    with Session(engine) as session:
        assert [one.number for one in history.history(session, "hall")] == [2, 1]


def test_there_are_never_more_secrets_than_there_may_be(engine: Engine) -> None:
    def make(session: Session, number: int) -> bool:
        try:
            changing.add_secret(
                session,
                "hall",
                f"Server {number}",
                expires_at=None,
                actor=member(number),
                context=CONTEXT,
                secrets=SECRETS,
            )
        except TooManySecrets:
            return False
        return True

    assert at_once(engine, make) == SECRETS_AT_MOST - 1
    with Session(engine) as session:
        assert len(secrets_of(session, "hall")) == SECRETS_AT_MOST
