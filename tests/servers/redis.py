"""Real Redis and Redis Cluster processes."""

import signal
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import hiredis
import pytest

from idp.storage.ephemeral.connection import Address, Connection, Dropped
from tests.ports import free_port
from tests.servers.processes import end, need, start, wait_for


@dataclass
class RedisProcess:
    """A Redis server that tests may stop, pause and start again on the same port."""

    folder: Path
    port: int = field(default_factory=free_port)
    options: tuple[str, ...] = ()
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}"

    @property
    def unix_url(self) -> str:
        return f"redis+unix://{self.folder}/redis.sock"

    def start(self) -> None:
        command = [need("redis-server"), "--port", str(self.port), "--bind", "127.0.0.1"]
        command += ["--unixsocket", str(self.folder / "redis.sock"), "--save", "", "--appendonly", "no"]
        self.process = start([*command, *self.options], self.folder)
        wait_for(self.answers, "redis-server", self.process)

    def stop(self) -> None:
        assert self.process is not None
        end(self.process, signal.SIGKILL)

    def answers(self) -> bool:
        try:
            return self.run("PING") == b"PONG"
        except Dropped:
            return False

    def run(self, *command: str | int | bytes) -> object:
        connection = Connection(Address(port=self.port))
        try:
            return connection.run(*command)
        finally:
            connection.close()

    def info(self, section: str) -> bytes:
        reply = self.run("INFO", section)
        assert isinstance(reply, bytes)
        return reply

    def advance(self, seconds: float) -> None:
        """Let time pass for every key: what would have expired meanwhile is gone."""
        keys = self.run("KEYS", "*")
        assert isinstance(keys, list)
        for key in keys:
            left = self.run("PTTL", key)
            assert isinstance(left, int)
            if left >= 0:
                self.run("PEXPIRE", key, max(0, left - int(seconds * 1000)))


@dataclass(frozen=True)
class RedisClusterProcesses:
    nodes: tuple[RedisProcess, ...]
    """The masters."""
    replicas: tuple[RedisProcess, ...] = ()
    """Of the first master."""

    @property
    def url(self) -> str:
        return "redis+cluster://" + ",".join(f"127.0.0.1:{node.port}" for node in self.nodes[:2])

    def start(self) -> None:
        first = self.nodes[0]
        for node in (*self.nodes, *self.replicas):
            node.start()
        share = 16384 // len(self.nodes)
        for number, node in enumerate(self.nodes):
            last = 16383 if node is self.nodes[-1] else (number + 1) * share - 1
            node.run("CLUSTER", "SET-CONFIG-EPOCH", number + 1)
            node.run("CLUSTER", "ADDSLOTSRANGE", number * share, last)
        for node in (*self.nodes[1:], *self.replicas):
            bus = int(node.options[node.options.index("--cluster-port") + 1])
            first.run("CLUSTER", "MEET", "127.0.0.1", node.port, bus)
        everyone = (*self.nodes, *self.replicas)
        wait_for(lambda: all(self._is_whole(node) for node in everyone), "the Redis cluster")
        master_id = first.run("CLUSTER", "MYID")
        assert isinstance(master_id, bytes)
        for replica in self.replicas:
            wait_for(lambda: replica.run("CLUSTER", "REPLICATE", master_id) == b"OK", "a replica")  # noqa: B023
            wait_for(lambda: b"master_link_status:up" in replica.info("replication"), "a replica")  # noqa: B023

    def _is_whole(self, node: RedisProcess) -> bool:
        reply = node.run("CLUSTER", "INFO")
        assert isinstance(reply, bytes)
        slots = node.run("CLUSTER", "SLOTS")
        assert isinstance(slots, list)
        return b"cluster_state:ok" in reply and len(slots) == len(self.nodes)


@pytest.fixture(scope="session")
def redis_process(server_folder: Callable[[], Path]) -> Iterator[RedisProcess]:
    server = RedisProcess(server_folder())
    server.start()
    yield server
    assert server.process is not None
    end(server.process, signal.SIGKILL)


@pytest.fixture
def redis_server(redis_process: RedisProcess) -> RedisProcess:
    """The session's Redis, emptied."""
    redis_process.run("FLUSHALL")
    return redis_process


@pytest.fixture
def own_redis_server(server_folder: Callable[[], Path]) -> Iterator[RedisProcess]:
    """A Redis that one test may stop, pause or reconfigure."""
    server = RedisProcess(server_folder())
    server.start()
    yield server
    assert server.process is not None
    end(server.process, signal.SIGKILL)


def cluster_of(
    masters: int, folder: Callable[[], Path], *, replicas: int = 0, node_timeout: int = 2000
) -> Iterator[RedisClusterProcesses]:
    def node() -> RedisProcess:
        options = ("--cluster-enabled", "yes", "--cluster-port", str(free_port()))
        options += ("--cluster-node-timeout", str(node_timeout), "--cluster-require-full-coverage", "no")
        return RedisProcess(folder(), options=options)

    cluster = RedisClusterProcesses(
        tuple(node() for _ in range(masters)), tuple(node() for _ in range(replicas))
    )
    try:
        cluster.start()
        yield cluster
    finally:
        for started in (*cluster.nodes, *cluster.replicas):
            if started.process is not None:
                end(started.process, signal.SIGKILL)


@pytest.fixture(scope="session")
def redis_cluster_processes(server_folder: Callable[[], Path]) -> Iterator[RedisClusterProcesses]:
    yield from cluster_of(3, server_folder)


@pytest.fixture
def own_redis_cluster(server_folder: Callable[[], Path]) -> Iterator[RedisClusterProcesses]:
    """A cluster of three masters, the first with a replica, whose nodes one test may stop."""
    yield from cluster_of(3, server_folder, replicas=1, node_timeout=500)


@pytest.fixture
def redis_cluster(redis_cluster_processes: RedisClusterProcesses) -> RedisClusterProcesses:
    """The session's cluster of three masters, emptied."""
    for node in redis_cluster_processes.nodes:
        reply = node.run("FLUSHALL")
        assert not isinstance(reply, hiredis.ReplyError)
    return redis_cluster_processes
