"""Developers who press at the same moment, and workers who ask at the same moment, on every database."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session, sessionmaker

import idp.models  # noqa: F401 - every table
from idp.apps.models import App, Team
from idp.audit.context import AuditContext
from idp.checker import runs
from idp.checker.models import CheckerRun, RunBy, RunState
from idp.commands.database import migrate_to
from idp.crypto.fields import BlindIndex, FieldCipher
from idp.crypto.master_key import KeyRing
from idp.people import accounts, documents
from idp.storage.base import new_id
from idp.storage.database import open_database
from tests.clients.checker.hands import checked
from tests.idp.developer.console import DEVELOPER

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)
CIPHER, INDEX = FieldCipher(KeyRing("1", {"1": bytes(32)})), BlindIndex(b"i" * 32)
AT_ONCE = 6


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    engine = open_database(database_url)
    migrate_to(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def app_id(engine: Engine) -> str:
    with Session(engine) as session, session.begin():
        document = documents.identify(DEVELOPER.number, NOW.date())
        context = AuditContext(NOW)
        person = accounts.create(
            session, document, DEVELOPER.name, level=2, cipher=CIPHER, index=INDEX, context=context
        )
        session.flush()
        team = Team(id=new_id(NOW), created_by=person.id, created_at=NOW)
        session.add(team)
        session.flush()
        app = App(
            id=new_id(NOW), team_id=team.id, kind="portal", told={}, created_by=person.id, created_at=NOW
        )
        session.add(app)
        return app.id


def at_once(act: Callable[[], bool]) -> int:
    begun = Barrier(AT_ONCE)

    def one(_number: int) -> bool:
        begun.wait(10)
        return act()

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return sum(pool.map(one, range(AT_ONCE)))


def test_of_those_who_press_one_begins_and_of_the_workers_one_does_it(engine: Engine, app_id: str) -> None:
    sessions = sessionmaker(engine)

    def press() -> bool:
        try:
            with sessions.begin() as session:
                runs.start(session, app_id, NOW)
        except runs.UnderWay:
            return False
        return True

    assert at_once(press) == 1
    assert at_once(lambda: runs.claim(sessions, NOW) is not None) == 1


def test_reports_are_kept_in_bounds_on_every_database(engine: Engine, app_id: str) -> None:
    sessions, report = sessionmaker(engine), checked()
    for number in range(runs.KEPT + 2):
        with sessions.begin() as session:
            runs.bring(session, app_id, report, NOW + timedelta(minutes=number))
    with sessions() as session:
        assert session.scalar(select(func.count()).select_from(CheckerRun)) == runs.KEPT
        latest = runs.latest(session, app_id)
        assert latest is not None
        assert (latest[0].by, latest[0].state) == (RunBy.DEVELOPER, RunState.DONE)
        assert latest[1].as_json() == report.as_json()
        assert runs.latest(session, app_id, RunBy.SERVER) is None
