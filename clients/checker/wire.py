"""One request and its answer. Whoever runs the checks says how requests are sent: `Fetch`."""

import socket
import ssl
from collections.abc import Callable
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from time import monotonic
from urllib.parse import SplitResult, urlsplit

BYTES_AT_MOST = 2 * 1024 * 1024
SECONDS = 20.0
CHUNK = 65_536
DEFAULT_PORTS = {"http": 80, "https": 443}


class NotReached(OSError):
    """No usable answer. The text says why, and holds no path and no query: they may be secret."""


@dataclass(frozen=True)
class Sent:
    method: str
    url: str
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True)
class Answer:
    """Redirects are answers, too: nobody follows them on the way here."""

    status: int
    headers: tuple[tuple[str, str], ...]
    """Names in lower case; one that came twice stands twice (`set-cookie`)."""
    body: bytes = field(repr=False)

    def header(self, name: str) -> str:
        return next((value for found, value in self.headers if found == name), "")

    def all(self, name: str) -> list[str]:
        return [value for found, value in self.headers if found == name]

    @property
    def text(self) -> str:
        return self.body.decode("utf-8", "replace")


Fetch = Callable[[Sent], Answer]
"""Sends one request, follows nothing, takes no longer than it may. Raises NotReached."""


def origin_of(url: str) -> str:
    """`scheme://host:port`, the port always said. Raises ValueError for what is no address of the web."""
    place = urlsplit(url)
    if place.scheme not in DEFAULT_PORTS or not place.hostname or "@" in place.netloc or place.port == 0:
        raise ValueError("not an address of http or https")
    host = f"[{place.hostname}]" if ":" in place.hostname else place.hostname
    return f"{place.scheme}://{host}:{place.port or DEFAULT_PORTS[place.scheme]}"


def over_the_network(tls: ssl.SSLContext | None = None, seconds: float = SECONDS) -> Fetch:
    """`tls`: for an authority of one's own. The certificates of the system otherwise."""

    def fetch(sent: Sent) -> Answer:
        place = urlsplit(sent.url)
        name = origin_of(sent.url)
        deadline = monotonic() + seconds
        connection = _connection(place, tls, seconds)
        try:
            target = (place.path or "/") + (f"?{place.query}" if place.query else "")
            connection.request(sent.method, target, body=sent.body, headers=dict(_with_host(sent, place)))
            found = connection.getresponse()
            body = b""
            while chunk := found.read(CHUNK):
                body += chunk
                if len(body) > BYTES_AT_MOST:
                    raise NotReached(f"{name} answered with more than {BYTES_AT_MOST} bytes")
                if monotonic() > deadline:
                    raise NotReached(f"{name} did not end its answer in {seconds:.0f} seconds")
            return Answer(
                found.status, tuple((key.lower(), value) for key, value in found.getheaders()), body
            )
        except NotReached:
            raise
        except TimeoutError:
            raise NotReached(f"{name} did not answer in {seconds:.0f} seconds") from None
        except (OSError, HTTPException, ValueError) as problem:
            raise NotReached(f"{name} cannot be reached: {type(problem).__name__}") from None
        finally:
            connection.close()

    return fetch


def _connection(place: SplitResult, tls: ssl.SSLContext | None, seconds: float) -> HTTPConnection:
    host = place.hostname or ""
    port = place.port or DEFAULT_PORTS[place.scheme]
    if place.scheme == "https":
        return HTTPSConnection(host, port, timeout=seconds, context=tls or ssl.create_default_context())
    connection = HTTPConnection(host, port, timeout=seconds)
    if host == "localhost" or host.endswith(".localhost"):
        # RFC 6761 section 6.3, as browsers do it, whatever the resolver of this machine knows.
        connection.sock = _to_this_machine(port, seconds)
    return connection


def _to_this_machine(port: int, seconds: float) -> socket.socket:
    try:
        return socket.create_connection(("127.0.0.1", port), seconds)
    except OSError:
        try:
            return socket.create_connection(("::1", port), seconds)
        except OSError as problem:
            raise NotReached(f"nobody listens on port {port} of this machine") from problem


def _with_host(sent: Sent, place: SplitResult) -> list[tuple[str, str]]:
    return [("Host", place.netloc), ("Accept-Encoding", "identity"), ("Connection", "close"), *sent.headers]
