"""Every store that the provider may keep short-lived state in, made anew for each test."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from idp.storage.ephemeral import EphemeralStore, open_store
from tests.fakes import FakeClock
from tests.servers import RedisProcess

KINDS = ("memory", "sqlite", "postgresql", "redis", "redis-unix", "redis-cluster")


@dataclass
class Place:
    """A store, its URL, and the way to let time pass for it."""

    url: str
    store: EphemeralStore
    clock: FakeClock
    servers: tuple[RedisProcess, ...] = ()

    def advance(self, seconds: float) -> None:
        self.clock.advance(seconds)
        for server in self.servers:
            server.advance(seconds)


@pytest.fixture(params=KINDS)
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    servers: tuple[RedisProcess, ...] = ()
    match request.param:
        case "memory":
            url = "memory://"
        case "sqlite":
            url = f"sqlite:///{tmp_path}/ephemeral.db"
        case "postgresql":
            url = request.getfixturevalue("postgres_url")
        case "redis":
            servers = (request.getfixturevalue("redis_server"),)
            url = servers[0].url
        case "redis-unix":
            servers = (request.getfixturevalue("redis_server"),)
            url = servers[0].unix_url
        case _:
            cluster = request.getfixturevalue("redis_cluster")
            servers, url = cluster.nodes, cluster.url
    clock = FakeClock(datetime.now(UTC))
    store = open_store(url, clock)
    yield Place(url, store, clock, servers)
    store.close()
