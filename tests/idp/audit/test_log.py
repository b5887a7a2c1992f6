"""Events that are durable when `append` returns, or known not to be; one commit for many callers."""

import json
import multiprocessing
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Barrier, Event

import pytest
from sqlalchemy import (
    Column,
    Engine,
    MetaData,
    String,
    Table,
    delete,
    event,
    func,
    insert,
    select,
    text,
)
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from idp.audit import AuditContext, AuditLog, AuditUnavailable, PersonalDataRefused, record
from idp.audit.events.people import PersonEnrolled
from idp.audit.events.signing_in import SignedIn, SignedOut, SignInRefused
from idp.audit.insertion import Living
from idp.audit.log import record_with
from idp.audit.models import AuditEvent
from idp.storage.base import Base, UtcDateTime
from idp.storage.database import open_database
from idp.storage.prepared import Prepared
from tests.fakes import AuditTrap

PERSON = "01890a5d-ac96-774b-bcce-b302099a8057"
CONTEXT = AuditContext(datetime(2026, 1, 2, tzinfo=UTC), "req-1", "203.0.113.7", "d" * 43, "i" * 43)
PART = timedelta(microseconds=120)
REFUSED = SignInRefused("wrong-password", "pwd")


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    opened = open_database(database_url)
    Base.metadata.create_all(opened, [Base.metadata.tables["audit_events"]])
    yield opened
    opened.dispose()


@pytest.fixture
def log(engine: Engine) -> Iterator[AuditLog]:
    opened = AuditLog(engine)
    yield opened
    opened.close()


def rows(engine: Engine) -> list[AuditEvent]:
    with Session(engine, expire_on_commit=False) as session:
        return list(session.scalars(select(AuditEvent).order_by(AuditEvent.xid, AuditEvent.seq)))


LEASES, PAPERS = (
    Table(name, MetaData(), Column("id", String(43), primary_key=True), Column("expires_at", UtcDateTime()))
    for name in ("leases", "papers")
)


def lend(engine: Engine, table: Table, **until: datetime) -> None:
    table.metadata.create_all(engine)
    with engine.begin() as connection:
        connection.execute(insert(table), [{"id": name, "expires_at": at} for name, at in until.items()])


def test_an_event_is_written_while_a_row_lives(engine: Engine, log: AuditLog) -> None:
    at = CONTEXT.at
    lend(engine, LEASES, lives=at + PART, past=at)
    signed_in = SignedIn(PERSON, "hall", 2, ("pwd",))
    assert log.append_while(signed_in, CONTEXT, Living(LEASES, "lives"))
    assert not log.append_while(signed_in, CONTEXT, Living(LEASES, "past"))
    assert not log.append_while(signed_in, CONTEXT, Living(LEASES, "unknown"))
    assert len(rows(engine)) == 1
    with engine.begin() as connection:
        connection.execute(delete(LEASES))
    assert not log.append_while(signed_in, CONTEXT, Living(LEASES, "lives"))
    assert len(rows(engine)) == 1


def test_what_depends_on_rows_shares_its_commit_with_what_does_not(engine: Engine) -> None:
    lend(engine, LEASES, **{f"n{number}": CONTEXT.at + PART for number in range(0, 24, 2)})
    lend(engine, PAPERS, n5=CONTEXT.at + PART)
    log = AuditLog(engine)

    def write(number: int) -> bool:
        event = SignedIn(PERSON, "hall", number, ("pwd",))
        if number % 3 == 0:
            log.append(event, CONTEXT)
            return True
        return log.append_while(event, CONTEXT, Living(PAPERS if number == 5 else LEASES, f"n{number}"))

    with ThreadPoolExecutor(24) as pool:
        written = list(pool.map(write, range(24)))
    log.close()
    expected = {number for number in range(24) if number % 3 == 0 or number % 2 == 0 or number == 5}
    assert {number for number, was in enumerate(written) if was} == expected
    assert sorted(json.loads(row.payload)["level"] for row in rows(engine)) == sorted(expected)


def test_an_event_is_written_with_a_new_row_or_not_at_all(engine: Engine) -> None:
    lend(engine, LEASES, lent=CONTEXT.at)
    new, signed_in = Prepared(insert(LEASES)), SignedIn(PERSON, "hall", 2, ("pwd",))
    record_with(engine, new, {"id": "new", "expires_at": CONTEXT.at + PART}, signed_in, context=CONTEXT)
    with pytest.raises(IntegrityError):
        record_with(engine, new, {"id": "lent", "expires_at": CONTEXT.at}, signed_in, context=CONTEXT)
    with engine.connect() as connection:
        leases = {row.id: row.expires_at for row in connection.execute(select(LEASES))}
    assert leases == {"lent": CONTEXT.at, "new": CONTEXT.at + PART}
    (row,) = rows(engine)
    assert (row.name, row.at) == ("signed_in", CONTEXT.at)


