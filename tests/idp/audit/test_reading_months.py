"""Who reads the log in its order, or one event of it, reads no month that has nothing for them."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, event, text

from idp.audit.following import Follower
from idp.audit.paging import Span, in_order
from idp.audit.partitions import Months
from idp.audit.searching import Sought, find, search
from idp.audit.tree.reading import row_of, rows_between, settled_rows
from idp.storage.base import Base
from idp.storage.database import open_database
from tests.servers import PostgresProcess

FIRST = datetime(2026, 1, 1, tzinfo=UTC)
ROWS, A_TRANSACTION = 30_000, 100
MANY = """
INSERT INTO audit_events (seq, xid, id, at, name, person_id, address, payload)
SELECT n, 3 + n / :transaction, '019b7625-7000-7000-8000-' || lpad(to_hex(n), 12, '0'),
  TIMESTAMPTZ '2026-01-01Z' + n * INTERVAL '7 minutes', 'signed_in', CAST(n % 500 AS TEXT),
  '10.0.' || n % 250 || '.' || n % 100, '{}'
FROM generate_series(1, :rows) AS n
"""
PAGES_AT_MOST = 100
"""Of some 1,500 that the rows and their indexes fill; a descent into each of seven months takes about 20."""


PLANS: list[str] = []


@pytest.fixture
def plans() -> list[str]:
    """Of the statements that a test runs, as PostgreSQL tells them."""
    PLANS.clear()
    return PLANS


def _explaining(connection: Any, _entry: Any) -> None:
    for statement in (
        "LOAD 'auto_explain'",
        "SET auto_explain.log_min_duration = 0",
        "SET auto_explain.log_analyze = on",
        "SET auto_explain.log_buffers = on",
        "SET client_min_messages = log",
    ):
        connection.execute(statement)
    connection.commit()
    connection.add_notice_handler(lambda told: PLANS.append(told.message_primary))


@pytest.fixture(scope="module")
def engine(postgres_process: PostgresProcess) -> Iterator[Engine]:
    opened = open_database(postgres_process.new_database())
    event.listen(opened, "connect", _explaining)
    tables = [Base.metadata.tables[name] for name in ("audit_events", "audit_cursors")]
    Base.metadata.create_all(opened, tables)
    Months(opened, lambda: FIRST, ahead=6).round()
    with opened.begin() as connection:
        connection.execute(text(MANY), {"rows": ROWS, "transaction": A_TRANSACTION})
    with opened.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        connection.execute(text("VACUUM ANALYZE audit_events"))
    yield opened
    opened.dispose()


def id_of(number: int) -> str:
    return f"019b7625-7000-7000-8000-{number:012x}"


def with_connection(read: Callable[[Connection], object]) -> Callable[[Engine], object]:
    def do(engine: Engine) -> object:
        with engine.connect() as connection:
            return read(connection)

    return do


PLACE, NEXT = (203, 20_010), (203, 20_060)
HOUR = Span(FIRST + timedelta(days=100), FIRST + timedelta(days=100, hours=1))
READERS: dict[str, Callable[[Engine], object]] = {
    "the sequencer": with_connection(lambda connection: settled_rows(connection, PLACE, 50)),
    "the sequencer at the end": with_connection(lambda connection: settled_rows(connection, (303, ROWS), 50)),
    "verifying": with_connection(lambda connection: rows_between(connection, PLACE, NEXT, 51)),
    "proving": with_connection(lambda connection: row_of(connection, id_of(5))),
    "an event": lambda engine: find(engine, id_of(5)),
    "reading on": lambda engine: Follower(engine, "test").next(50),
    "an export": lambda engine: list(in_order(engine, HOUR)),
    "a person": lambda engine: search(engine, Sought(person_id="7"), None, 20),
    "an address": lambda engine: search(engine, Sought(address="10.0.7.7"), None, 20),
    "a range": lambda engine: search(engine, Sought(address="10.0.7.0/28"), None, 20),
}


@pytest.mark.parametrize("name", READERS)
def test_no_month_is_read_for_nothing(engine: Engine, plans: list[str], name: str) -> None:
    READERS[name](engine)
    of_the_log = [plan for plan in plans if "FROM audit_events" in plan]
    assert of_the_log
    for plan in of_the_log:
        read = [int(pages) for pages in re.findall(r"Buffers: shared hit=(\d+)", plan)]
        assert max(read, default=0) <= PAGES_AT_MOST, plan
        assert not re.search(r"Seq Scan on audit_events_2026_0[1-5]", plan), plan
