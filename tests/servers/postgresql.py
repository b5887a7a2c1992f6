"""Real PostgreSQL processes."""

import os
import pwd
import signal
import subprocess
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import psycopg
import pytest

from tests.ports import free_port
from tests.servers.processes import end, need, start, wait_for

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
        # Numbers of transactions are the whole server's: while an ANALYZE of whatever database has one, no
        # later row of the log is settled, and a test that has just written would find nothing.
        for setting in ("autovacuum=off", *self.settings):
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
