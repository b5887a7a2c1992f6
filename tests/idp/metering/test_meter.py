"""Counts of two processes add up, no request writes, and strangers fill neither memory nor table."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, event, func, select
from sqlalchemy.orm import Session

from idp.metering import meter as metering
from idp.metering.measures import ANSWERS, BUCKETS, LATENCY_BOUNDS, answer_of, bucket_of, percentile, share_of
from idp.metering.meter import EVERY_SECONDS, OTHER, Meter, sweep
from idp.metering.models import ClientUsage
from idp.metering.reading import by_hour, hour_of, of_all, used
from idp.storage.base import Base
from idp.storage.database import open_database

NOW = datetime(2026, 11, 22, 8, 10, tzinfo=UTC)


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    engine = open_database(f"sqlite:///{tmp_path}/usage.db")
    Base.metadata.create_all(engine, tables=[ClientUsage.__table__])  # type: ignore[list-item]
    yield engine
    engine.dispose()


def ticking(step: float) -> Iterator[float]:
    return count(0.0, step)


def metered(engine: Engine, milliseconds: float = 3) -> Meter:
    """Each look at the timer comes so much after the one before."""
    looks = ticking(milliseconds / 1000)
    return Meter(engine, timer=lambda: next(looks))


def ask(meter: Meter, client: str = "a", times: int = 1, now: datetime = NOW, status: int = 200) -> None:
    for _ in range(times):
        meter.note(client, "token", status, meter.timer(), now)


def test_two_processes_add_up(engine: Engine) -> None:
    one, other = metered(engine, 3), metered(engine, 30)
    ask(one, times=10)
    ask(other, times=5, status=401)
    one.flush(NOW)
    other.flush(NOW)
    found = used(engine, "a", NOW, NOW)
    assert found.requests == {"token": 15}
    assert found.answers == {"ok": 10, "refused": 5}
    assert (found.latencies[bucket_of(0.003)], found.latencies[bucket_of(0.030)]) == (10, 5)


def test_a_request_writes_nothing_until_it_is_time(engine: Engine) -> None:
    seen: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda *found: seen.append(found[2]))
    meter = metered(engine)
    ask(meter, times=500)
    ask(meter, now=NOW + timedelta(seconds=EVERY_SECONDS - 1))
    assert seen == []
    ask(meter, now=NOW + timedelta(seconds=EVERY_SECONDS))
    assert len(seen) > 0
    assert used(engine, "a", NOW, NOW + timedelta(hours=1)).total == 502


def test_how_much_of_its_allowance_a_client_used(engine: Engine) -> None:
    one, other = metered(engine), metered(engine)
    for share in (0, 3, 3):
        one.note("a", "token", 200, one.timer(), NOW, share=share)
    other.note("a", "token", 200, other.timer(), NOW, share=share_of(20, 4))
    one.flush(NOW)
    other.flush(NOW)
    found = used(engine, "a", NOW, NOW)
    assert found.most_used == 8
    assert (found.shares[0], found.shares[3], found.shares[8]) == (1, 2, 1)
    assert share_of(3, 0) == 10


def test_hours_are_kept_apart(engine: Engine) -> None:
    meter = metered(engine)
    ask(meter, times=2)
    ask(meter, now=NOW + timedelta(hours=1))
    meter.flush(NOW + timedelta(hours=1))
    found = by_hour(engine, "a", hour_of(NOW), hour_of(NOW) + 5)
    assert {hour - hour_of(NOW): one.total for hour, one in found.items()} == {0: 2, 1: 1}


def test_threads_lose_nothing(engine: Engine) -> None:
    meter = Meter(engine)
    with ThreadPoolExecutor(8) as threads:
        for _ in range(8):
            threads.submit(ask, meter, times=500)
    meter.flush(NOW)
    assert used(engine, "a", NOW, NOW).total == 4000


def test_only_the_busiest_are_told_apart(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(metering, "CLIENTS_AT_MOST", 2)
    meter = metered(engine)
    for number, client in enumerate("abcd"):
        ask(meter, client, times=number + 1)
    meter.flush(NOW)
    assert [used(engine, client, NOW, NOW).total for client in ("a", "b", "c", "d", OTHER)] == [0, 0, 3, 4, 3]


def test_memory_is_bounded(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(metering, "KEPT_AT_MOST", 3)
    meter = metered(engine)
    for number in range(50):
        ask(meter, f"client-{number}")
    assert len(meter._counts) <= 4


def test_while_the_database_is_away_counts_stay(tmp_path: Path, engine: Engine) -> None:
    without_table = open_database(f"sqlite:///{tmp_path}/empty.db")
    meter = metered(without_table)
    ask(meter, times=3)
    assert meter.flush(NOW) == 0
    Base.metadata.create_all(without_table, tables=[ClientUsage.__table__])  # type: ignore[list-item]
    ask(meter)
    assert meter.flush(NOW) > 0
    assert used(without_table, "a", NOW, NOW).total == 4
    without_table.dispose()


def test_what_is_old_is_swept(engine: Engine) -> None:
    meter = metered(engine)
    ask(meter)
    ask(meter, now=NOW - timedelta(days=40))
    meter.flush(NOW)
    with Session(engine) as session, session.begin():
        assert sweep(session, NOW, kept=timedelta(days=35)) == 4
        assert session.scalar(select(func.count()).select_from(ClientUsage)) == 4


def test_all_of_this_hour(engine: Engine) -> None:
    meter = metered(engine)
    ask(meter, "a", times=3, status=429)
    ask(meter, "b", times=2)
    ask(meter, "b", times=2, now=NOW - timedelta(hours=2))
    meter.flush(NOW)
    with engine.connect() as connection:
        assert of_all(connection, NOW) == ({"limited": 3, "ok": 2}, 1)


@pytest.mark.parametrize(
    ("status", "answer"), [(200, "ok"), (400, "refused"), (429, "limited"), (500, "failed"), (503, "failed")]
)
def test_answers(status: int, answer: str) -> None:
    assert ANSWERS[answer_of(status)] == answer


@pytest.mark.parametrize(
    ("seconds", "bucket"),
    [(0, 0), (0.001, 0), (0.0011, 1), (5, BUCKETS - 2), (5.01, BUCKETS - 1), (99, BUCKETS - 1)],
)
def test_buckets(seconds: float, bucket: int) -> None:
    assert bucket_of(seconds) == bucket


def test_percentiles_of_nothing_and_of_the_longest() -> None:
    assert percentile([0] * BUCKETS, 0.5) is None
    assert percentile([0] * (BUCKETS - 1) + [3], 0.95) == 5000


@given(st.lists(st.integers(0, 50), min_size=BUCKETS, max_size=BUCKETS).filter(any), st.floats(0.01, 0.99))
def test_a_percentile_lies_in_its_bucket_and_grows_with_its_part(buckets: list[int], part: float) -> None:
    found = percentile(buckets, part)
    assert found is not None
    assert 0 <= found <= LATENCY_BOUNDS[-1]
    more = percentile(buckets, min(1.0, part + 0.01))
    assert more is not None
    assert more >= found
