"""A collector of syslog over TLS, and certificates of an authority of its own."""

import socket
import ssl
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread

from tests.servers import certificate_for

NAME = "collector.example"


@dataclass(frozen=True, slots=True)
class Files:
    """Certificate and key of one who vouches for themselves."""

    certificate: str
    key: str


def files_of(name: str, folder: Path) -> Files:
    certificate, key = certificate_for(name)
    paths = folder / f"{name}.pem", folder / f"{name}.key"
    for path, content in zip(paths, (certificate, key), strict=True):
        path.write_bytes(content)
    return Files(*map(str, paths))


@dataclass
class Collector:
    """Takes frames (RFC 5425 section 4.3.1) until the other side closes, then closes in order."""

    files: Files
    clients: str | None = None
    """The authority of clients, which then must show a certificate."""
    read_at_most: int | None = None
    """Bytes after which it goes away in the middle."""
    stays: bool = False
    """It neither reads nor closes."""
    is_rude: bool = False
    """It closes without saying so in TLS."""
    half_closes: bool = False
    """It says that it is done, at once, and takes no more than a few bytes; it never goes away."""
    hurries: bool = False
    """It closes, in order, before anything was said."""
    messages: list[bytes] = field(default_factory=list)

    held: list[ssl.SSLSocket] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(self.files.certificate, self.files.key)
        if self.clients is not None:
            self.context.verify_mode = ssl.CERT_REQUIRED
            self.context.load_verify_locations(self.clients)
        self.listener = socket.create_server(("127.0.0.1", 0))
        if self.half_closes:
            self.listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1)
        self.port: int = self.listener.getsockname()[1]
        self.thread = Thread(target=self._serve, daemon=True)
        self.thread.start()

    @property
    def url(self) -> str:
        return f"syslog+tls://{NAME}:{self.port}"

    def close(self) -> None:
        with suppress(OSError):
            self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        self.thread.join(20)
        for connection in self.held:
            connection.close()

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                peer, _ = self.listener.accept()
                with suppress(OSError):
                    peer.settimeout(10)
                    connection = self.context.wrap_socket(peer, server_side=True, suppress_ragged_eofs=False)
                    if self.half_closes:
                        connection.shutdown(socket.SHUT_WR)
                    if self.stays or self.half_closes:
                        self.held.append(connection)
                        continue
                    with connection:
                        self._take(connection)
                peer.close()

    def _take(self, connection: ssl.SSLSocket) -> None:
        if self.hurries:
            connection.unwrap().close()
        elif self.read_at_most is not None:
            connection.recv(self.read_at_most)
        else:
            received = b""
            while chunk := connection.recv(65536):
                received += chunk
            self.messages += frames(received)
            if not self.is_rude:
                connection.unwrap().close()


def frames(data: bytes) -> list[bytes]:
    found = []
    while data:
        length, _, rest = data.partition(b" ")
        assert len(rest) >= int(length)
        found.append(rest[: int(length)])
        data = rest[int(length) :]
    return found
