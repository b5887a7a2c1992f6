"""Pages whose scripts sign people in, rightly or with faults, and the checker in a real Chromium at them."""

import json
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Browser

from clients.checker import CHECKS, Application, Fetch, Report, over_the_network, run
from clients.checker.checks import FIRST
from clients.checker.chromium.bench import ScriptBench
from clients.checker.findings import Check
from clients.checker.local import LocalProvider, serving
from clients.checker.report import Result
from tests.ports import free_ports

ROOT = Path(__file__).resolve().parents[3]
PAGES = Path(__file__).with_name("pages")
LIBRARY = ROOT / "node_modules/oidc-client-ts/dist/browser/oidc-client-ts.min.js"
QUICK_START = ROOT / "docs/site/snippets/spa"
KINDS = {".html": "text/html", ".js": "text/javascript"}
LONGEST_SECONDS = 550.0
"""Of one run, on a machine that does much else."""
FAULTS = "globalThis.app = {told}; globalThis.has = (fault) => app.faults.includes(fault);"


@dataclass(frozen=True)
class Page:
    """One of `PAGES`, or nothing for the quick start; which of its faults are switched on may change."""

    files: dict[str, bytes]
    app: Application
    provider: LocalProvider
    fetch: Fetch

    def switch_on(self, *faults: str) -> None:
        """From the next time that it is loaded."""
        told = json.dumps({"issuer": self.provider.issuer, "faults": faults})
        self.files["/faults.js"] = FAULTS.format(told=told).encode()

    def checked(
        self,
        chromium: Browser,
        checks: Sequence[Check],
        told: Callable[[Result], None] = lambda _result: None,
    ) -> Report:
        return run(
            self.app,
            self.provider,
            self.fetch,
            checks=checks,
            longest_seconds=LONGEST_SECONDS,
            patience_seconds=0.5,
            told=told,
            bench_for=partial(ScriptBench, chromium=chromium),
        )


def checked_page(
    chromium: Browser, page: str, *faults: str, only: Sequence[str] = (), signed_in: str = "Signed in as"
) -> Report:
    """`only`: nothing means all checks."""
    with _opened(page, signed_in) as opened:
        opened.switch_on(*faults)
        return opened.checked(chromium, [one for one in CHECKS if not only or one.name in {*only, *FIRST}])


def checked_faults(
    chromium: Browser, page: str, found_by: Mapping[str, Iterable[str]]
) -> Mapping[str, Mapping[str, str]]:
    """`found_by`: faults, with blanks between those that a page has together, and the checks that look at it.

    Returns what these say, by their names. All of it is one run, which begins without faults: that people
    can sign in is not found out for each of them anew.
    """
    turns = [("", name) for name in FIRST]
    planted = [(fault, name) for fault, names in found_by.items() for name in names]
    # What fails one of the first checks ends the run.
    turns += sorted(planted, key=lambda turn: turn[1] in FIRST)
    coming = iter([fault for fault, _name in turns[1:]])
    by_name = {one.name: one for one in CHECKS}
    with _opened(page, "Signed in as") as opened:
        opened.switch_on()
        report = opened.checked(
            chromium,
            [by_name[name] for _fault, name in turns],
            told=lambda _result: opened.switch_on(*next(coming, "").split()),
        )
    found: dict[str, dict[str, str]] = {fault: {} for fault, _name in turns}
    for (fault, name), result in zip(turns, report.results, strict=True):
        found[fault][name] = f"{result.verdict}: {result.reason}"
    return found


@contextmanager
def _opened(page: str, signed_in: str) -> Iterator[Page]:
    provider_port, port = free_ports(2)
    issuer, origin = f"http://localhost:{provider_port}", f"http://spa.localhost:{port}"
    app = Application(f"{origin}/{page}", f"{origin}/{page}", signed_in, press="#sign-in")
    fetch = over_the_network()
    provider = LocalProvider(issuer, fetch, time.time, scripts_of=app.origins)
    files = _files(issuer)
    with serving(provider_port, provider), _served(port, files):
        yield Page(files, app, provider, fetch)


def _files(issuer: str) -> dict[str, bytes]:
    found = {f"/{path.name}": path.read_bytes() for path in (*PAGES.iterdir(), LIBRARY)}
    index = (QUICK_START / "index.html").read_text("utf-8").replace("http://localhost:8000", issuer)
    found["/"], found["/app.js"] = index.encode(), (QUICK_START / "app.js").read_bytes()
    return found


@contextmanager
def _served(port: int, files: dict[str, bytes]) -> Iterator[None]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = urlsplit(self.path).path
            body = files.get(path)
            self.send_response(200 if body is not None else 404)
            self.send_header("Content-Type", KINDS.get(Path(path).suffix, "text/html"))
            self.send_header("Content-Length", str(len(body or b"")))
            self.end_headers()
            self.wfile.write(body or b"")

        def log_message(self, *_said: object) -> None:
            """Into no log."""

    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
