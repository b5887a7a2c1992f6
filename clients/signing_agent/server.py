"""The agent at an address of this computer, which nobody else reaches."""

import json
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from clients.signing_agent.agent import BODY_BYTES_AT_MOST, Agent, Answer

ADDRESS = "127.0.0.1"
READ_SECONDS = 10


def serve(agent: Agent, port: int) -> ThreadingHTTPServer:
    """Bound; the caller runs `serve_forever` and closes it."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        server_version = sys_version = ""
        timeout = READ_SECONDS

        def do_OPTIONS(self) -> None:
            self._answer()

        def do_POST(self) -> None:
            self._answer()

        def do_GET(self) -> None:
            self._answer()

        def _answer(self) -> None:
            headers = {name.lower(): value for name, value in self.headers.items()}
            length = headers.get("content-length", "0")
            if not length.isdecimal() or int(length) > BODY_BYTES_AT_MOST or "transfer-encoding" in headers:
                self.close_connection = True
                self._send(Answer(HTTPStatus.REQUEST_ENTITY_TOO_LARGE))
                return
            body = self.rfile.read(int(length))
            self._send(agent.answer(self.command, self.path, headers, body))

        def _send(self, answer: Answer) -> None:
            body = b"" if answer.body is None else json.dumps(answer.body).encode()
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            if body:
                self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - as the base class has it
            """Nothing: what pages ask is between them and the person."""

    return ThreadingHTTPServer((ADDRESS, port), Handler)
