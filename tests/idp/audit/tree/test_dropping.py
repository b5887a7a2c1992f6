"""A month goes at once, and the log is as provable as before; whatever is killed on the way."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from threading import Event, Thread
from typing import Any

import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import OperationalError

from idp.audit import insertion
from idp.audit.partitions import Months, partitions
from idp.audit.searching import find
from idp.audit.tree.findings import Kind
from idp.audit.tree.merkle import leaf_hash, root_of_inclusion
from idp.audit.tree.proving import NoProof, prove, prove_consistency
from idp.audit.tree.retention import Retention
from idp.audit.tree.verifying import snapshot
from idp.crypto.digests import from_base64url
from idp.storage.base import Base
from idp.storage.database import open_database
from tests.idp.audit.tree.conftest import Log

DAY = 86400
KEPT, FACES_KEPT = timedelta(days=365), timedelta(days=1095)
EVERY = 10
"""Days between two groups of events."""


class Killed(BaseException):
    """The process is no more."""


def retention(log: Log) -> Retention:
    return Retention(log.engine, log.clock, KEPT, FACES_KEPT)


def tables(log: Log) -> list[str]:
    with log.engine.begin() as connection:
        return [one.name.removeprefix("audit_events_") for one in partitions(connection)]


@pytest.fixture
def log(postgres_url: str, tmp_path: Any) -> Iterator[Log]:
    engine = open_database(postgres_url)
    audit = [table for name, table in Base.metadata.tables.items() if name.startswith("audit_")]
    Base.metadata.create_all(engine, audit)
    made = Log(engine, tmp_path / "anchors")
    made.clock.now = datetime(2026, 1, 5, tzinfo=UTC)
    yield made
    engine.dispose()


def live(log: Log, days: int) -> list[str]:
    """So many days: each ten of them five events, the third of a face check, and a head."""
    ids: list[str] = []
    for _ in range(days // EVERY):
        Months(log.engine, log.clock).round()
        rows = [log._row(number) for number in range(5)]
        rows[2]["name"] = "face_refused"
        with log.engine.begin() as connection:
            insertion.insert(connection, rows)
        ids += [str(row["id"]) for row in rows]
        log.clock.advance(EVERY * DAY)
        log.proving().round()
    return ids


def proof_holds(proof: dict[str, Any]) -> bool:
    path = [from_base64url(one) for one in proof["path"]]
    leaf = leaf_hash(proof["event"].encode())
    root = root_of_inclusion(leaf, proof["position"], proof["head"]["size"], path)
    return root == from_base64url(proof["head"]["root"])


@pytest.fixture
def old(log: Log) -> Sequence[str]:
    """15 months, and a signed head that says what may go of them; nothing is gone yet."""
    ids = live(log, 450)
    assert retention(log).round() == 0
    log.grow(1)
    return ids


def test_months_go_and_events_of_faces_stay(log: Log, old: Sequence[str]) -> None:
    whole = log.verify(anchored=True)
    heads = [size for (size,) in log.ask("SELECT size FROM audit_heads ORDER BY size")]
    with snapshot(log.engine) as connection:
        given = prove(connection, old[0])
    assert tables(log)[:3] == ["2026_01", "2026_02", "2026_03"]
    dropped = retention(log).round()
    assert tables(log)[:3] == ["2026_01_faces", "2026_02_faces", "2026_03"]
    log.grow(1)
    report = log.verify(anchored=True)
    assert (whole.finding, report.finding, report.dropped) == (None, None, dropped)
    assert report.end == report.anchored
    ((told,),) = log.ask(
        "SELECT sum(CAST(substring(payload from '\"rows\":([0-9]+)') AS INT)) FROM audit_events"
        " WHERE name = 'audit_rows_dropped'"
    )
    assert told == dropped > 0
    assert (find(log.engine, old[0]), find(log.engine, old[2]) is not None) == (None, True)
    with snapshot(log.engine) as connection:
        with pytest.raises(NoProof):
            prove(connection, old[0])
        assert proof_holds(given)
        assert all(proof_holds(prove(connection, one)) for one in (old[2], old[7], old[-1]))
        newest = connection.scalar(text("SELECT max(size) FROM audit_heads"))
        for size in heads:
            assert prove_consistency(connection, size, newest)["new"]["size"] == newest
    assert retention(log).round() == 0


def test_events_of_faces_go_when_their_time_is_over(log: Log, old: Sequence[str]) -> None:
    retention(log).round()
    faces = [name for name in tables(log) if name.endswith("_faces")]
    log.clock.advance(800 * DAY)
    log.grow(1)
    retention(log).round()
    log.grow(1)
    retention(log).round()
    left = tables(log)
    assert faces
    assert not set(faces) & set(left)
    log.grow(1)
    assert log.verify(anchored=True).finding is None


def test_a_month_of_which_one_row_may_not_go_stays(log: Log, old: Sequence[str]) -> None:
    """A row that was committed late stands behind what the head allows, whatever time it bears."""
    late = log._row(0) | {"at": datetime(2026, 1, 31, tzinfo=UTC)}
    with log.engine.begin() as connection:
        insertion.insert(connection, [late])
    log.grow(1)
    retention(log).round()
    assert tables(log)[:2] == ["2026_01", "2026_02_faces"]
    log.grow(1)
    assert log.verify(anchored=True, is_sandbox=True).finding is None
    found = log.verify(anchored=True).finding
    assert found is not None, "a row that is months late is nobody's"
    assert (found.kind, found.event_id) == (Kind.FORGED, late["id"])


def test_a_worker_killed_at_any_statement_leaves_the_log_whole(log: Log, old: Sequence[str]) -> None:
    left = 0

    def count_down(*_: Any) -> None:
        nonlocal left
        left -= 1
        if left < 0:
            raise Killed

    event.listen(log.engine, "before_cursor_execute", count_down)
    event.listen(log.engine, "commit", count_down)
    statement, dropped = 0, None
    while dropped is None:
        statement += 1
        left = statement
        try:
            dropped = retention(log).round()
        except Killed:
            left = 10**9
            if statement % 5 == 0:
                log.grow(1)
                assert log.verify(anchored=True).finding is None, statement
        assert statement < 200
    left = 10**9
    assert statement > 15
    log.grow(1)
    assert log.verify(anchored=True).finding is None
    assert tables(log)[:3] == ["2026_01_faces", "2026_02_faces", "2026_03"]


def test_somebody_who_reads_is_not_disturbed(log: Log, old: Sequence[str]) -> None:
    with snapshot(log.engine) as connection:
        before = connection.execute(text("SELECT id FROM audit_events ORDER BY xid, seq")).all()
        with pytest.raises(OperationalError, match="lock timeout"):
            retention(log).round()
        assert connection.execute(text("SELECT id FROM audit_events ORDER BY xid, seq")).all() == before
    assert retention(log).round() > 0


def test_events_are_written_while_months_go(log: Log, old: Sequence[str]) -> None:
    written: list[str] = []
    is_over = Event()

    def go_on() -> None:
        while not is_over.is_set():
            written.extend(log.write(3))

    writers = [Thread(target=go_on) for _ in range(3)]
    for writer in writers:
        writer.start()
    dropped = retention(log).round()
    is_over.set()
    for writer in writers:
        writer.join()
    log.grow(1)
    assert (dropped > 0, log.verify(anchored=True).finding) == (True, None)
    there = {id_ for (id_,) in log.ask("SELECT id FROM audit_events")}
    assert written
    assert there.issuperset(written)


def test_a_month_that_was_dropped_too_early_is_missed(log: Log, old: Sequence[str]) -> None:
    """Whoever drops one by hand, the administrator for one, drops what heads say is there."""
    log.harm("DROP TABLE audit_events_2026_11")
    found = log.verify().finding
    assert found is not None
    assert found.kind == "missing"
