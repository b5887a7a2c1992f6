"""The quick starts of `/docs` as their pages tell a newcomer to start them, with what the console showed."""

import os
import re
import shutil
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError

from tests.clients.sdk import building
from tests.journeys.stack import ROOT

SNIPPETS = ROOT / "docs" / "site" / "snippets"
LIBRARY = ROOT / "node_modules/oidc-client-ts/dist/browser/oidc-client-ts.min.js"
EXAMPLE_PORT = "5000"
READY_SECONDS = 30.0


@contextmanager
def flask(folder: Path, port: int, told: Mapping[str, str]) -> Iterator[None]:
    """`start.sh` as it stands but for the values that are one's own. What pip installs is built here."""
    shutil.copytree(SNIPPETS / "flask", folder, dirs_exist_ok=True)
    script = (folder / "start.sh").read_text("utf-8").replace(EXAMPLE_PORT, str(port))
    for name, value in told.items():
        script, changed = re.subn(rf"(?m)^(export FLASK_YITONG_{name})=.*$", rf'\1="{value}"', script)
        assert changed == 1, f"the quick start says nowhere where {name} goes"
    script = re.sub(r"(?m)^pip install .*\n", "", script).replace(
        "\nflask ", f"\nexec {sys.executable} -m flask "
    )
    site = building.installed(building.wheel(folder), folder)
    environment = {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}", "PYTHONPATH": str(site)}
    with _running(["sh", "-e", "-c", script], folder, port, environment):
        yield


@contextmanager
def page_alone(folder: Path, port: int, issuer: str, client_id: str) -> Iterator[None]:
    """`index.html` with the two values where its comment says, behind `python3 -m http.server`."""
    shutil.copytree(SNIPPETS / "spa", folder, dirs_exist_ok=True)
    text = (folder / "index.html").read_text("utf-8")
    for name, value in (("issuer", issuer), ("client-id", client_id)):
        text, changed = re.subn(rf'(<meta name="{name}" content=)"[^"]*"', rf'\1"{value}"', text)
        assert changed == 1, f"the quick start says nowhere where {name} goes"
    (folder / "index.html").write_text(text, "utf-8")
    shutil.copyfile(LIBRARY, folder / LIBRARY.name)
    command = [sys.executable, "-m", "http.server", str(port), "--bind", "127.0.0.1"]
    with _running(command, folder, port, {"PATH": os.environ["PATH"]}):
        yield


@contextmanager
def _running(command: list[str], folder: Path, port: int, environment: dict[str, str]) -> Iterator[None]:
    with (
        (folder / "log").open("wb") as log,
        subprocess.Popen(command, cwd=folder, env=environment, stdout=log, stderr=log) as process,
    ):
        try:
            _wait(process, port, folder / "log")
            yield
        finally:
            process.terminate()
            process.wait(10)


def _wait(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    end = time.monotonic() + READY_SECONDS
    while True:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=2).close()
        except (URLError, OSError):
            assert process.poll() is None, log.read_text("utf-8")
            assert time.monotonic() < end, log.read_text("utf-8")
            time.sleep(0.05)
        else:
            return
