"""The portals of the quick starts, each a process of its own, and a browser at one of them."""

import os
import secrets
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import requests

from tests.documentation.conftest import SNIPPETS
from tests.interop.provider import Registered
from tests.journeys.stack import ROOT

READY_SECONDS = 90.0


def django(folder: Path, port: int) -> list[str]:
    return [sys.executable, "-W", "error", "-m", "django", "runserver", "--noreload", f"127.0.0.1:{port}"]


def express(folder: Path, port: int) -> list[str]:
    (folder / "node_modules").symlink_to(ROOT / "node_modules")
    return ["node", "server.mjs"]


def go(folder: Path, port: int) -> list[str]:
    """Built as `go run` would, whose child outlives it."""
    subprocess.run(["go", "build", "-o", "portal", "."], cwd=folder, check=True, env=dict(os.environ))
    return ["./portal"]


def php(folder: Path, port: int) -> list[str]:
    return ["php", "-d", "error_reporting=-1", "-S", f"127.0.0.1:{port}", "index.php"]


def spring(folder: Path, port: int) -> list[str]:
    """Packed as `mvn spring-boot:run` would run it, whose child outlives it."""
    subprocess.run(["mvn", "-q", "-B", "-Dmaven.test.skip=true", "package"], cwd=folder, check=True)
    return ["java", "-XX:TieredStopAtLevel=1", "-jar", "target/portal-1.jar"]


PORTALS: Mapping[str, Callable[[Path, int], list[str]]] = {
    "django": django,
    "express": express,
    "go": go,
    "php": php,
    "spring": spring,
}


def told(issuer: str, client_id: str, secret: str, origin: str, port: int) -> dict[str, str]:
    """What the pages export."""
    return {
        "PATH": os.environ["PATH"],
        "HOME": os.environ.get("HOME", "/root"),
        "ISSUER": issuer,
        "CLIENT_ID": client_id,
        "CLIENT_SECRET": secret,
        "ORIGIN": origin,
        "PORT": str(port),
        "SECRET_KEY": secrets.token_hex(),
        "SESSION_SECRET": secrets.token_hex(),
        "DJANGO_SETTINGS_MODULE": "portal.settings",
    }


@contextmanager
def running(name: str, app: Registered, issuer: str, folder: Path) -> Iterator["Newcomer"]:
    """The snippet as it stands, with what its page exports."""
    shutil.copytree(SNIPPETS / name, folder / name)
    command = PORTALS[name](folder / name, app.port)
    environment = told(issuer, app.client_id, app.secret, app.origin, app.port)
    with (
        (folder / "log").open("wb") as log,
        subprocess.Popen(command, cwd=folder / name, env=environment, stdout=log, stderr=log) as process,
    ):
        try:
            _wait(process, app.port, folder / "log")
            yield Newcomer(app)
        finally:
            process.kill()


class Newcomer:
    """A browser at the portal, whose name browsers alone resolve."""

    def __init__(self, app: Registered) -> None:
        self._host = app.origin.removeprefix("http://")
        self._port = app.port
        self._cookies: dict[str, str] = {}

    def get(self, path: str) -> requests.Response:
        """Through redirects that stay at the portal's own sign-in."""
        answer = self._get(path)
        while "/oauth2/authorization/" in (to := answer.headers.get("Location", "")):
            answer = self._get(to.removeprefix(f"http://{self._host}"))
        return answer

    def _get(self, path: str) -> requests.Response:
        headers = {"Host": self._host, "Accept": "text/html"}
        if self._cookies:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
        answer = requests.get(
            f"http://127.0.0.1:{self._port}{path}", headers=headers, allow_redirects=False, timeout=20
        )
        for cookie in answer.cookies:
            self._cookies[cookie.name] = cookie.value or ""
        return answer


def _wait(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    end = time.monotonic() + READY_SECONDS
    while True:
        try:
            requests.get(f"http://127.0.0.1:{port}/", timeout=5)
        except requests.RequestException:
            assert process.poll() is None, log.read_text("utf-8")
            assert time.monotonic() < end, log.read_text("utf-8")
            time.sleep(0.05)
        else:
            return
