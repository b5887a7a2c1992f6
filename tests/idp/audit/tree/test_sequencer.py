"""Who folds, in which order, and what happens when two do, or one is killed."""

import multiprocessing
import os
import signal
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
from sqlalchemy import event
from sqlalchemy.exc import SQLAlchemyError

from idp.audit import insertion
from idp.audit.tree.encoding import COLUMNS
from idp.audit.tree.sequencer import LEASE, TransactionsBeganAgain
from idp.storage.base import Base
from idp.storage.database import open_database
from tests.idp.audit.tree.conftest import Log

on_postgresql = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def test_one_is_elected_until_its_lease_is_over(log: Log) -> None:
    one, other = log.sequencer(holder="one"), log.sequencer(holder="other")
    assert (one.is_elected(), other.is_elected()) == (True, False)
    log.clock.advance(LEASE.total_seconds() * 0.6)
    assert one.is_elected()  # and renews
    log.clock.advance(LEASE.total_seconds() * 0.6)
    assert (other.is_elected(), one.is_elected()) == (False, True)
    log.clock.advance(LEASE.total_seconds())
    assert (other.is_elected(), one.is_elected()) == (True, False)


def test_all_is_folded_in_a_few_goes_and_once(log: Log) -> None:
    log.write(25)
    assert log.sequencer(rows_at_once=10).round() == 25
    assert log.sequencer().round() == 0
    log.clock.advance(61)
    log.proving().round()
    report = log.verify()
    assert (report.finding, report.rows) == (None, 26 - 1)


def test_who_believes_wrongly_to_be_elected_changes_nothing(log: Log) -> None:
    """Stopped between reading and writing, and woken up when another has gone on."""
    log.write(10)
    late = log.sequencer(rows_at_once=4)
    late.is_elected()
    step = late.read()
    assert step is not None
    assert log.sequencer(rows_at_once=7).fold() == 7
    assert late.commit(step) == 0
    assert log.ask("SELECT size FROM audit_tree") == [(7,)]
    assert late.fold() == 3


@on_postgresql
def test_two_sequencers_at_once_fold_each_row_once(log: Log) -> None:
    """Real transactions of real writers, and both fold whatever the lease says."""
    log.sequencer().is_elected()
    start = Barrier(4)

    def write() -> int:
        start.wait()
        return sum(len(log.write(3)) for _ in range(60))

    def fold() -> int:
        folding = log.sequencer(rows_at_once=16)
        start.wait()
        done = 0
        for _ in range(150):
            try:
                done += folding.fold()
                log.signer().sign_if_due()
            except SQLAlchemyError:
                continue  # a key of a leaf that the other has: fenced as well
            log.clock.advance(30)
        return done

    with ThreadPoolExecutor(4) as pool:
        written = [pool.submit(write) for _ in range(2)]
        folded = [pool.submit(fold) for _ in range(2)]
        rows = sum(one.result() for one in written)
        done = sum(one.result() for one in folded)
    while count := log.sequencer().fold():
        done += count
    keys = 1  # the event of the first key
    assert done == rows + keys
    log.clock.advance(61)
    log.proving().round()
    log.anchoring().anchor()
    report = log.verify(anchored=True)
    assert (report.finding, report.rows, report.anchored) == (None, rows + keys, rows + keys)
    assert report.heads > 2


@on_postgresql
def test_a_transaction_that_ends_late_comes_after_what_was_folded(log: Log) -> None:
    """Its rows have lower numbers than those of later ones; nobody behind it is folded before it ended."""
    log.sequencer().is_elected()
    row = log._row(0)
    with log.engine.connect() as slow:
        insertion.insert(slow, [row])
        log.write(5)
        assert log.sequencer().fold() == 0
        slow.commit()
    assert log.sequencer().fold() == 6
    assert log.ask("SELECT e.id FROM audit_events e JOIN audit_leaves l USING (seq) WHERE position = 0") == [
        (row["id"],)
    ]


@on_postgresql
def test_a_database_whose_transactions_began_again_is_not_folded_wrongly(log: Log) -> None:
    """Restored into a new cluster: what is written there would come before what is folded."""
    log.grow(3)
    log.harm("UPDATE audit_tree SET xid = xid + 1000000")
    log.write(1)
    with pytest.raises(TransactionsBeganAgain):
        log.sequencer().fold()


def fold_and_die(url: str, folder: str) -> None:
    """In a process of its own: killed with its statements made and nothing committed."""
    engine = open_database(url)
    log = Log(engine, Path(folder))
    folding = log.sequencer(holder="killed")
    assert folding.is_elected()
    event.listen(engine, "commit", lambda _connection: os.kill(os.getpid(), signal.SIGKILL))
    folding.fold()


def test_what_a_killed_sequencer_left_undone_another_does(log: Log, database_url: str) -> None:
    ids = log.write(300)
    log.engine.dispose()
    process = multiprocessing.get_context("spawn").Process(
        target=fold_and_die, args=(database_url, str(log.folder))
    )
    process.start()
    process.join(60)
    assert process.exitcode == -signal.SIGKILL
    assert log.ask("SELECT size, holder FROM audit_tree") == [(0, "killed")]
    assert log.ask("SELECT count(*) FROM audit_leaves") == [(0,)]
    assert log.sequencer().round() == 0  # the lease still runs
    log.clock.advance(LEASE.total_seconds() + 1)
    assert log.sequencer().round() == len(ids)
    log.clock.advance(61)
    log.proving().round()
    assert log.verify(anchored=True).finding is None


@on_sqlite
def test_heads_are_signed_when_the_tree_grew_and_not_more_often_than_is_due(log: Log) -> None:
    log.write(1)
    log.proving().round()
    for _ in range(5):
        log.write(1)
        log.clock.advance(10)
        log.proving().round()
    assert len(log.ask("SELECT size FROM audit_heads")) == 1
    log.clock.advance(10)
    log.proving().round()
    for _ in range(5):
        log.clock.advance(61)
        log.proving().round()
    # The event of the first key was folded with the rows.
    assert [size for (size,) in log.ask("SELECT size FROM audit_heads ORDER BY size")] == [1, 7]


@on_sqlite
def test_no_head_follows_one_that_was_taken_away(log: Log) -> None:
    log.grow(3)
    log.harm("DELETE FROM audit_heads")
    log.write(1)
    log.clock.advance(61)
    with pytest.raises(Exception, match="the head of 3 rows is missing"):
        log.proving().round()


@on_sqlite
def test_an_anchor_that_was_interrupted_goes_on_behind_half_a_line(log: Log) -> None:
    log.grow(3)
    (file,) = log.folder.glob("*.jsonl")
    with file.open("a") as open_file:
        open_file.write('{"at":"2026')
    log.harm("DELETE FROM audit_anchors")  # it was given, and not noted
    log.grow(4)
    lines = file.read_text().splitlines()
    assert len(lines) == 4
    assert lines[0] == lines[2]
    report = log.verify(anchored=True)
    assert (report.finding, report.anchored) == (None, 8)


@on_sqlite
def test_an_anchor_that_does_not_answer_is_tried_again(log: Log) -> None:
    log.folder.write_text("not a folder")
    with pytest.raises(Exception, match="heads-2026-01"):
        log.grow(3)
    log.folder.unlink()
    log.clock.advance(61)
    log.proving().round()
    assert log.verify(anchored=True).anchored == 3 + 1


def test_every_column_is_in_the_hash() -> None:
    """A column that is added later needs a version of the encoding of its own."""
    assert set(COLUMNS) == set(Base.metadata.tables["audit_events"].columns.keys())
