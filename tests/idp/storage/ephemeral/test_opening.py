"""URLs of stores."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest

from idp.storage.ephemeral import StoreUnavailable, open_store
from idp.storage.ephemeral.memory import MemoryStore
from idp.storage.ephemeral.opening import _addresses
from idp.storage.ephemeral.redis_store import RedisClusterStore, RedisStore
from tests.fakes import FakeClock
from tests.ports import free_port
from tests.servers import PostgresProcess, RedisProcess, certificate_for


def test_kinds(tmp_path: Path) -> None:
    assert isinstance(open_store("memory://", FakeClock()), MemoryStore)
    assert isinstance(open_store("redis://host", FakeClock()), RedisStore)
    assert isinstance(open_store("rediss+cluster://a:1,b:2", FakeClock()), RedisClusterStore)
    with pytest.raises(ValueError, match="memcached"):
        open_store("memcached://user:hidden@host", FakeClock())


def test_a_sqlite_file_gets_its_folder(tmp_path: Path) -> None:
    store = open_store(f"sqlite:///{tmp_path}/var/ephemeral.db", FakeClock())
    store.put("a", b"1", seconds=1)
    store.close()
    again = open_store(f"sqlite:///{tmp_path}/var/ephemeral.db", FakeClock())
    assert again.get("a") == b"1"
    again.close()


def test_addresses_are_read_and_not_shown() -> None:
    first, second = _addresses("rediss+cluster://me:p%40ss@[::1]:7000,other")
    assert (first.host, first.port, first.username, first.password, first.tls) == (
        "::1",
        7000,
        "me",
        "p@ss",
        True,
    )
    assert (second.host, second.port) == ("other", 6379)
    assert "p@ss" not in repr(first) + str(first)


def test_a_dead_postgresql_is_unavailable_and_nothing_leaks() -> None:
    url = f"postgresql+psycopg://me:hidden@127.0.0.1:{free_port()}/db"
    with pytest.raises(StoreUnavailable) as refusal:
        open_store(url, FakeClock())
    assert "hidden" not in str(refusal.value)


def test_postgresql_stopped_and_started_again(own_postgres_server: PostgresProcess) -> None:
    store = open_store(own_postgres_server.new_database(), FakeClock())
    store.put("a", b"1", seconds=60)
    own_postgres_server.stop()
    for _ in range(2):
        with pytest.raises(StoreUnavailable, match=r"database failed: \w+$"):
            store.take("a")
    own_postgres_server.start()
    assert store.take("a") == b"1"
    assert store.take("a") is None
    store.close()


def test_processes_that_start_together_make_one_table(postgres_url: str, tmp_path: Path) -> None:
    barrier = Barrier(8)

    def start(url: str) -> None:
        barrier.wait()
        open_store(url, FakeClock()).close()

    for url in (postgres_url, f"sqlite:///{tmp_path}/together.db"):
        with ThreadPoolExecutor(8) as threads:
            list(threads.map(start, [url] * 8))


def test_redis_over_tls(server_folder: Callable[[], Path], monkeypatch: pytest.MonkeyPatch) -> None:
    folder, port = server_folder(), free_port()
    certificate, key = certificate_for("localhost")
    (folder / "certificate.pem").write_bytes(certificate)
    (folder / "key.pem").write_bytes(key)
    options = (
        "--tls-port",
        str(port),
        "--tls-auth-clients",
        "no",
        "--tls-cert-file",
        f"{folder}/certificate.pem",
    )
    server = RedisProcess(folder, options=(*options, "--tls-key-file", f"{folder}/key.pem"))
    server.start()
    try:
        monkeypatch.setenv("SSL_CERT_FILE", str(folder / "certificate.pem"))
        store = open_store(f"rediss://localhost:{port}", FakeClock())
        store.put("a", b"1" * 100000, seconds=60)
        assert store.take("a") == b"1" * 100000
        assert store.increment("n", seconds=60) == 1
        store.close()
        wrong_name = open_store(f"rediss://127.0.0.1:{port}", FakeClock())
        with pytest.raises(StoreUnavailable, match="SSL"):
            wrong_name.get("a")
        wrong_name.close()
    finally:
        server.stop()
