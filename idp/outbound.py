"""The one client through which the provider asks anything of other servers.

Addresses come from registrations and settings, so a request may be meant for our own network
(server-side request forgery, CWE-918). A name is resolved once and that address connected to; it
must be a public one, unless the exact scheme, host and port stand in `outbound.allow`. Only https,
no redirects, no proxies, no compression, bounded time and size.
"""

import json
import socket
import ssl
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPException
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from queue import Empty, SimpleQueue
from threading import Thread, Timer
from time import monotonic
from typing import Any, Protocol
from urllib.parse import SplitResult, urlsplit

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError
from urllib3.response import HTTPResponse

DEFAULT_PORTS = {"http": 80, "https": 443}
NAT64 = IPv6Network("64:ff9b::/96")  # RFC 6052: the last 32 bits are an IPv4 address
CHUNK = 16384

Resolve = Callable[[str, int], Sequence[str]]
"""Host and port to IP addresses, best first. Raises OSError."""


class OutboundFailed(OSError):
    """No usable answer. The text names the origin and the reason, never the path, query or content."""


class AddressRefused(OutboundFailed):
    """Not an address that may be asked."""


class Unreachable(OutboundFailed):
    """The name is unknown, nobody listens, or the TLS certificate is wrong."""


class TimedOut(OutboundFailed):
    """No complete answer within the time limit."""


class AnswerRefused(OutboundFailed):
    """An answer that is too large, a redirect, compressed, cut short, or not what was expected."""


