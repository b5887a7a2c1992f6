"""Syslog (RFC 5424) over TLS (RFC 5425): messages to a collector that somebody else runs.

The protocol has no acknowledgement. So what is sent together goes over a connection of its own, which we end
as RFC 5425 section 4.4 says, and whose end by the collector is awaited: whoever closes in order has read all
that came before; what was not read makes the system answer with a reset.
"""

import errno
import fcntl
import socket
import ssl
import sys
import termios
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import IntEnum
from urllib.parse import urlsplit

from idp.outbound.client import Outbound

SCHEME = "syslog+tls"
LOG_AUDIT = 13
"""RFC 5424 section 6.2.1, the facility."""
NOTHING = "-"
LONGEST_HOST, LONGEST_NAME, LONGEST_KIND = 255, 48, 32
CHUNK = 16384
"""The longest record of TLS."""
LOOKED_EVERY_SECONDS = 0.005
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
"""Before what is UTF-8 and not ASCII (section 6.4)."""


class Severity(IntEnum):
    """RFC 5424 section 6.2.1."""

    ALERT = 1
    CRITICAL = 2
    ERROR = 3
    WARNING = 4
    NOTICE = 5
    INFORMATIONAL = 6


@dataclass(frozen=True, slots=True)
class Message:
    at: datetime
    severity: Severity
    kind: str
    """MSGID: messages of one kind mean the same."""
    text: str


@dataclass(frozen=True)
class Sender:
    """To one collector. Safe over threads."""

    outbound: Outbound
    url: str
    """syslog+tls://host[:port]"""
    tls: ssl.SSLContext
    host: str
    """HOSTNAME: who says it."""
    name: str
    """APP-NAME."""
    timeout_seconds: float

    def send(self, messages: Sequence[Message]) -> None:
        """Returns once the collector has read them all. Raises OutboundFailed: some of them it may have."""
        data = b"".join(framed(written(message, self.host, self.name)) for message in messages)
        deadline = time.monotonic() + self.timeout_seconds
        with self.outbound.connected(self.url, SCHEME, self.timeout_seconds) as connection:
            session = _Tls(connection, self.tls, urlsplit(self.url).hostname or "")
            session.send(data)
            session.close_and_wait(deadline)


def framed(message: bytes) -> bytes:
    """RFC 5425 section 4.3: octets are counted."""
    return b"%d %s" % (len(message), message)


def written(message: Message, host: str, name: str) -> bytes:
    """RFC 5424 section 6."""
    at = message.at.astimezone(UTC)
    # Section 6.2.3: microseconds at most.
    stamp = f"{at:%Y-%m-%dT%H:%M:%S}.{at.microsecond:06d}Z"
    parts = (
        f"<{LOG_AUDIT * 8 + message.severity}>1",
        stamp,
        _word(host, LONGEST_HOST),
        _word(name, LONGEST_NAME),
        NOTHING,
        _word(message.kind, LONGEST_KIND),
        NOTHING,
    )
    text = message.text.encode()
    mark = b"" if message.text.isascii() else BYTE_ORDER_MARK
    return " ".join(parts).encode("ascii") + b" " + mark + text


def client_context(ca: str | None, certificate: str | None, key: str | None) -> ssl.SSLContext:
    """Files: who is trusted (without it, whom the system trusts), and what we show. Raises OSError, as
    ssl.SSLError is one."""
    context = ssl.create_default_context(cafile=ca)
    if certificate is not None:
        context.load_cert_chain(certificate, key)
    return context


def _word(text: str, longest: int) -> str:
    """PRINTUSASCII; nothing else can stand there."""
    found = "".join(character for character in text if "!" <= character <= "~")[:longest]
    return found or NOTHING


class _Tls:
    """TLS over a connection, put together here: Python's own sockets take a fatal alert, such as that our
    certificate is refused, for an orderly end."""

    def __init__(self, connection: socket.socket, context: ssl.SSLContext, host: str) -> None:
        """Raises OSError."""
        self._connection = connection
        self._incoming, self._outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._session = context.wrap_bio(self._incoming, self._outgoing, server_hostname=host)
        while self._wants_more(self._session.do_handshake):
            self._receive()

    def send(self, data: bytes) -> None:
        """Raises OSError."""
        rest = memoryview(data)
        while rest:
            rest = rest[self._session.write(rest[:CHUNK]) :]
            self._connection.sendall(self._outgoing.read())

    def close_and_wait(self, deadline: float) -> None:
        """RFC 5425 section 4.4: we say that we close. Raises OSError when the collector does not, in order.

        Some collectors close the connection without saying so in TLS, and those that are being stopped say so
        before they have read all. What tells is TCP: they had read all if nothing of it makes their system
        answer with a reset. `deadline`: of the monotonic clock.
        """
        while not self._wants_more(self._read):
            pass  # what came with the handshake; nothing of it is for us
        self._wants_more(self._session.unwrap)
        with suppress(ssl.SSLZeroReturnError, ssl.SSLEOFError):
            while True:
                if self._wants_more(self._read):
                    self._receive()
        self._connection.shutdown(socket.SHUT_WR)
        while self._connection.recv(CHUNK):
            pass
        while _unconfirmed(self._connection):
            # Nothing else ends it: a window that stays closed is no failure (RFC 9293 section 3.8.6.1).
            if time.monotonic() >= deadline:
                raise TimeoutError
            time.sleep(LOOKED_EVERY_SECONDS)

    def _read(self) -> None:
        if not self._session.read(CHUNK):
            raise ConnectionResetError(errno.ECONNRESET, "ended before we did")

    def _wants_more(self, step: Callable[[], object]) -> bool:
        """Whether a step needs something of the other side first; what it said is sent in any case."""
        try:
            step()
        except ssl.SSLWantReadError:
            return True
        finally:
            self._connection.sendall(self._outgoing.read())
        return False

    def _receive(self) -> None:
        if data := self._connection.recv(CHUNK):
            self._incoming.write(data)
        else:
            self._incoming.write_eof()


def _unconfirmed(connection: socket.socket) -> int:
    """Bytes that the other system has not confirmed. Raises OSError for a connection that was reset."""
    if failure := connection.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR):
        raise OSError(failure, "reset")
    left = fcntl.ioctl(connection, termios.TIOCOUTQ, bytes(4))
    return int.from_bytes(left, sys.byteorder)
