"""Servers of a few lines, real sockets all, and resolvers that say what they are told."""

import socket
import ssl
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from threading import Event, Thread

from idp.outbound import Outbound

Answering = Callable[[socket.socket, "Server"], None]
OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 11\r\n\r\n" + b'{"ok":true}'


@dataclass
class Server:
    """Accepts connections one at a time, reads a request, then lets the test answer."""

    answer: Answering
    tls: ssl.SSLContext | None = None
    requests: list[bytes] = field(default_factory=list)
    names: list[str | None] = field(default_factory=list)
    ended: Event = field(default_factory=Event)

    def __post_init__(self) -> None:
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self.listener.getsockname()[1]
        if self.tls is not None:
            self.tls.sni_callback = lambda _socket, name, _context: self.names.append(name)
        self.thread = Thread(target=self.serve, daemon=True)
        self.thread.start()

    def serve(self) -> None:
        with suppress(OSError):
            while True:
                peer, _ = self.listener.accept()
                with suppress(OSError):
                    self.converse(peer)
                peer.close()

    def converse(self, peer: socket.socket) -> None:
        peer.settimeout(10)
        if self.tls is not None:
            peer = self.tls.wrap_socket(peer, server_side=True)
        with peer:
            request = b""
            while b"\r\n\r\n" not in request:
                request += peer.recv(65536)
            head, _, body = request.partition(b"\r\n\r\n")
            for line in head.lower().split(b"\r\n"):
                if line.startswith(b"content-length:"):
                    while len(body) < int(line.split(b":")[1]):
                        body += peer.recv(65536)
            self.requests.append(head + b"\r\n\r\n" + body)
            self.answer(peer, self)

    def close(self) -> None:
        self.ended.set()
        with suppress(OSError):
            self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        self.thread.join(20)


@dataclass(frozen=True)
class Few:
    allow: tuple[str, ...] = ()
    timeout_seconds: float = 5.0
    bytes_at_most: int = 1000


class Names:
    """A resolver that knows what it is told, and counts."""

    def __init__(self, *answers: Sequence[str]) -> None:
        self.answers = list(answers)
        self.asked: list[tuple[str, int]] = []

    def __call__(self, host: str, port: int) -> Sequence[str]:
        self.asked.append((host, port))
        return self.answers[min(len(self.asked), len(self.answers)) - 1]


def allowed(server: Server, **limits: float) -> Outbound:
    return Outbound(Few((f"http://127.0.0.1:{server.port}",), **limits))  # type: ignore[arg-type]
