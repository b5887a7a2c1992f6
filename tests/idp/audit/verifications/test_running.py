"""A run is done once, by one worker; what it found stands in the table and in the log."""

from datetime import time, timedelta
from typing import Any

import pytest

from idp.audit.tree.verifying import Outside
from idp.audit.verifications import running
from idp.audit.verifications.asking import FAILED, SCHEDULE
from idp.audit.verifications.running import KEPT_RUNS, LEASE, TELLING_EVERY
from tests.idp.audit.tree.conftest import Log
from tests.idp.audit.verifications.conftest import OFFICER, asked, runs, verifying


def events(log: Log) -> list[Any]:
    return list(log.ask("SELECT actor, payload FROM audit_events WHERE name = 'audit_verified' ORDER BY seq"))


def test_nothing_runs_that_nobody_asked_for(log: Log) -> None:
    log.grow(5)
    assert not verifying(log).round()
    assert runs(log) == []


def test_a_run_says_what_it_found_and_who_asked(log: Log) -> None:
    log.grow(5, 3)
    assert asked(log)
    assert verifying(log).round()
    (run,) = runs(log)
    assert (run.result, run.rows, run.dropped, run.heads, run.asked_by) == ("whole", 9, 0, 2, OFFICER)
    assert run.anchored == run.size == run.looked == 9  # the key's event is one
    assert run.unfinished is None
    ((actor, payload),) = events(log)
    assert actor == OFFICER
    assert '"result":"whole"' in payload


@pytest.mark.parametrize(
    ("harm", "result", "what"),
    [
        ("UPDATE audit_events SET name = 'signed_in' WHERE id = :id", "changed", "row"),
        ("DELETE FROM audit_events WHERE id = :id", "missing", "row"),
    ],
)
def test_the_first_bad_row_is_named(log: Log, harm: str, result: str, what: str) -> None:
    ids = log.grow(5, 3)
    log.harm(harm, id=ids[2])
    asked(log)
    verifying(log).round()
    (run,) = runs(log)
    assert (run.result, run.wrong_what, run.wrong_begin, run.wrong_end) == (result, what, 2, 3)
    assert f'"result":"{result}"' in events(log)[0][1]


def test_who_made_the_whole_log_anew_is_found_by_the_anchor(log: Log) -> None:
    log.grow(5)
    lines = log.given_away().lines
    for table in ("events", "leaves", "subtrees", "tree", "heads", "anchors", "keys"):
        log.harm(f"DELETE FROM audit_{table}")
    log.grow(5)
    asked(log)
    verifying(log, outside=lambda: Outside(lines)).round()
    assert runs(log)[0].result == "forged"


def test_one_at_a_time(log: Log) -> None:
    log.grow(2)
    assert asked(log)
    assert not asked(log)
    verifying(log).round()
    assert asked(log)


def test_a_run_that_somebody_holds_is_left_to_them(log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    log.grow(2)
    asked(log)
    first, second = verifying(log), verifying(log)
    assert first._take() is not None
    assert not second.round()
    log.clock.advance(LEASE.total_seconds() + 1)
    assert second.round()
    # Whoever wakes up afterwards finishes nothing.
    assert not first._finish(runs(log)[0].id, None)
    assert runs(log)[0].result == "whole"
    assert len(events(log)) == 1


def test_it_says_how_far_it_is_and_keeps_its_lease(log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    log.grow(9)
    asked(log)
    seen: list[tuple[int, int]] = []

    def slow(_connection: object, _log: str, *, tell: Any, **_options: object) -> Any:
        for looked in (4, 8):
            log.clock.advance(TELLING_EVERY.total_seconds())
            tell(looked, 10)
            (run,) = runs(log)
            seen.append((run.looked, run.size))
            assert run.held_until == log.clock() + LEASE
        raise running.GivenUp

    monkeypatch.setattr(running, "verify", slow)
    assert not verifying(log).round()
    assert seen == [(4, 10), (8, 10)]


def test_a_worker_that_is_stopped_leaves_the_run_to_another_at_once(log: Log) -> None:
    log.grow(5)
    asked(log)
    assert not verifying(log, stopping=lambda: True).round()
    assert runs(log)[0].attempts == 0
    assert verifying(log).round()


def test_a_run_that_kills_its_workers_ends_as_failed(log: Log) -> None:
    log.grow(5)
    asked(log)
    for _ in range(running.MOST_ATTEMPTS):
        assert verifying(log)._take() is not None
        log.clock.advance(LEASE.total_seconds() + 1)
    assert not verifying(log).round()
    assert runs(log)[0].result == FAILED
    assert '"result":"failed"' in events(log)[0][1]


def test_an_anchor_that_cannot_be_read_is_no_proof(log: Log) -> None:
    def broken() -> Outside:
        raise PermissionError

    log.grow(5)
    asked(log)
    assert verifying(log, outside=broken).round()
    assert runs(log)[0].result == FAILED


def test_the_clock_asks_once_a_day(log: Log) -> None:
    log.grow(2)
    nightly = verifying(log, daily_at=time(3))  # 19:00 UTC
    assert nightly.round()
    assert not nightly.round()
    assert [run.asked_by for run in runs(log)] == [SCHEDULE]
    log.clock.advance(86400)
    assert nightly.round()
    assert not nightly.round()
    assert len(runs(log)) == 2


def test_the_clock_does_not_ask_before_anything_is_folded(log: Log) -> None:
    log.write(3)
    nightly = verifying(log, daily_at=time(3))
    assert not nightly.round()
    log.sequencer().round()
    assert nightly.round()
    assert [run.rows for run in runs(log)] == [3]


def test_old_runs_are_forgotten(log: Log) -> None:
    log.grow(1)
    for _ in range(KEPT_RUNS + 3):
        asked(log)
        log.clock.advance(1)
        verifying(log).round()
    assert len(runs(log)) == KEPT_RUNS
    assert timedelta(0) <= log.clock() - runs(log)[0].asked_at <= timedelta(seconds=1)
