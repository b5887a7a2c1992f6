"""The bench still runs: a few requests of every case at every target. No time is judged here."""

import json
import os
from pathlib import Path

import pytest

from bench.protocol import peer, tables
from bench.protocol.load import Unexpected, drive
from bench.protocol.measuring import FLOOR_REDIS, NULL, PEER, TARGETS, Plan, measured
from bench.protocol.meters import Instructions
from bench.protocol.null import REQUEST, running
from bench.protocol.wire import CASES


@pytest.fixture(autouse=True)
def _same_cores() -> object:
    """What the bench pins, later tests are not to be bound by."""
    before = os.sched_getaffinity(0)
    yield
    os.sched_setaffinity(0, before)


def test_every_case_runs_at_every_target(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    node = peer.find_node()
    targets = TARGETS if node is not None else tuple(name for name in TARGETS if name != PEER)
    plan = Plan(
        cases=CASES,
        targets=targets,
        rounds=1,
        seconds=0.01,
        connections=2,
        threads=2,
        redis_fsync="everysec",
        node=node,
        in_detail=True,
        counts_instructions=False,
        most=5,
    )
    said: list[str] = []
    every = measured(plan, tmp_path, say=said.append)
    runs = [run for run in every if run.round]
    assert len(said) == len(CASES)
    floors = [run for run in runs if run.target == FLOOR_REDIS]
    assert {run.case for run in runs} == {case.name for case in CASES}
    assert len(runs) == len(CASES) * (len(targets) - 2) + 2 * len(floors)
    assert [run for run in runs if run.requests != 5 or run.cpu < 0 or run.per_second <= 0] == []
    tables.show_all(plan, every)
    assert "client_credentials" in capsys.readouterr().out
    assert len(json.loads(json.dumps(tables.document(plan, every, "here")))["runs"]) == len(every)


def test_instructions_are_counted_where_perf_is_allowed_to() -> None:
    with Instructions((os.getpid(),)) as some:
        sum(range(10_000))
    with Instructions((os.getpid(),)) as more:
        sum(range(1_000_000))
    assert (some.count is None) == (more.count is None)
    assert some.count is None or more.count is None or more.count > some.count + 1_000_000


def test_another_status_than_the_cases_stops_the_bench() -> None:
    with running() as (address, _pid), pytest.raises(Unexpected, match="200 OK"):
        drive(address, [REQUEST], connections=1, status=303)


def test_each_request_is_sent_once() -> None:
    with running() as (address, _pid):
        assert drive(address, [REQUEST] * 7, connections=3).requests == 7
    assert NULL in TARGETS
