"""Real processes over one table, and a provider over HTTP: one request refreshes for all of them."""

import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from clients.sdk import FreshTokens, Tokens
from clients.sdk.sql_store import SCHEMA, sql_store
from tests.clients.fake_provider import CLIENT_ID, serving
from tests.clients.sdk.readme import PACKAGE
from tests.clients.sdk.strict_provider import StrictProvider

PROCESSES, THREADS = 3, 6
PROGRAM = """
import json, sqlite3, sys, threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from clients.sdk import FreshTokens, Provider, Registration
from clients.sdk.sql_store import sql_store

told = json.loads(sys.stdin.readline())

@contextmanager
def connect():
    with closing(sqlite3.connect(told["file"], timeout=30)) as connection, connection:
        yield connection

provider = Provider(Registration(**told["registration"]), store=sql_store(connect, sqlite3.IntegrityError))
tokens = FreshTokens(provider.store, provider.refresh, provider.revoke)
together = threading.Barrier(told["threads"])

def get(_):
    together.wait()
    return tokens.get("me").refresh_token

print("ready", flush=True)
sys.stdin.readline()
with ThreadPoolExecutor(told["threads"]) as pool:
    print(json.dumps(list(pool.map(get, range(told["threads"])))), flush=True)
"""


@pytest.fixture
def strict() -> Iterator[StrictProvider]:
    with serving(StrictProvider(nonce="")) as running:
        assert isinstance(running, StrictProvider)
        yield running


def test_one_request_refreshes_for_every_thread_of_every_process(
    strict: StrictProvider, tmp_path: Path
) -> None:
    file = tmp_path / "portal.db"
    keep(file)
    registration = {
        "issuer": strict.issuer,
        "client_id": CLIENT_ID,
        "private_key": strict.client_key.as_dict(private=True),
        "dpop_key": strict.dpop_key.as_dict(private=True),
    }
    told = json.dumps({"file": str(file), "threads": THREADS, "registration": registration})
    programs = [
        subprocess.Popen(
            [sys.executable, "-c", PROGRAM],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=PACKAGE.parents[1],
            env={"PATH": os.environ["PATH"], "PYTHONPATH": str(PACKAGE.parents[1])},
            text=True,
        )
        for _ in range(PROCESSES)
    ]
    try:
        for program in programs:
            say(program, told)
        for program in programs:
            assert heard(program) == "ready"
        for program in programs:
            say(program, "go")
        got = [json.loads(heard(program)) for program in programs]
    finally:
        for program in programs:
            program.kill()
            program.communicate()
    assert got == [["refresh-1"] * THREADS] * PROCESSES
    assert strict.seen.count("/token") == 1


def keep(file: Path) -> None:
    """What a sign-in long ago left there."""

    @contextmanager
    def connect() -> Iterator[sqlite3.Connection]:
        with closing(sqlite3.connect(file)) as connection, connection:
            yield connection

    with connect() as connection:
        for statement in SCHEMA:
            connection.execute(statement)
    tokens = FreshTokens(sql_store(connect, sqlite3.IntegrityError), lambda held: held, lambda _held: None)
    tokens.keep("me", Tokens("access-0", "DPoP", 0, "refresh-0"))


def say(program: subprocess.Popen[str], line: str) -> None:
    assert program.stdin is not None
    program.stdin.write(line + "\n")
    program.stdin.flush()


def heard(program: subprocess.Popen[str]) -> str:
    assert program.stdout is not None
    return program.stdout.readline().strip()