def test_a_row_that_cannot_be_looked_for_is_a_failure(engine: Engine, log: AuditLog) -> None:
    nowhere = Table("nowhere", MetaData(), Column("id", String), Column("expires_at", UtcDateTime()))
    with pytest.raises(AuditUnavailable):
        log.append_while(REFUSED, CONTEXT, Living(nowhere, "lives"))
    assert rows(engine) == []


def test_a_row_says_it_all(engine: Engine, log: AuditLog) -> None:
    log.append(SignedIn(PERSON, "hall", 2, ("pwd", "face")), CONTEXT)
    (row,) = rows(engine)
    assert (row.name, row.person_id, row.client_id) == ("signed_in", PERSON, "hall")
    assert (row.at, row.request_id, row.address) == (CONTEXT.at, "req-1", "203.0.113.7")
    assert (row.device, row.interaction_id, row.actor) == ("d" * 43, "i" * 43, None)
    assert row.payload == '{"level":2,"methods":["pwd","face"]}'
    assert len(row.id) == 36


def test_a_recorded_event_shares_the_fate_of_its_change(engine: Engine) -> None:
    with Session(engine) as session:
        record(session, PersonEnrolled(PERSON, 2, "face"), context=CONTEXT)
        session.rollback()
    assert rows(engine) == []
    with Session(engine) as session:
        record(session, PersonEnrolled(PERSON, 2, "face"), context=CONTEXT)
        record(session, SignedOut(PERSON), context=CONTEXT)
        session.commit()
    assert [row.name for row in rows(engine)] == ["person_enrolled", "signed_out"]


def test_both_ways_of_writing_keep_the_same(engine: Engine, log: AuditLog) -> None:
    """Down to how the database keeps a moment: it is compared as it is kept."""
    event, context = SignedIn(PERSON, "hall", 2, ("pwd", "face")), replace(CONTEXT, at=CONTEXT.at + PART)
    log.append(event, context)
    with Session(engine) as session:
        record(session, event, context=context)
        session.commit()
    names = [
        column.name for column in AuditEvent.__table__.columns if column.name not in {"seq", "xid", "id"}
    ]
    cast = ", ".join(f"CAST({name} AS TEXT) AS {name}" for name in names)
    with engine.connect() as connection:
        first, second = connection.execute(text(f"SELECT {cast} FROM audit_events ORDER BY seq")).all()
    assert first == second
    assert (first.actor, first.name) == (None, "signed_in")


def test_many_threads_share_commits(engine: Engine, log: AuditLog) -> None:
    commits: list[object] = []
    event.listen(engine, "checkout", lambda connection, *_: commits.append(connection))
    with ThreadPoolExecutor(16) as threads:
        list(
            threads.map(lambda number: log.append(SignedIn(PERSON, f"c{number}", 1, ()), CONTEXT), range(400))
        )
    assert sorted(row.client_id or "" for row in rows(engine)) == sorted(
        f"c{number}" for number in range(400)
    )
    assert len(commits) < 250


def test_what_one_thread_appends_keeps_its_order(engine: Engine, log: AuditLog) -> None:
    for number in range(20):
        log.append(SignedIn(PERSON, f"c{number}", 1, ()), CONTEXT)
    assert [row.client_id for row in rows(engine)] == [f"c{number}" for number in range(20)]


def test_a_failing_database_is_told_to_every_caller_and_passes(engine: Engine, log: AuditLog) -> None:
    with engine.begin() as connection:
        connection.execute(text("ALTER TABLE audit_events RENAME TO hidden"))
    with pytest.raises(AuditUnavailable, match="database failed"):
        log.append(REFUSED, CONTEXT)
    with engine.begin() as connection:
        connection.execute(text("ALTER TABLE hidden RENAME TO audit_events"))
    log.append(REFUSED, CONTEXT)
    assert len(rows(engine)) == 1


def test_too_many_waiting_are_refused_at_once_and_nobody_waits_for_ever(engine: Engine) -> None:
    log = AuditLog(engine, capacity=2, batch=1, timeout_seconds=0.2)
    arrived, go_on = Event(), Event()

    def hold(*_connection: object) -> None:
        arrived.set()
        go_on.wait(30)

    event.listen(engine, "checkout", hold)
    with ThreadPoolExecutor(3) as threads:
        first = threads.submit(log.append, REFUSED, CONTEXT)
        arrived.wait(30)
        others = [threads.submit(log.append, REFUSED, CONTEXT) for _ in range(2)]
        for waiting in (first, *others):
            assert isinstance(waiting.exception(30), AuditUnavailable)
        with pytest.raises(AuditUnavailable, match="2 audit events are waiting"):
            log.append(REFUSED, CONTEXT)
    go_on.set()
    log.close()
    assert len(rows(engine)) == 3  # told as unknown, written all the same


