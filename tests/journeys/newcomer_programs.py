"""The quick starts of `/docs` as their pages tell a newcomer to start them, with what the console showed."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError

from tests.clients.sdk import building
from tests.journeys.stack import ROOT

SNIPPETS = ROOT / "docs" / "site" / "snippets"
LIBRARY = ROOT / "node_modules/oidc-client-ts/dist/browser/oidc-client-ts.min.js"
EXAMPLE_PORT = "5000"
READY_SECONDS = 60.0
OWN_LINES = re.compile(r"(?m)^(?:export (FLASK_YITONG_\w+)=.*\n)+")
"""Of `start.sh`: where its values are one's own."""
META_LINES = re.compile(r'(?m)^(?:<meta name="(?:issuer|client-id)" content=".*">\n)+')


@dataclass(frozen=True, slots=True)
class FlaskProgram:
    """`start.sh` and `portal.py` as they stand, in a folder. What pip installs is built here, once."""

    folder: Path
    port: int
    site: Path

    @contextmanager
    def started(self, together: str) -> Iterator[None]:
        """`together`: the lines that the console gives to be copied, put in the place of the example's."""
        script = (self.folder / "start.sh").read_text("utf-8").replace(EXAMPLE_PORT, str(self.port))
        script = _replaced(OWN_LINES, script, together)
        script = re.sub(r"(?m)^pip install .*\n", "", script).replace(
            "\nflask ", f"\nexec {sys.executable} -m flask "
        )
        path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
        with _running(
            ["sh", "-e", "-c", script], self.folder, self.port, {"PATH": path, "PYTHONPATH": str(self.site)}
        ):
            yield

    def log(self) -> str:
        """What the program that was started last has written."""
        return (self.folder / "log").read_text("utf-8")


def flask(folder: Path, port: int) -> FlaskProgram:
    shutil.copytree(SNIPPETS / "flask", folder, dirs_exist_ok=True)
    return FlaskProgram(folder, port, building.installed(building.wheel(folder), folder))


@contextmanager
def page_alone(folder: Path, port: int, together: str) -> Iterator[None]:
    """`index.html` with the lines where its comment says, behind `python3 -m http.server`."""
    shutil.copytree(SNIPPETS / "spa", folder, dirs_exist_ok=True)
    index = folder / "index.html"
    index.write_text(_replaced(META_LINES, index.read_text("utf-8"), together), "utf-8")
    shutil.copyfile(LIBRARY, folder / LIBRARY.name)
    command = [sys.executable, "-m", "http.server", str(port), "--bind", "127.0.0.1"]
    with _running(command, folder, port, {"PATH": os.environ["PATH"]}):
        yield


def _replaced(lines: re.Pattern[str], text: str, together: str) -> str:
    """With the copied lines in the place of the example's: as many, and of the same names."""
    (found,) = lines.finditer(text)
    names = [_names(one) for one in (found.group(), together)]
    assert names[0] == names[1], "what is copied fits the quick start nowhere"
    return f"{text[: found.start()]}{together}\n{text[found.end() :]}"


def _names(lines: str) -> list[tuple[str, str]]:
    return re.findall(r'(?m)^(?:export (?=(\w+)=)|<meta name=(?="([\w-]+)"))', lines)


@contextmanager
def _running(command: list[str], folder: Path, port: int, environment: Mapping[str, str]) -> Iterator[None]:
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
