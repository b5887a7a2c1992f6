"""The hostile provider over HTTP, on an address of this machine alone."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from ..wire import Answer, Sent

BODY_AT_MOST = 256 * 1024


@contextmanager
def serving(port: int, answer: Callable[[Sent], Answer]) -> Iterator[int]:
    """As long as the block runs; gives the port, which is a free one where 0 was asked. Raises OSError."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        timeout = 30

        def do_GET(self) -> None:
            length = self.headers.get("Content-Length", "0")
            if not length.isdigit() or int(length) > BODY_AT_MOST:
                self.close_connection = True
                return self._say(Answer(413, (), b""))
            body = self.rfile.read(int(length)) or None
            address = f"http://{self.headers.get('Host', '127.0.0.1')}{self.path}"
            self._say(answer(Sent(self.command, address, tuple(self.headers.items()), body)))
            return None

        do_POST = do_OPTIONS = do_GET  # noqa: N815 (the library looks for these names)

        def _say(self, said: Answer) -> None:
            self.send_response(said.status)
            for name, value in said.headers:
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(said.body)))
            self.end_headers()
            self.wfile.write(said.body)

        def log_message(self, *_said: object) -> None:
            """Addresses hold codes: they are not written down."""

    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
