"""The log becomes one in months, and nobody who reads it sees a difference."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from idp.audit import AuditContext, record
from idp.audit.events.signing_in import SignedOut
from idp.audit.models import AuditEvent
from idp.audit.paging import Span, in_order
from idp.audit.partitions import partitions
from idp.commands.database import migrate_to
from idp.storage.database import open_database

BEFORE, REVISION = "0031", "0032"
PERSON = "01890a5d-ac96-774b-bcce-b302099a8057"


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    engine = open_database(database_url)
    yield engine
    engine.dispose()


def write(engine: Engine, at: datetime) -> str:
    with Session(engine) as session, session.begin():
        return record(session, SignedOut(PERSON), context=AuditContext(at, address="203.0.113.7"))


def test_rows_stay_in_their_order_there_and_back(engine: Engine) -> None:
    now = datetime.now(UTC)
    migrate_to(engine, BEFORE)
    ids = [write(engine, now - timedelta(days=40 - number)) for number in range(40)]
    migrate_to(engine, REVISION)
    assert [one.id for one in in_order(engine, Span())] == ids
    ids += [write(engine, now + timedelta(days=days)) for days in (0, 32, 400)]
    assert [one.id for one in in_order(engine, Span())] == ids
    assert len({one.place for one in in_order(engine, Span())}) == 43
    migrate_to(engine, BEFORE)
    ids.append(write(engine, now))
    assert [one.id for one in in_order(engine, Span())] == ids
    migrate_to(engine, REVISION)
    ids.append(write(engine, now))
    assert [one.id for one in in_order(engine, Span())] == ids


def test_old_rows_are_not_copied_and_new_ones_have_their_months(postgres_url: str) -> None:
    engine = open_database(postgres_url)
    now = datetime.now(UTC)
    migrate_to(engine, BEFORE)
    write(engine, now - timedelta(days=200))
    with engine.begin() as connection:
        (table,) = connection.execute(text("SELECT 'audit_events'::regclass::oid")).one()
    migrate_to(engine, REVISION)
    with engine.begin() as connection:
        assert connection.scalar(text("SELECT 'audit_events_before'::regclass::oid")) == table
        there = partitions(connection)
    assert [one.begin is None for one in there] == [True, False, False, False]
    assert there[0].end > now
    assert [one.begin for one in there[1:]] == [one.end for one in there[:-1]]
    engine.dispose()


def test_a_new_log_has_its_months_at_once(postgres_url: str) -> None:
    engine = open_database(postgres_url)
    migrate_to(engine, REVISION)
    now = datetime.now(UTC)
    write(engine, now)
    with engine.begin() as connection:
        there = partitions(connection)
        assert [one.begin is None for one in there] == [False] * 4
        assert connection.scalar(text("SELECT count(*) FROM audit_events_default")) == 0
    assert there[0].begin is not None
    assert there[0].begin <= now < there[0].end
    engine.dispose()


def test_indexes_are_those_of_the_models(postgres_url: str) -> None:
    """Searches are written to the letter of the indexes' expressions."""
    engine = open_database(postgres_url)
    listed = text("SELECT indexname, indexdef FROM pg_indexes WHERE tablename = 'audit_events' ORDER BY 1")
    columns = text(
        "SELECT attname, atttypid::regtype::text, atttypmod, attnotnull FROM pg_attribute"
        " WHERE attrelid = 'audit_events'::regclass AND attnum > 0 ORDER BY attnum"
    )
    migrate_to(engine, REVISION)
    with engine.begin() as connection:
        migrated = connection.execute(listed).all(), connection.execute(columns).all()
        connection.execute(text("DROP TABLE audit_events"))
    AuditEvent.metadata.create_all(engine, [AuditEvent.metadata.tables["audit_events"]])
    with engine.begin() as connection:
        assert (connection.execute(listed).all(), connection.execute(columns).all()) == migrated
    engine.dispose()
