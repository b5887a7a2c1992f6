"""One suite over every store: what its two functions promise, and races that are real races."""

import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
import redis

from clients.sdk import Store, StoreBroken, in_memory
from clients.sdk.sql_store import SCHEMA, forget_old, sql_store
from clients.sdk.store import AT_MOST, drop, key_of, put
from tests.clients.sdk import readme

THREADS = 12


class Seconds:
    def __init__(self, now: float) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def seconds() -> Seconds:
    return Seconds(time.time())


def over_sqlite(file: Path, seconds: Seconds) -> tuple[Store, Callable[[], Any]]:
    @contextmanager
    def connect() -> Iterator[sqlite3.Connection]:
        connection = sqlite3.connect(file, timeout=30)
        try:
            with connection:
                yield connection
        finally:
            connection.close()

    return sql_store(connect, sqlite3.IntegrityError, clock=seconds), connect


def over_redis(url: str) -> Store:
    """As the README has it."""
    client = redis.Redis.from_url(url, decode_responses=True)
    code = readme.block("python", "register_script").replace("from yitong_rp", "from clients.sdk")
    names: dict[str, Any] = {"client": client}
    exec(code, names)
    found: Store = names["store"]
    return found


@pytest.fixture(params=["memory", "sqlite", "postgresql", "redis"])
def store(request: pytest.FixtureRequest, tmp_path: Path, seconds: Seconds) -> Store:
    if request.param == "memory":
        return in_memory(seconds)
    if request.param == "redis":
        return over_redis(request.getfixturevalue("redis_server").url)
    if request.param == "sqlite":
        found, connect = over_sqlite(tmp_path / "portal.db", seconds)
    else:
        url = request.getfixturevalue("postgres_url").replace("+psycopg", "")

        @contextmanager
        def connect() -> Iterator[Any]:
            with psycopg.connect(url) as connection:
                yield connection

        found = sql_store(connect, psycopg.IntegrityError, placeholder="%s", clock=seconds)
    with connect() as connection:
        for statement in SCHEMA:
            connection.execute(statement)
    return found


def test_a_value_is_put_where_nothing_is_replaced_by_who_knows_it_and_deleted(store: Store) -> None:
    assert store.load("k") is None
    assert store.replace("k", None, "一", 60)
    assert not store.replace("k", None, "other", 60)
    assert store.load("k") == "一"
    assert not store.replace("k", "other", "two", 60)
    assert store.replace("k", "一", "two", 60)
    assert not store.replace("k", "一", None, 0)
    assert store.replace("k", "two", None, 0)
    assert store.load("k") is None
    assert not store.replace("k", "two", "three", 60)
    assert store.replace("k", None, None, 0)


def test_of_many_who_put_one_does(store: Store) -> None:
    assert race(lambda name: store.replace("k", None, name, 60)) == 1


def test_of_many_who_replace_one_does(store: Store) -> None:
    store.replace("k", None, "before", 60)
    assert race(lambda name: store.replace("k", "before", name, 60)) == 1


def test_of_many_who_delete_one_does(store: Store) -> None:
    store.replace("k", None, "before", 60)
    assert race(lambda _name: store.replace("k", "before", None, 0)) == 1


def race(move: Callable[[str], bool]) -> int:
    """How many of them did it."""
    together = threading.Barrier(THREADS)

    def run(name: str) -> bool:
        together.wait()
        return move(name)

    with ThreadPoolExecutor(THREADS) as pool:
        return sum(one.result() for one in [pool.submit(run, f"n{n}") for n in range(THREADS)])


def test_a_value_runs_out(tmp_path: Path, seconds: Seconds) -> None:
    over_table, connect = over_sqlite(tmp_path / "portal.db", seconds)
    with connect() as connection:
        for statement in SCHEMA:
            connection.execute(statement)
    for store in (in_memory(seconds), over_table):
        store.replace("k", None, "one", 60)
        seconds.now += 59
        assert store.load("k") == "one"
        seconds.now += 2
        assert store.load("k") is None
        assert not store.replace("k", "one", "two", 60)
        assert store.replace("k", None, "two", 60)
        seconds.now += 61
    with connect() as connection:
        assert forget_old(connection, now=seconds()) == 1


def test_memory_is_bounded(seconds: Seconds) -> None:
    store = in_memory(seconds)
    for number in range(AT_MOST + 1):
        store.replace(f"k{number}", None, "v", 60)
    assert store.load("k0") is None
    assert store.load(f"k{AT_MOST}") == "v"


def test_a_store_that_never_agrees_is_said_to_be_broken() -> None:
    store = Store(lambda _key: "always", lambda *_told: False)
    with pytest.raises(StoreBroken):
        put(store, "k", "v", 60)
    with pytest.raises(StoreBroken):
        drop(store, "k")


def test_a_key_tells_nothing_of_what_it_stands_for() -> None:
    key = key_of("visit", "a-secret-number")
    assert key.startswith("visit:")
    assert "secret" not in key
    assert len(key_of("tokens", "\ud800" * 10_000)) <= 100
