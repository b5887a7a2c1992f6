"""Rows that nobody of ours would write, by somebody who may write to the table: who reads the log goes on.

A worker that stops at a mistake begins at the same row again: one such row would end its work for ever.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine, text

from idp.audit.export import FORMATS
from idp.audit.following import Follower
from idp.audit.paging import Span, in_order
from idp.audit.partitions import Months
from idp.audit.recorded import EARLIEST, LATEST
from idp.audit.statistics.rolling import Statistics
from idp.audit.streaming.standing import standing
from idp.audit.tree.sequencer import Sequencer
from idp.audit.tree.status import integrity
from idp.audit.tree.verifying import snapshot, verify
from idp.detection.engine import Engine as Rules
from idp.detection.rules import load
from idp.storage.base import Base, new_id
from idp.storage.database import open_database

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
    "sqlite": ("0001-01-01 00:00:00.000000", "9999-12-31 23:59:59.999999"),
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
