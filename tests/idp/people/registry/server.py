"""A register behind HTTP, as far as a test needs one: a real server that answers as told."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any


@dataclass
class RegisterServer:
    """Answers every question with the next answer, and remembers the questions."""

    status: int = 200
    body: bytes = b"{}"
    wait: Event | None = None
    questions: list[tuple[str, Any, str | None]] = field(default_factory=list)
    port: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def says(self, status: int = 200, /, **answer: Any) -> None:
        self.status, self.body = status, json.dumps(answer).encode()


@contextmanager
def serving() -> Iterator[RegisterServer]:
    state = RegisterServer()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            question = self.rfile.read(int(self.headers["Content-Length"]))
            state.questions.append((self.path, json.loads(question), self.headers["Authorization"]))
            if state.wait is not None:
                state.wait.wait(10)
            try:
                self.send_response(state.status)
                self.send_header("Content-Length", str(len(state.body)))
                self.end_headers()
                self.wfile.write(state.body)
            except OSError:
                self.close_connection = True

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as listening:
        state.port = listening.server_address[1]
        thread = Thread(target=listening.serve_forever, args=(0.01,))
        thread.start()
        yield state
        if state.wait is not None:
            state.wait.set()
        listening.shutdown()
        thread.join()
