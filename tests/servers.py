"""Real PostgreSQL, Redis and Redis Cluster processes for tests: free ports, temporary folders.

Started once a session, when a test first asks; ended by process id, and by the kernel should the
test run itself be killed.
"""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import hiredis
import psycopg
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from idp.storage.ephemeral.connection import Address, Connection, Dropped
from tests.ports import free_port

START_SECONDS = 30


def find(program: str) -> str | None:
    """In PATH, or where Debian keeps PostgreSQL's server programs."""
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return shutil.which(program, path=os.pathsep.join([os.environ.get("PATH", ""), *map(str, versions)]))


def need(program: str) -> str:
    path = find(program)
    if path is None:
        pytest.fail(f"{program} is not installed; `make test` installs it when it may")
    return path


def wait_for(ready: Callable[[], bool], what: str, process: subprocess.Popen[bytes] | None = None) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not ready():
        if process is not None and process.poll() is not None:
            raise RuntimeError(f"{what} ended with {process.returncode}")
        if time.monotonic() > deadline:
            raise RuntimeError(f"{what} was not ready within {START_SECONDS} s")
        time.sleep(0.02)


def start(
    command: list[str],
    folder: Path,
    *,
    user: str | None = None,
    environment: Mapping[str, str] | None = None,
) -> subprocess.Popen[bytes]:
    """Start a server that dies with us, as another user if asked (PostgreSQL refuses root).

    `environment`: besides ours.
    """
    wrapper: list[str] = []
    if setpriv := shutil.which("setpriv"):
        wrapper = [setpriv, "--pdeathsig", "KILL"]
        if user is not None:
            wrapper += [f"--reuid={user}", f"--regid={pwd.getpwnam(user).pw_gid}", "--clear-groups"]
    elif user is not None:
        pytest.fail("setpriv is needed to run PostgreSQL when the tests run as root")
    log = (folder / "log").open("ab")
    with log:
        return subprocess.Popen(
            [*wrapper, *command],
            cwd=folder,
            env={**os.environ, **(environment or {})},
            stdout=log,
            stderr=log,
            stdin=subprocess.DEVNULL,
        )


def certificate_for(name: str) -> tuple[bytes, bytes]:
    """A certificate for a host that vouches for itself, and its key, both PEM."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return made.public_bytes(Encoding.PEM), private


def end(process: subprocess.Popen[bytes], how: signal.Signals = signal.SIGTERM) -> None:
    if process.poll() is None:
        process.send_signal(signal.SIGCONT)
        process.send_signal(how)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


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


FORGETFUL_POSTGRES = ("fsync=off", "full_page_writes=off", "max_connections=200", "shared_buffers=16MB")
"""What a test writes need not outlive the machine."""


@dataclass
class PostgresProcess:
    folder: Path
    port: int = field(default_factory=free_port)
    settings: tuple[str, ...] = FORGETFUL_POSTGRES
    environment: Mapping[str, str] = field(default_factory=dict)
    """Besides ours."""
    process: subprocess.Popen[bytes] | None = None
    numbers: Iterator[int] = field(default_factory=count)

    @property
    def user(self) -> str | None:
        """Root may not run PostgreSQL: then the account that Debian makes for it, or nobody."""
        if os.geteuid() != 0:
            return None
        names = {entry.pw_name for entry in pwd.getpwall()}
        return "postgres" if "postgres" in names else "nobody"

    def start(self) -> None:
        """Also once it was stopped: what it held is still there."""
        data = self.folder / "data"
        if not data.exists():
            self._create(data)
        command = [need("postgres"), "-D", str(data), "-p", str(self.port), "-h", "127.0.0.1", "-k", ""]
        for setting in self.settings:
            command += ["-c", setting]
        self.process = start(command, self.folder, user=self.user, environment=self.environment)
        wait_for(self._answers, "postgres", self.process)

    def stop(self) -> None:
        """At once, as a crash would."""
        assert self.process is not None
        end(self.process, signal.SIGQUIT)

    def _create(self, data: Path) -> None:
        if self.user is not None:
            owner = pwd.getpwnam(self.user)
            os.chown(self.folder, owner.pw_uid, owner.pw_gid)
        command = [need("initdb"), "-D", str(data), "-U", "yitong", "-A", "trust", "-E", "UTF8", "--locale=C"]
        making = start([*command, "--no-sync"], self.folder, user=self.user)
        if making.wait(60) != 0:
            raise RuntimeError((self.folder / "log").read_text())

    def _answers(self) -> bool:
        try:
            psycopg.connect(self._dsn("postgres")).close()
        except psycopg.OperationalError:
            return False
        return True

    def _dsn(self, database: str) -> str:
        return f"postgresql://yitong@127.0.0.1:{self.port}/{database}"

    def new_database(self) -> str:
        """The SQLAlchemy URL of a fresh, empty database."""
        name = f"test_{next(self.numbers)}"
        with psycopg.connect(self._dsn("postgres"), autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}"'.encode())
        return f"postgresql+psycopg://yitong@127.0.0.1:{self.port}/{name}"


@pytest.fixture(scope="session")
def server_folder() -> Iterator[Callable[[], Path]]:
    """Short paths outside pytest's own folder, which other users may not enter."""
    with ExitStack() as stack:

        def make() -> Path:
            return Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="yitong-")))

        yield make


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


def postgres_in(folder: Path) -> Iterator[PostgresProcess]:
    server = PostgresProcess(folder)
    try:
        server.start()
        yield server
    finally:
        if server.process is not None:
            end(server.process, signal.SIGINT)


@pytest.fixture(scope="session")
def postgres_process(server_folder: Callable[[], Path]) -> Iterator[PostgresProcess]:
    yield from postgres_in(server_folder())


@pytest.fixture
def own_postgres_server(server_folder: Callable[[], Path]) -> Iterator[PostgresProcess]:
    """A PostgreSQL that one test may stop and start again."""
    yield from postgres_in(server_folder())


@pytest.fixture
def postgres_url(postgres_process: PostgresProcess) -> str:
    """A fresh database on the session's PostgreSQL."""
    return postgres_process.new_database()


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A fresh database of each kind that we run on."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/idp.db"
    url: str = request.getfixturevalue("postgres_url")
    return url
