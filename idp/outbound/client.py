"""Sending a request and reading its answer, within limits. See the package for what is guarded against."""

import json
import socket
import ssl
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http import HTTPStatus
from http.client import HTTPException
from threading import Timer
from time import monotonic
from typing import Any, Protocol
from urllib.parse import SplitResult

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError
from urllib3.response import HTTPResponse

from idp.outbound.addresses import (
    DEFAULT_PORTS,
    ENCRYPTED,
    Resolve,
    allowed_origin,
    is_public,
    origin_of,
    resolved,
    split,
    system_resolver,
)
from idp.outbound.answers import (
    AddressRefused,
    Answer,
    AnswerRefused,
    OutboundFailed,
    TimedOut,
    Unreachable,
)

CHUNK = 16384


class Limits(Protocol):
    """The settings of this room (`[outbound]`)."""

    @property
    def allow(self) -> tuple[str, ...]: ...
    @property
    def timeout_seconds(self) -> float: ...
    @property
    def bytes_at_most(self) -> int: ...


class ForClients(Protocol):
    """The settings of this room, with what registrations may name beside the open Internet."""

    @property
    def clients_allow(self) -> tuple[str, ...]: ...
    @property
    def timeout_seconds(self) -> float: ...
    @property
    def bytes_at_most(self) -> int: ...


@dataclass(frozen=True, slots=True)
class _OfClients:
    allow: tuple[str, ...]
    timeout_seconds: float
    bytes_at_most: int


def to_clients(limits: ForClients) -> "Outbound":
    """For addresses that registrations name: under the operator's exceptions for clients, and no others.

    Raises ValueError, as `Outbound` does.
    """
    return Outbound(_OfClients(limits.clients_allow, limits.timeout_seconds, limits.bytes_at_most))


class Outbound:
    """Sends one request at a time on a connection of its own; safe to share between threads."""

    def __init__(
        self, limits: Limits, *, resolve: Resolve = system_resolver, tls: ssl.SSLContext | None = None
    ) -> None:
        """Raises ValueError when an entry of `allow` is not scheme://host[:port]."""
        self._limits = limits
        self._allowed = frozenset(map(allowed_origin, limits.allow))
        self._resolve = resolve
        self._tls = tls

    def get(
        self, url: str, *, headers: Mapping[str, str] | None = None, timeout_seconds: float | None = None
    ) -> Answer:
        """Raises OutboundFailed."""
        return self.request("GET", url, headers=headers, timeout_seconds=timeout_seconds)

    def fetch(self, url: str) -> bytes:
        """The body of a document that must be there. Raises OutboundFailed."""
        answer = self.get(url)
        if answer.status != HTTPStatus.OK:
            raise AnswerRefused(f"the answer has the status {answer.status}")
        return answer.body

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
        redirect_is_answer: bool = False,
    ) -> Answer:
        """`timeout_seconds` bounds the whole, from the name's resolution to the last byte.

        `redirect_is_answer`: it is handed over, and whoever asked decides on the next address and asks
        anew. Never followed here. Raises OutboundFailed.
        """
        place = split(url)
        origin = origin_of(place)
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
                answer = self._read(connection.getresponse(), origin, redirect_is_answer)
            except (HTTPError, HTTPException, OSError) as error:
                raise _failure(origin, error, deadline) from None
        # The parser takes a connection that is cut off among the headers for their end.
        if monotonic() >= deadline:
            raise TimedOut(f"{origin} did not answer in time")
        return answer

    @contextmanager
    def connected(
        self, url: str, scheme: str, timeout_seconds: float | None = None
    ) -> Iterator[socket.socket]:
        """A connection for what is no HTTP, under the same rules; cut off when the time is over.

        The caller makes TLS of it. Raises OutboundFailed, also for what the caller meets on it.
        """
        place = split(url, (scheme,))
        origin = origin_of(place)
        deadline = monotonic() + (timeout_seconds or self._limits.timeout_seconds)
        with self._guarded(place, origin, deadline) as plain:
            try:
                yield plain
            except OSError as error:
                raise _failure(origin, error, deadline) from None
        # What is cut off looks like a peer who closes.
        if monotonic() >= deadline:
            raise TimedOut(f"{origin} did not answer in time")

    def _read(self, response: HTTPResponse, origin: str, redirect_is_answer: bool) -> Answer:
        if 300 <= response.status < 400 and not redirect_is_answer:
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
        return Answer(response.status, headers, body, tuple(response.headers.getlist("set-cookie")))

    @contextmanager
    def _connection(self, place: SplitResult, origin: str, deadline: float) -> Iterator[HTTPConnection]:
        with self._guarded(place, origin, deadline) as plain:
            host, port = _host_and_port(place)
            connection: _Pinned | _PinnedTls
            if place.scheme == "https":
                self._tls = self._tls or ssl.create_default_context()
                connection = _PinnedTls(host, port, ssl_context=self._tls, server_hostname=host)
            else:
                connection = _Pinned(host, port)
            connection.pinned = plain
            try:
                yield connection
            finally:
                connection.close()

    @contextmanager
    def _guarded(self, place: SplitResult, origin: str, deadline: float) -> Iterator[socket.socket]:
        """A connection to a permitted address that is cut off at the deadline, whatever the peer drips."""
        plain = self._reach(*_host_and_port(place), origin, deadline)
        # The duplicate outlives the wrapping in TLS, which takes the first one's descriptor.
        guard = plain.dup()
        timer = Timer(max(0.0, deadline - monotonic()), _cut_off, (guard,))
        timer.daemon = True
        timer.start()
        try:
            yield plain
        finally:
            timer.cancel()
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
        found = resolved(deadline, lambda: self._resolve(host, port), origin)
        if origin in self._allowed:
            return found
        if origin.partition(":")[0] not in ENCRYPTED:
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


def _host_and_port(place: SplitResult) -> tuple[str, int]:
    return place.hostname or "", place.port or DEFAULT_PORTS[place.scheme]


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
