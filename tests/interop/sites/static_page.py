"""Serves a static page: files, and no more. What the page does, it does in the browser."""

import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tests.journeys.stack import ROOT

FOLDER = Path(__file__).parent / "page"
LIBRARY = ROOT / "node_modules/oidc-client-ts/dist/browser/oidc-client-ts.min.js"


@contextmanager
def serving(port: int, told: Mapping[str, Any]) -> Iterator[None]:
    index = (FOLDER / "index.html").read_bytes()
    files = {
        "/": ("text/html", index),
        "/callback": ("text/html", index),
        "/app.js": ("text/javascript", (FOLDER / "app.js").read_bytes()),
        "/oidc-client-ts.js": ("text/javascript", LIBRARY.read_bytes()),
        "/told.json": ("application/json", json.dumps(told).encode()),
    }

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found = files.get(urlsplit(self.path).path)
            self.send_response(200 if found else 404)
            kind, body = found or ("text/plain", b"")
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_arguments: object) -> None:
            """Into no log."""

    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
