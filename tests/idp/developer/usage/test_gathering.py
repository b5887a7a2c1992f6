"""What the page adds up, and what it does not tell of people."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from idp.audit.statistics.counting import DAY, HOUR, Kind, day_of, hour_of
from idp.audit.statistics.models import AuditCount
from idp.audit.statistics.reading import RANGES
from idp.developer.usage.exporting import document, rounded, sheet
from idp.developer.usage.gathering import Usage, gather
from idp.metering.models import ClientUsage
from idp.storage.base import Base
from idp.storage.database import open_database

NOW = datetime(2026, 11, 22, 8, 10, tzinfo=UTC)
"""16:10 in China."""


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    import idp.models  # noqa: F401 - every table

    engine = open_database(f"sqlite:///{tmp_path}/usage.db")
    Base.metadata.create_all(engine)
    yield engine
    engine.dispose()


def counted(engine: Engine, kind: Kind, value: str, count: int, at: datetime = NOW) -> None:
    with Session(engine) as session, session.begin():
        for grain, hour in ((HOUR, hour_of(at)), (DAY, day_of(hour_of(at)))):
            row = session.get(AuditCount, (str(kind), grain, hour, value))
            if row is None:
                session.add(AuditCount(kind=str(kind), grain=grain, hour=hour, value=value, count=count))
            else:
                row.count += count


def used(engine: Engine, measure: str, count: int, at: datetime = NOW, client: str = "app") -> None:
    with Session(engine) as session, session.begin():
        session.add(ClientUsage(client_id=client, hour=hour_of(at), measure=measure, count=count))


def gathered(engine: Engine, name: str = "24h", *, is_sandbox: bool = True) -> Usage:
    return gather(engine, "app", RANGES[name], NOW, is_sandbox=is_sandbox)


@pytest.mark.parametrize("name", list(RANGES))
def test_every_range_holds_what_lies_in_it(engine: Engine, name: str) -> None:
    ages = {"24h": timedelta(hours=20), "7d": timedelta(days=6), "30d": timedelta(days=28)}
    for at in (NOW, NOW - ages[name]):
        used(engine, "request:token", 10, at)
        used(engine, "answer:ok", 10, at)
        used(engine, "latency:2", 10, at)
        counted(engine, Kind.CLIENT_SIGN_IN, "app", 3, at)
        counted(engine, Kind.CLIENT_REASON, "app:invalid_grant", 2, at)
        counted(engine, Kind.CLIENT_GRANT, "app:refresh_token", 4, at)
    used(engine, "request:token", 99, NOW - timedelta(days=40))
    used(engine, "request:token", 99, client="another")
    found = gathered(engine, name)
    assert found.whole.used.requests == {"token": 20}
    assert found.whole.counted.sign_ins == 6
    assert found.whole.counted.refused == {"invalid_grant": 4}
    assert found.whole.counted.grants == {"refresh_token": 8}
    assert [bucket.used.total for bucket in found.buckets if bucket.used.total] == [10, 10]
    assert [bucket.counted.sign_ins for bucket in found.buckets if bucket.counted.sign_ins] == [3, 3]
    assert found.buckets[-1].used.total == 10


def test_in_production_nobody_is_found_by_being_the_only_one(engine: Engine) -> None:
    yesterday = NOW - timedelta(days=1)
    counted(engine, Kind.CLIENT_REASON, "app:person:password:wrong", 5, yesterday)
    counted(engine, Kind.CLIENT_REASON, "app:person:passkey:unknown", 4, yesterday)
    found = gathered(engine, is_sandbox=False)
    assert found.people.reasons == {"password:wrong": 5}
    assert found.people.has_more
    assert found.whole.counted.people == Counter(), "no total holds what is not told"
    told = str(document("app", found)) + sheet(found)
    assert "passkey" not in told


def test_in_production_nobody_is_found_by_looking_twice(engine: Engine) -> None:
    """A count of today that grows while somebody watches would tell of whoever fails just now."""
    counted(engine, Kind.CLIENT_REASON, "app:person:password:wrong", 500)
    assert gathered(engine, is_sandbox=False).people.reasons == Counter()


def test_in_production_few_of_each_day_do_not_add_up_to_enough(engine: Engine) -> None:
    for days in range(1, 7):
        counted(engine, Kind.CLIENT_REASON, "app:person:sms:expired", 4, NOW - timedelta(days=days))
    assert gathered(engine, "7d", is_sandbox=False).people.reasons == Counter()


def test_in_the_sandbox_everything_is_told(engine: Engine) -> None:
    counted(engine, Kind.CLIENT_REASON, "app:person:password:wrong", 1)
    assert gathered(engine).people.reasons == {"password:wrong": 1}


def test_a_file_holds_every_number(engine: Engine) -> None:
    used(engine, "request:token", 7)
    used(engine, "answer:limited", 2)
    used(engine, "latency:3", 7)
    used(engine, "share:10", 2)
    counted(engine, Kind.CLIENT_GRANT, "app:refresh_token", 4)
    found = gathered(engine)
    last = document("app", found)["buckets"][-1]
    assert last["requests"] == {"token": 7}
    assert last["answers"] == {"limited": 2}
    assert 5 < last["latency_ms"]["p50"] < last["latency_ms"]["p95"] <= 10
    assert last["allowance_used_percent_at_most"] == 100
    lines = sheet(found).split("\r\n")
    assert lines[0] == "begins,measure,name,count"
    assert "2026-11-22T08:00:00+00:00,tokens,refresh_token,4" in lines


def test_latencies_are_no_more_exact_than_the_histogram() -> None:
    assert [rounded(value) for value in (None, 1.26, 12.6)] == [None, 1.3, 13]
