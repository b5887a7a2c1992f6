"""URLs of stores."""

from pathlib import Path

import pytest

from idp.storage.ephemeral import StoreUnavailable, open_store
from idp.storage.ephemeral.memory import MemoryStore
from idp.storage.ephemeral.opening import _addresses
from idp.storage.ephemeral.redis_store import RedisClusterStore, RedisStore
from tests.fakes import FakeClock
from tests.servers import free_port


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
