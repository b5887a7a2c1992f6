"""Pages whose scripts sign people in, rightly or with faults, and the checker in a real Chromium at them."""

import json
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Browser

from clients.checker import CHECKS, Application, Report, over_the_network, run
from clients.checker.checks import FIRST
from clients.checker.chromium.bench import ScriptBench
from clients.checker.local import LocalProvider, serving
from tests.ports import free_ports

ROOT = Path(__file__).resolve().parents[3]
PAGES = Path(__file__).with_name("pages")
LIBRARY = ROOT / "node_modules/oidc-client-ts/dist/browser/oidc-client-ts.min.js"
QUICK_START = ROOT / "docs/site/snippets/spa"
KINDS = {".html": "text/html", ".js": "text/javascript"}
FAULTS = "globalThis.app = {told}; globalThis.has = (fault) => app.faults.includes(fault);"


def checked_page(
    chromium: Browser,
    page: str,
    *faults: str,
    only: Sequence[str] = (),
    signed_in: str = "Signed in as",
    patience_seconds: float = 0.5,
) -> Report:
    """`page`: of `PAGES`, or nothing for the quick start. `only`: nothing means all checks."""
    provider_port, port = free_ports(2)
    issuer, origin = f"http://localhost:{provider_port}", f"http://spa.localhost:{port}"
    app = Application(f"{origin}/{page}", f"{origin}/{page}", signed_in, press="#sign-in")
    fetch = over_the_network()
    provider = LocalProvider(issuer, fetch, time.time, scripts_of=app.origins)
    files = _files(issuer, faults)
    with serving(provider_port, provider), _served(port, files):
        return run(
            app,
            provider,
            fetch,
            checks=[one for one in CHECKS if not only or one.name in {*only, *FIRST}],
            longest_seconds=280,
            patience_seconds=patience_seconds,
            bench_for=partial(ScriptBench, chromium=chromium),
        )


def _files(issuer: str, faults: Sequence[str]) -> dict[str, bytes]:
    told = json.dumps({"issuer": issuer, "faults": faults})
    found = {f"/{path.name}": path.read_bytes() for path in (*PAGES.iterdir(), LIBRARY)}
    found["/faults.js"] = FAULTS.format(told=told).encode()
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
