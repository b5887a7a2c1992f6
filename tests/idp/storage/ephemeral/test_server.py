"""Redis that goes away, hangs, comes back or refuses: a clear error in bounded time, then service again."""

import multiprocessing
import signal
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Thread

import pytest

from idp.storage.ephemeral import EphemeralStore, StoreUnavailable, open_store
from idp.storage.ephemeral.connection import RECENTLY_SECONDS
from tests.fakes import FakeClock
from tests.ports import free_port
from tests.servers import RedisProcess

COMMANDS: dict[str, Callable[[EphemeralStore], object]] = {
    "put": lambda store: store.put("a", b"1", seconds=60),
    "put_all": lambda store: store.put_all(("a", b"1", 60), ("e", b"1", 60)),
    "get": lambda store: store.get("a"),
    "take": lambda store: store.take("a"),
    "add_once": lambda store: store.add_once("b", b"1", seconds=60),
    "replace": lambda store: store.replace("a", b"1", b"2", seconds=60),
    "append": lambda store: store.append("c", b"1", limit=10, seconds=60),
    "increment": lambda store: store.increment("d", seconds=60),
    "delete": lambda store: store.delete("a"),
}


@pytest.fixture
def store(own_redis_server: RedisProcess) -> Iterator[EphemeralStore]:
    opened = open_store(own_redis_server.url, FakeClock())
    yield opened
    opened.close()


@pytest.mark.parametrize("command", COMMANDS)
def test_nobody_listens(command: str) -> None:
    port = free_port()
    store = open_store(f"redis://user:hidden@127.0.0.1:{port}", FakeClock())
    with pytest.raises(StoreUnavailable, match=rf"127\.0\.0\.1:{port}") as refusal:
        COMMANDS[command](store)
    assert "hidden" not in str(refusal.value)


def test_stopped_and_started_again(store: EphemeralStore, own_redis_server: RedisProcess) -> None:
    for run in COMMANDS.values():
        run(store)
    own_redis_server.stop()
    for run in COMMANDS.values():
        with pytest.raises(StoreUnavailable):
            run(store)
    own_redis_server.start()
    store.put("a", b"1", seconds=60)
    assert store.take("a") == b"1"
    assert store.increment("n", seconds=60) == 1


@pytest.mark.parametrize("command", COMMANDS)
def test_a_restart_while_idle_goes_unnoticed(
    store: EphemeralStore, own_redis_server: RedisProcess, command: str
) -> None:
    COMMANDS[command](store)
    idle_since = time.monotonic()
    own_redis_server.stop()
    own_redis_server.start()
    # Some servers start faster than whoever has just answered is looked at again.
    while time.monotonic() - idle_since <= RECENTLY_SECONDS:
        pass
    COMMANDS[command](store)


@pytest.mark.parametrize("command", COMMANDS)
def test_a_server_that_hangs_costs_one_time_limit(
    store: EphemeralStore, own_redis_server: RedisProcess, command: str
) -> None:
    store.get("a")
    assert own_redis_server.process is not None
    own_redis_server.process.send_signal(signal.SIGSTOP)
    started = time.monotonic()
    try:
        with pytest.raises(StoreUnavailable, match="Timeout"):
            COMMANDS[command](store)
        assert time.monotonic() - started < 2
    finally:
        own_redis_server.process.send_signal(signal.SIGCONT)
    store.put("z", b"1", seconds=60)
    assert store.get("z") == b"1"


def test_refusals_name_the_code_and_not_what_was_sent(
    store: EphemeralStore, own_redis_server: RedisProcess
) -> None:
    own_redis_server.run("RPUSH", "list", "1")
    with pytest.raises(StoreUnavailable, match=r"refused a command: WRONGTYPE$"):
        store.get("list")
    own_redis_server.run("CONFIG", "SET", "maxmemory", "1")
    with pytest.raises(StoreUnavailable, match=r"refused a command: OOM$"):
        store.put("a", b"1", seconds=60)


def test_a_password_and_a_database_number(own_redis_server: RedisProcess) -> None:
    own_redis_server.run("CONFIG", "SET", "requirepass", "p@ss")
    address = own_redis_server.url.removeprefix("redis://")
    right = open_store(f"redis://:p%40ss@{address}/3", FakeClock())
    right.put("a", b"1", seconds=60)
    other = open_store(f"redis://:p%40ss@{address}/4", FakeClock())
    assert other.get("a") is None
    for wrong in (f"redis://:wrong@{address}", f"redis://{address}"):
        refused = open_store(wrong, FakeClock())
        with pytest.raises(StoreUnavailable, match=r"WRONGPASS|NOAUTH"):
            refused.get("a")
        refused.close()
    right.close()
    other.close()


def test_scripts_forgotten_by_the_server_are_sent_again(
    store: EphemeralStore, own_redis_server: RedisProcess
) -> None:
    assert store.increment("n", seconds=60) == 1
    own_redis_server.run("SCRIPT", "FLUSH")
    assert store.increment("n", seconds=60) == 2


def test_each_thread_has_its_connection_and_gives_it_back(
    store: EphemeralStore, own_redis_server: RedisProcess
) -> None:
    def clients() -> int:
        reply = own_redis_server.run("INFO", "clients")
        assert isinstance(reply, bytes)
        return int(reply.split(b"connected_clients:")[1].split()[0])

    before = clients()
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda number: store.put(f"{number}", b"1", seconds=60), range(100)))
    deadline = time.monotonic() + 30
    while clients() > before and time.monotonic() < deadline:
        pass
    assert clients() <= before

    thread = Thread(target=store.get, args=("a",))
    thread.start()
    thread.join()


def child(store: EphemeralStore, wrong: "multiprocessing.Queue[int]") -> None:
    wrong.put(sum(store.get(f"{number}") != b"%d" % number for number in range(2000)))


def test_a_forked_process_speaks_on_its_own_connection(store: EphemeralStore) -> None:
    for number in range(2000):
        store.put(f"{number}", b"%d" % number, seconds=60)
    context = multiprocessing.get_context("fork")
    wrong: multiprocessing.Queue[int] = context.Queue()
    process = context.Process(target=child, args=(store, wrong))
    process.start()
    assert sum(store.get(f"{number}") != b"%d" % number for number in range(2000)) == 0
    assert wrong.get(timeout=60) == 0
    process.join()
