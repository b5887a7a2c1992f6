"""Months of the log are there before their time, and what came too early for them gets its place."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from threading import Thread

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from idp.audit import AuditContext, record
from idp.audit.events.signing_in import SignedOut
from idp.audit.paging import Span, in_order
from idp.audit.partitions import Months, months_from, partitions
from idp.storage.base import Base
from idp.storage.database import open_database
from tests.idp.audit.test_log import PERSON

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
FOUR = ["audit_events_2026_11", "audit_events_2026_12", "audit_events_2027_01", "audit_events_2027_02"]


@pytest.fixture
def engine(postgres_url: str) -> Iterator[Engine]:
    opened = open_database(postgres_url)
    Base.metadata.create_all(opened, [Base.metadata.tables["audit_events"]])
    yield opened
    opened.dispose()


def months(engine: Engine) -> Months:
    return Months(engine, lambda: NOW)


def names(engine: Engine) -> list[str]:
    with engine.begin() as connection:
        return [one.name for one in partitions(connection)]


def write(engine: Engine, at: datetime) -> str:
    with Session(engine) as session, session.begin():
        return record(session, SignedOut(PERSON), context=AuditContext(at))


def where(engine: Engine, event_id: str) -> str:
    with engine.begin() as connection:
        found = text("SELECT CAST(CAST(tableoid AS REGCLASS) AS TEXT) FROM audit_events WHERE id = :id")
        return str(connection.scalar(found, {"id": event_id}))


def test_months_end_with_the_year() -> None:
    (november, december, january) = months_from(NOW, 3)
    assert november == (datetime(2026, 11, 1, tzinfo=UTC), datetime(2026, 12, 1, tzinfo=UTC))
    assert december[1] == january[0] == datetime(2027, 1, 1, tzinfo=UTC)


def test_months_are_made_ahead_and_once(engine: Engine) -> None:
    assert months(engine).round() == 4
    assert names(engine) == FOUR
    assert months(engine).round() == 0
    assert where(engine, write(engine, NOW)) == FOUR[0]
    assert where(engine, write(engine, datetime(2026, 12, 1, tzinfo=UTC))) == FOUR[1]


def test_what_fell_beside_the_months_gets_its_place(engine: Engine) -> None:
    times = [NOW, NOW - timedelta(days=400), NOW + timedelta(days=200), NOW + timedelta(days=31), NOW]
    ids = [write(engine, at) for at in times]
    assert where(engine, ids[0]) == "audit_events_default"
    before = list(in_order(engine, Span()))
    assert months(engine).round() == 6
    assert list(in_order(engine, Span())) == before
    assert [one.id for one in before] == ids
    assert [where(engine, one) for one in ids[:4]] == [
        "audit_events_2026_11",
        "audit_events_2025_10",
        "audit_events_2027_06",
        "audit_events_2026_12",
    ]
    assert months(engine).round() == 0


def test_workers_who_make_them_at_once_make_each_once(engine: Engine) -> None:
    ids = [write(engine, NOW + timedelta(days=day)) for day in range(40)]
    made: list[int] = []
    workers = [Thread(target=lambda: made.append(months(engine).round())) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert (len(made), sum(made), names(engine)) == (4, 4, FOUR)
    assert [one.id for one in in_order(engine, Span())] == ids


def test_somebody_who_reads_is_not_disturbed_and_writers_do_not_wait_behind_us(engine: Engine) -> None:
    write(engine, NOW)
    with engine.begin() as connection:
        connection.execute(text("SELECT count(*) FROM audit_events")).all()
        with pytest.raises(OperationalError, match="lock timeout"):
            months(engine).round()
        assert names(engine) == []
    assert months(engine).round() == 4


def test_events_are_written_while_their_months_are_made(engine: Engine) -> None:
    """Whoever was about to write beside the months is not refused because there is one now."""
    failures: list[Exception] = []
    ids: list[str] = []

    def go_on(day: int) -> None:
        try:
            ids.extend(write(engine, NOW + timedelta(days=day + 35 * number)) for number in range(30))
        except Exception as failure:
            failures.append(failure)

    writers = [Thread(target=go_on, args=(day,)) for day in range(6)]
    for writer in writers:
        writer.start()
    while any(writer.is_alive() for writer in writers):
        months(engine).round()
    months(engine).round()
    assert failures == []
    assert sorted(one.id for one in in_order(engine, Span())) == sorted(ids)
    assert {where(engine, one) for one in ids}.isdisjoint({"audit_events_default"})


def test_sqlite_has_no_months() -> None:
    assert Months(open_database("sqlite://"), lambda: NOW).round() == 0