def test_closing_writes_what_waits_and_refuses_the_rest(engine: Engine) -> None:
    log = AuditLog(engine, batch=1)
    barrier = Barrier(9)

    def one(_: int) -> None:
        barrier.wait()
        log.append(REFUSED, CONTEXT)

    with ThreadPoolExecutor(8) as threads:
        appended = [threads.submit(one, number) for number in range(8)]
        barrier.wait()
        log.close()
    outcomes = [future.exception() for future in appended]
    assert all(outcome is None or "closed" in str(outcome) for outcome in outcomes)
    assert len(rows(engine)) == outcomes.count(None)
    with pytest.raises(AuditUnavailable, match="closed"):
        log.append(REFUSED, CONTEXT)
    log.close()


def append_and_report(log: AuditLog, done: "multiprocessing.SimpleQueue[str]") -> None:
    log.append(SignedIn(PERSON, f"pid{os.getpid() % 1000}", 1, ()), CONTEXT)
    done.put("appended")


def test_a_forked_process_writes_too(engine: Engine, log: AuditLog) -> None:
    log.append(REFUSED, CONTEXT)
    context = multiprocessing.get_context("fork")
    done: multiprocessing.SimpleQueue[str] = context.SimpleQueue()
    children = [context.Process(target=append_and_report, args=(log, done)) for _ in range(3)]
    for child in children:
        child.start()
    for child in children:
        assert done.get() == "appended"
        child.join(60)
    log.append(REFUSED, CONTEXT)
    assert len(rows(engine)) == 5


CRASHING = """
import sys
from tests.idp.audit.test_log import CONTEXT, PERSON
from idp.audit import AuditLog
from idp.audit.events.signing_in import SignedIn
from idp.storage.database import open_database
from idp.storage.prepared import Prepared
log = AuditLog(open_database(sys.argv[1]))
for number in range(1000000):
    log.append(SignedIn(PERSON, f"c{number}", 1, ()), CONTEXT)
    print(number, flush=True)
"""


def test_what_was_acknowledged_outlives_a_killed_process(engine: Engine, database_url: str) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", CRASHING, database_url],
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[3],
    )
    assert process.stdout is not None
    acknowledged = [int(process.stdout.readline()) for _ in range(25)]
    process.send_signal(signal.SIGKILL)
    acknowledged += [int(line) for line in process.stdout.read().split("\n")[:-1]]
    process.stdout.close()
    process.wait()
    written = {row.client_id for row in rows(engine)}
    assert {f"c{number}" for number in acknowledged} <= written


def test_the_order_of_commits_holds_for_whoever_reads_on(postgres_url: str) -> None:
    """A transaction that wrote early and commits late is not passed over."""
    engine = open_database(postgres_url)
    Base.metadata.create_all(engine, [Base.metadata.tables["audit_events"]])
    settled = (
        select(AuditEvent.client_id)
        .where(AuditEvent.xid < text("CAST(CAST(pg_snapshot_xmin(pg_current_snapshot()) AS TEXT) AS BIGINT)"))
        .order_by(AuditEvent.xid, AuditEvent.seq)
    )
    with Session(engine) as early, Session(engine) as late, Session(engine) as reader:
        record(early, SignedIn(PERSON, "early", 1, ()), context=CONTEXT)
        early.flush()
        record(late, SignedIn(PERSON, "late", 1, ()), context=CONTEXT)
        late.commit()
        assert reader.scalars(settled).all() == []
        reader.rollback()
        early.commit()
        assert reader.scalars(settled).all() == ["early", "late"]
    engine.dispose()


def test_nothing_personal_is_stored(engine: Engine, log: AuditLog) -> None:
    trap = AuditTrap("张三", "13800138000")
    log.append(SignedIn(PERSON, "hall", 2, ("pwd",)), CONTEXT)
    with Session(engine) as session:
        trap.check_stored(session)
        session.execute(AuditEvent.__table__.update().values(payload=json.dumps({"x": "13800138000"})))  # type: ignore[attr-defined]
        with pytest.raises(AssertionError):
            trap.check_stored(session)
        assert session.scalar(select(func.count()).select_from(AuditEvent)) == 1
    with pytest.raises(PersonalDataRefused):
        SignInRefused("张三", "pwd")
