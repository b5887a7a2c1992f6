"""Systems outside that take events, as real servers: what they were given, and how they may fail."""

import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from typing import Any

Answers = Callable[[bytes], tuple[int, bytes]]


@dataclass
class Receiver:
    """Answers each POST as it is told; 204 if not."""

    answer: Answers = lambda _body: (204, b"")
    requests: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)
    lock: Lock = field(default_factory=Lock)

    def __post_init__(self) -> None:
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                headers = {name.lower(): value for name, value in self.headers.items()}
                with receiver.lock:
                    receiver.requests.append((self.path, headers, body))
                    status, said = receiver.answer(body)
                self.send_response(status)
                self.send_header("content-length", str(len(said)))
                self.end_headers()
                self.wfile.write(said)

            def log_message(self, *_arguments: object) -> None:
                pass

            def handle(self) -> None:
                with suppress(OSError):  # whoever asks may be killed
                    super().handle()

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        self.thread = Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01})
        self.thread.start()

    def close(self) -> None:
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()

    def lines(self) -> list[dict[str, Any]]:
        """Of all bodies, in the order in which they came."""
        with self.lock:
            bodies = [body for _, _, body in self.requests]
        return [json.loads(line) for body in bodies for line in body.decode().splitlines()]


def proxy(refused: int = 0) -> Answers:
    """A REST proxy of Kafka; of each request it refuses so many records."""

    def answer(body: bytes) -> tuple[int, bytes]:
        records = json.loads(body)["records"]
        kept: list[dict[str, Any]] = [
            {"partition": 0, "offset": number, "error_code": None, "error": None}
            for number in range(len(records))
        ]
        for one in kept[:refused]:
            one |= {"offset": None, "error_code": 50003, "error": "broker is down"}
        said = {"key_schema_id": None, "value_schema_id": None, "offsets": kept}
        return 200, json.dumps(said).encode()

    return answer
