"""`python -m bench.startup`: from starting granian to the first answer, warm; and the memory it then has.

Beside it, in turn, a granian that serves an empty application: what of the figure is not ours.
"""

import argparse
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from bench.table import middle, ninth, show
from idp import settings as settings_module
from idp.commands import run
from idp.commands.serve import provider
from tests.journeys.stack import ROOT
from tests.ports import free_ports

FIRST = "/.well-known/openid-configuration"
PAGES = (FIRST, "/oauth2/jwks", "/readyz", "/enrol")
EMPTY = "def app(environ, start_response):\n    start_response('200 OK', [])\n    return [b'']\n"
KIBIBYTES_IN_A_MEBIBYTE = 1024


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=9)
    rounds = parser.parse_args().rounds
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        argv, environment = _prepared(folder)
        _started(argv, environment, FIRST)  # the first start writes byte code and fills the page cache
        ours, empty, memory, used = [], [], [], []
        for _ in range(rounds):
            seconds, after_start, after_pages = _started(argv, environment, FIRST)
            ours.append(seconds * 1000)
            memory.append(after_start)
            used.append(after_pages)
            empty.append(_started(_empty(folder), environment, "/")[0] * 1000)
    show(
        f"Start-up of the provider, warm, {rounds} rounds",
        ("", "median", "9 of 10 below"),
        [
            ("first answer, ms", middle(ours), ninth(ours)),
            ("the same of an empty application, ms", middle(empty), ninth(empty)),
            ("memory of the serving process after it, MiB", middle(memory), ninth(memory)),
            ("memory after its first pages, MiB", middle(used), ninth(used)),
        ],
    )


def _prepared(folder: Path) -> tuple[Sequence[str], Mapping[str, str]]:
    """A sandbox with its people and keys, on a free port."""
    (port,) = free_ports(1)
    inherited = {key: value for key, value in os.environ.items() if not key.startswith("IDP_")}
    environment = inherited | {
        "IDP_ISSUER": f"http://localhost:{port}",
        "IDP_SERVER__PORT": str(port),
        "IDP_DATA_DIRECTORY": str(folder),
        "IDP_DATABASE__URL": f"sqlite:///{folder}/idp.db",
        "IDP_EPHEMERAL__URL": f"sqlite:///{folder}/ephemeral.db",
        "IDP_SECRETS__FILE": str(folder / "master.json"),
    }
    settings = settings_module.load(environment)
    run.prepare(settings, [], environment)
    return provider(settings, environment)[0].argv, environment


def _empty(folder: Path) -> Sequence[str]:
    (folder / "empty.py").write_text(EMPTY)
    (port,) = free_ports(1)
    argv = [sys.executable, "-m", "granian", "--interface", "wsgi", "empty:app", "--port", str(port)]
    return [*argv, "--working-dir", str(folder), "--log-level", "warning"]


def _started(argv: Sequence[str], environment: Mapping[str, str], path: str) -> tuple[float, float, float]:
    """Seconds to the first answer; MiB of the serving process then, and after a few pages more."""
    port = int(argv[argv.index("--port") + 1])
    begun = time.perf_counter()
    with _running(argv, environment) as process:
        while not (answer := _ask(port, path)):
            if process.poll() is not None:
                raise SystemExit("the server ended before its first answer")
            time.sleep(0.002)
        seconds = time.perf_counter() - begun
        if not answer.startswith(b"HTTP/1.1 200"):
            raise SystemExit(f"the first answer was {answer[:40]!r}")
        after_start = _serving_mebibytes(process.pid)
        for page in PAGES:
            _ask(port, page)
        return seconds, after_start, _serving_mebibytes(process.pid)


@contextmanager
def _running(argv: Sequence[str], environment: Mapping[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(  # noqa: S603  our own server
        argv, env=dict(environment), cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        yield process
    finally:
        process.terminate()
        process.wait()


def _ask(port: int, path: str) -> bytes:
    """The answer's beginning; empty while nobody listens."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
            connection.sendall(
                f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode()
            )
            return connection.recv(4096)
    except OSError:
        return b""


def _serving_mebibytes(supervisor: int) -> float:
    """Resident memory of granian's worker process, which is the child that does the serving."""
    children = Path(f"/proc/{supervisor}/task/{supervisor}/children").read_text().split()
    return max(_resident(int(child)) for child in [*children, str(supervisor)])


def _resident(pid: int) -> float:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / KIBIBYTES_IN_A_MEBIBYTE
    return 0.0


if __name__ == "__main__":
    main()