class Limits(Protocol):
    """The settings of this room (`[outbound]`)."""

    @property
    def allow(self) -> tuple[str, ...]: ...
    @property
    def timeout_seconds(self) -> float: ...
    @property
    def bytes_at_most(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Answer:
    """What the other server said. Any status but a redirect; header names in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        """Raises AnswerRefused; the text does not quote the body."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError):
            raise AnswerRefused("the answer is not JSON") from None


def system_resolver(host: str, port: int) -> Sequence[str]:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


class Outbound:
    """Sends one request at a time on a connection of its own; safe to share between threads."""

    def __init__(
        self, limits: Limits, *, resolve: Resolve = system_resolver, tls: ssl.SSLContext | None = None
    ) -> None:
        """Raises ValueError when an entry of `allow` is not scheme://host[:port]."""
        self._limits = limits
        self._allowed = frozenset(map(_allowed_origin, limits.allow))
        self._resolve = resolve
        self._tls = tls

    def get(
        self, url: str, *, headers: Mapping[str, str] | None = None, timeout_seconds: float | None = None
    ) -> Answer:
        """Raises OutboundFailed."""
        return self.request("GET", url, headers=headers, timeout_seconds=timeout_seconds)

    def post(
        self,
        url: str,
        body: bytes,
        *,
        headers: Mapping[str, str] | None = None,
        timeout_seconds: float | None = None,
    ) -> Answer:
        """Raises OutboundFailed."""
        return self.request("POST", url, body=body, headers=headers, timeout_seconds=timeout_seconds)

    def post_json(
        self,
        url: str,
        value: Any,
        *,
        headers: Mapping[str, str] | None = None,
        timeout_seconds: float | None = None,
    ) -> Answer:
        """Raises OutboundFailed."""
        sent = {"content-type": "application/json", "accept": "application/json", **(headers or {})}
        return self.request(
            "POST", url, body=json.dumps(value).encode(), headers=sent, timeout_seconds=timeout_seconds
        )

    def request(
        self,
        method: str,
        url: str,
        *,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        timeout_seconds: float | None = None,
    ) -> Answer:
        """`timeout_seconds` bounds the whole, from the name's resolution to the last byte.

        Raises OutboundFailed.
        """
        place = _split(url)
        origin = _origin(place)
        deadline = monotonic() + (timeout_seconds or self._limits.timeout_seconds)
        target = (place.path or "/") + (f"?{place.query}" if place.query else "")
        sent = {
            "accept-encoding": "identity",
            "user-agent": "yitong",
            **(headers or {}),
            "host": place.netloc,
        }
        with self._connection(place, origin, deadline) as connection:
            try:
                connection.request(
                    method, target, body=body, headers=sent, preload_content=False, decode_content=False
                )
                answer = self._read(connection.getresponse(), origin)
            except (HTTPError, HTTPException, OSError) as error:
                raise _failure(origin, error, deadline) from None
        # The parser takes a connection that is cut off among the headers for their end.
        if monotonic() >= deadline:
            raise TimedOut(f"{origin} did not answer in time")
        return answer

    def _read(self, response: HTTPResponse, origin: str) -> Answer:
        if 300 <= response.status < 400:
            raise AnswerRefused(f"{origin} answered with a redirect")
        if response.headers.get("content-encoding", "identity") != "identity":
            raise AnswerRefused(f"{origin} compressed its answer unasked")
        most = self._limits.bytes_at_most
        body = b""
        while chunk := response.read(CHUNK):
            body += chunk
            if len(body) > most:
                raise AnswerRefused(f"{origin} answered with more than {most} bytes")
        headers = {name.lower(): value for name, value in response.headers.items()}
        return Answer(response.status, headers, body)

    @contextmanager
    def _connection(self, place: SplitResult, origin: str, deadline: float) -> Iterator[HTTPConnection]:
        """A connection to a permitted address that is cut off at the deadline, whatever the peer drips."""
        host, port = place.hostname or "", place.port or DEFAULT_PORTS[place.scheme]
        plain = self._reach(host, port, origin, deadline)
        # The duplicate outlives the wrapping in TLS, which takes the first one's descriptor.
        guard = plain.dup()
        timer = Timer(max(0.0, deadline - monotonic()), _cut_off, (guard,))
        timer.daemon = True
        connection: _Pinned | _PinnedTls
        if place.scheme == "https":
            self._tls = self._tls or ssl.create_default_context()
            connection = _PinnedTls(host, port, ssl_context=self._tls, server_hostname=host)
        else:
            connection = _Pinned(host, port)
        connection.pinned = plain
        timer.start()
        try:
            yield connection
        finally:
            timer.cancel()
            connection.close()
            plain.close()
            guard.close()

    def _reach(self, host: str, port: int, origin: str, deadline: float) -> socket.socket:
        addresses = self._addresses(host, port, origin, deadline)
        failure: OutboundFailed = Unreachable(f"{origin} has no address")
        for address in addresses:
            left = deadline - monotonic()
            if left <= 0:
                raise TimedOut(f"{origin} did not answer in time")
            try:
                return socket.create_connection((address, port), timeout=left)
            except OSError as error:
                failure = _failure(origin, error, deadline)
        raise failure

    def _addresses(self, host: str, port: int, origin: str, deadline: float) -> Sequence[str]:
        found = _within(deadline, lambda: self._resolve(host, port), origin)
        if origin in self._allowed:
            return found
        if not origin.startswith("https:"):
            raise AddressRefused(f"{origin} is not https")
        public = [address for address in found if is_public(address)]
        if found and not public:
            raise AddressRefused(f"{origin} is not a public address")
        return public


class _Pinned(HTTPConnection):
    """Speaks over a socket that is connected already."""

    pinned: socket.socket

    def _new_conn(self) -> socket.socket:
        return self.pinned


class _PinnedTls(HTTPSConnection):
    pinned: socket.socket

    def _new_conn(self) -> socket.socket:
        return self.pinned


def is_public(address: str) -> bool:
    """Whether an address is one of the open Internet, whatever it is written or wrapped as."""
    found: IPv4Address | IPv6Address = ip_address(address.partition("%")[0])
    if isinstance(found, IPv6Address):
        if found.ipv4_mapped is not None:
            found = found.ipv4_mapped
        elif found in NAT64:
            found = IPv4Address(int(found) & 0xFFFFFFFF)
        elif found.sixtofour is not None or found.teredo is not None:
            return False
    return found.is_global and not found.is_multicast and not found.is_reserved


def _split(url: str) -> SplitResult:
    """Raises AddressRefused for anything but a plain http or https address."""
    if not url.isascii() or any(ord(character) <= 32 or ord(character) == 127 for character in url):
        raise AddressRefused("an address with characters that do not belong there")
    try:
        place = urlsplit(url)
        port = place.port
    except ValueError:
        raise AddressRefused("an address that cannot be read") from None
    if place.scheme not in DEFAULT_PORTS or not place.hostname or port == 0 or "\\" in url:
        raise AddressRefused("an address that is not http or https")
    if "@" in place.netloc or place.fragment:
        raise AddressRefused("an address with a user or a fragment")
    return place


def _origin(place: SplitResult) -> str:
    host = f"[{place.hostname}]" if ":" in (place.hostname or "") else place.hostname
    return f"{place.scheme}://{host}:{place.port or DEFAULT_PORTS[place.scheme]}"


def _allowed_origin(entry: str) -> str:
    try:
        place = _split(entry)
    except AddressRefused as error:
        raise ValueError(f"outbound.allow: {error}") from None
    if place.path not in ("", "/") or place.query:
        raise ValueError("outbound.allow: an entry is scheme://host:port, with nothing after it")
    return _origin(place)


def _within(deadline: float, call: Callable[[], Sequence[str]], origin: str) -> Sequence[str]:
    """Resolving has no time limit of its own, so it runs beside us and may be left behind."""
    outcome: SimpleQueue[Sequence[str] | OSError] = SimpleQueue()

    def run() -> None:
        try:
            outcome.put(call())
        except (OSError, UnicodeError) as error:
            outcome.put(error if isinstance(error, OSError) else OSError("not a name"))

    Thread(target=run, daemon=True, name="resolve").start()
    try:
        found = outcome.get(timeout=max(0.0, deadline - monotonic()))
    except Empty:
        raise TimedOut(f"{origin} was not resolved in time") from None
    if isinstance(found, OSError):
        raise Unreachable(f"{origin} is not a known name")
    return found


def _cut_off(guard: socket.socket) -> None:
    with suppress(OSError):
        guard.shutdown(socket.SHUT_RDWR)


def _failure(origin: str, error: Exception, deadline: float) -> OutboundFailed:
    if isinstance(error, OutboundFailed):
        return error
    if monotonic() >= deadline or isinstance(error, TimeoutError):
        return TimedOut(f"{origin} did not answer in time")
    kind = type(error).__name__
    if isinstance(error, ConnectionRefusedError | ssl.SSLError | HTTPError | OSError):
        return Unreachable(f"{origin} cannot be reached: {kind}")
    return AnswerRefused(f"{origin} did not speak HTTP: {kind}")
