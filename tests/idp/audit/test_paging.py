"""Reading the log a page at a time: nothing twice, nothing left out, nothing before its time."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, event, text
from sqlalchemy.orm import Session

from idp.audit import AuditContext, AuditLog, record
from idp.audit.events.mandates import MandatesSuspended
from idp.audit.events.signing_in import SignedIn, SignedOut
from idp.audit.paging import Span, in_order
from idp.storage.base import Base
from idp.storage.database import open_database
from tests.idp.audit.test_log import PERSON, engine, log

__all__ = ["engine", "log"]

START = datetime(2026, 1, 2, tzinfo=UTC)
OTHER = "01890a5d-ac96-774b-bcce-b302099a8058"


def at(second: int) -> AuditContext:
    return AuditContext(START + timedelta(seconds=second), request_id=f"req-{second}")


@pytest.fixture
def written(engine: Engine) -> Engine:
    """25 sign-ins, five in each second, and two events of others."""
    with Session(engine) as session:
        for number in range(25):
            record(session, SignedIn(PERSON, f"c{number}", 1, ()), context=at(number // 5))
        record(session, SignedOut(OTHER), context=at(9))
        record(session, MandatesSuspended("org-1", 2), context=at(9))
        session.commit()
    return engine


@pytest.mark.parametrize("page", [1, 4, 5, 27, 1000])
def test_everything_comes_once_and_in_order(written: Engine, page: int) -> None:
    found = list(in_order(written, Span(), page=page))
    assert len(found) == 27
    assert [one.place for one in found] == sorted(one.place for one in found)
    assert [one.client_id for one in found[:25]] == [f"c{number}" for number in range(25)]


def test_a_span_is_up_to_and_without_its_end(written: Engine) -> None:
    span = Span(START + timedelta(seconds=1), START + timedelta(seconds=3))
    assert [one.client_id for one in in_order(written, span, page=3)] == [f"c{n}" for n in range(5, 15)]
    assert list(in_order(written, Span(START + timedelta(days=1)))) == []
    assert list(in_order(written, Span(None, START))) == []


def test_no_more_than_a_page_is_asked_for_and_no_transaction_stays_open(written: Engine) -> None:
    """However long the reader takes, and however large the log is."""
    sizes: list[int] = []
    event.listen(written, "checkin", lambda *_: sizes.append(1))
    reader = in_order(written, Span(), page=5)
    next(reader)
    pool = written.pool
    assert pool.checkedout() == 0  # type: ignore[attr-defined]
    assert len(sizes) == 2
    assert len(list(reader)) == 26


def test_what_is_written_meanwhile_is_left_to_the_next_reader(written: Engine, log: AuditLog) -> None:
    reader = in_order(written, Span(), page=5)
    first = next(reader)
    log.append(SignedOut(PERSON), at(0))
    assert len([first, *reader]) == 27
    assert len(list(in_order(written, Span()))) == 28


def test_an_export_begins_behind_no_open_transaction(postgres_url: str) -> None:
    """A transaction that wrote early and commits late is not passed over by who reads on from there."""
    engine = open_database(postgres_url)
    Base.metadata.create_all(engine, [Base.metadata.tables["audit_events"]])
    with Session(engine) as early, Session(engine) as late:
        record(early, SignedIn(PERSON, "early", 1, ()), context=at(1))
        early.flush()
        record(late, SignedIn(PERSON, "late", 1, ()), context=at(2))
        late.commit()
        assert list(in_order(engine, Span())) == []
        early.commit()
        assert [one.client_id for one in in_order(engine, Span())] == ["early", "late"]
    engine.dispose()


MANY = r"""
INSERT INTO audit_events (xid, id, at, name, person_id, client_id, payload)
SELECT 3 + n / 100, CAST(gen_random_uuid() AS TEXT), TIMESTAMPTZ '2026-01-02Z' + n * INTERVAL '1 second',
  'signed_in', CAST(n % 500 AS TEXT), CAST(n % 500 AS TEXT), '{}'
FROM generate_series(1, 20000) AS n
"""


def test_a_page_is_read_by_the_index_of_the_order_however_long_the_log_is(postgres_url: str) -> None:
    engine = open_database(postgres_url)
    Base.metadata.create_all(engine, [Base.metadata.tables["audit_events"]])
    with engine.begin() as connection:
        connection.execute(text(MANY))
        connection.execute(text("ANALYZE audit_events"))
    statements: list[tuple[str, Any]] = []
    event.listen(
        engine,
        "before_cursor_execute",
        lambda _connection, _cursor, statement, given, *_: statements.append((statement, given)),
    )
    list(in_order(engine, Span(START + timedelta(hours=2), START + timedelta(hours=3)), page=500))
    statement, given = statements[-1]
    with engine.connect() as connection:
        plan = "\n".join(row[0] for row in connection.exec_driver_sql(f"EXPLAIN {statement}", given).all())
    assert "using audit_events_default_xid_seq_idx " in plan, plan
    assert "Seq Scan" not in plan, plan
    engine.dispose()
