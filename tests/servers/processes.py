"""Servers that tests start: found, waited for, ended by process id; certificates for them."""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

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


@pytest.fixture(scope="session")
def server_folder() -> Iterator[Callable[[], Path]]:
    """Short paths outside pytest's own folder, which other users may not enter."""
    with ExitStack() as stack:

        def make() -> Path:
            return Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="yitong-")))

        yield make
