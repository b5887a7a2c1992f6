"""Rows that nobody of ours would write, by somebody who may write to the table: who reads the log goes on.

A worker that stops at a mistake begins at the same row again: one such row would end its work for ever.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from idp.audit.context import AuditContext
from idp.audit.events.signing_in import SignedIn
from idp.audit.export import FORMATS
from idp.audit.following import Follower
from idp.audit.log import record
from idp.audit.paging import Span, in_order
from idp.audit.partitions import Months
from idp.audit.recorded import EARLIEST, LATEST, LONGEST
from idp.audit.searching.pages import find, search
from idp.audit.searching.sought import Sought
from idp.audit.searching.tailing import news
from idp.audit.statistics.rolling import Statistics
from idp.audit.streaming.standing import standing
from idp.audit.tree.sequencer import Sequencer
from idp.audit.tree.status import integrity
from idp.audit.tree.verifying import snapshot, verify
from idp.detection.engine import Engine as Rules
from idp.detection.rules import load
from idp.storage.base import Base, new_id
from idp.storage.database import open_database
from tests.idp.audit.test_log import PERSON

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
PAYLOADS = (
    "[" * 100_000,
    '{"a":' * 500 + "1" + "}" * 500,
    '{"v":1e999}',
    '{"seconds":1e999,"scores":[NaN,0.5]}',
    '{"level":NaN}',
    '{"level":"\\u0000","reason":"\\ud800"}',
    '{"\\ud800":1}',
    "[[1,2]]",
    '[[null,2],["x",3]]',
    '{"methods":[{"a":[1]}],"scopes":{},"session_id":[[]],"organisation_id":{}}',
    '{"v":' + "9" * 4000 + "}",
    "\x7f\x1b[2J",
    '{"reason":"' + "x" * 500_000 + '"}',
)
NAMES = (
    "signed_in",
    "sign_in_refused",
    "face_refused",
    "token_refused",
    "alert_raised",
    "audit_verified",
    "x|y=\r",
)
TIMES = {
    "postgresql": (
        "infinity",
        "-infinity",
        "0044-03-15 00:00:00+00 BC",
        "20000-01-01 00:00:00+00",
        "9999-12-31",
    ),
    "sqlite": ("0001-01-01 00:00:00.000000", "9999-12-31 23:59:59.999999", "never", ""),
}


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """With each of them in it, and something honest behind."""
    opened = open_database(database_url)
    tables = [table for name, table in Base.metadata.tables.items() if name.startswith("audit_")]
    Base.metadata.create_all(opened, tables)
    moment = "2026-11-22 12:00:00.000000"
    times = TIMES[opened.dialect.name]
    forged = [
        *((moment, name, payload) for payload in PAYLOADS for name in NAMES),
        *((time, name, "{}") for time in times for name in NAMES),
        (moment, "signed_in", '{"level":2,"methods":["pwd"]}'),
    ]
    insert = text(
        "INSERT INTO audit_events (xid, id, at, name, client_id, address, payload)"
        " VALUES (0, :id, :at, :name, '=1+1', '\x0b', :payload)"
    )
    with opened.begin() as connection:
        for at, name, payload in forged:
            connection.execute(insert, {"id": new_id(NOW), "at": at, "name": name, "payload": payload})
    yield opened
    opened.dispose()


def test_attack_a_forged_row_stops_who_follows_the_log(engine: Engine) -> None:
    statistics = Statistics(engine, lambda: NOW, timedelta(days=30), events_at_once=7)
    seen = 0
    while count := statistics.round():
        seen += count
    events = list(in_order(engine, Span()))
    assert seen == len(events) > 80
    assert all(EARLIEST <= event.at <= LATEST for event in events)
    rules = Rules(load(None))
    for event in events:
        rules.feed(event)
    assert Follower(engine, "statistics").next(10) is None
    assert standing(engine, ["siem"], NOW)[0].behind == seen
    assert integrity(engine, ["file"]).waiting == seen


@pytest.mark.parametrize("format_", FORMATS)
def test_attack_a_forged_row_stops_exports_and_sinks(engine: Engine, format_: str) -> None:
    events = list(in_order(engine, Span()))
    lines = [line.encode() for line in FORMATS[format_](events)]
    assert len(lines) == len(events) + (format_ == "csv")
    assert not any(b"\n" in line.rstrip(b"\r\n") for line in lines)
    # One that no sink takes would keep all behind it from leaving.
    assert max(map(len, lines)) < 2 * LONGEST


def test_attack_a_forged_row_stops_the_making_of_months(engine: Engine) -> None:
    Months(engine, lambda: NOW).round()
    assert Months(engine, lambda: NOW).round() == 0


def test_attack_a_forged_row_stops_folding_and_verifying(engine: Engine) -> None:
    sequencer = Sequencer(engine, lambda: NOW)
    assert sequencer.round() > 80
    with snapshot(engine) as connection:
        finding = verify(connection, "https://id.example.gov.cn", now=NOW).finding
    assert finding is not None
    assert "its time is" in finding.detail


def test_attack_a_forged_row_stops_who_searches(engine: Engine) -> None:
    seen: list[str] = []
    after = None
    for _ in range(20):
        page = search(engine, Sought(), after, 20)
        assert page.complete, "centuries without events are passed over"
        seen += [event.id for event in page.events]
        if (after := page.next) is None:
            break
    else:
        pytest.fail("it goes round")
    # What bears a time that is none is nowhere in time; the log has it all the same, and verifying finds it.
    assert len(set(seen)) == len(seen) == len(PAYLOADS) * len(NAMES) + 1
    assert search(engine, Sought(text='"pwd"'), None, 20).events
    news_ = news(engine, Sought(), (-1, 0), 1000, 5)
    assert len(news_.events) > len(seen)


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_attack_another_event_takes_the_place_of_one_by_its_id(engine: Engine) -> None:
    """No index keeps ids apart there. Who asks for one is given the first; nobody can be shown another."""
    with Session(engine) as session, session.begin():
        event_id = record(session, SignedIn(PERSON, "hall", 1, ()), context=AuditContext(NOW))
    copy = "INSERT INTO audit_events (xid, id, at, name, payload) SELECT xid, id, at, 'signed_out', payload"
    with engine.begin() as connection:
        connection.execute(text(f"{copy} FROM audit_events WHERE id = :id"), {"id": event_id})
        # Where rows lie is not where they stand.
        connection.execute(text("UPDATE audit_events SET device = 'd' WHERE name = 'signed_in'"))
    found = find(engine, event_id)
    assert found is not None
    assert found.name == "signed_in"
