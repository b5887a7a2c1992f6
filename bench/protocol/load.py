"""The load generator: prepared requests over connections that stay open, each with one request under way."""

import re
import select
import socket
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass

LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
CHUNKED = re.compile(rb"\r\ntransfer-encoding: *chunked", re.IGNORECASE)
SECONDS_AT_MOST = 30.0
"""Without an answer."""


class Unexpected(Exception):
    """An answer with another status than the case has."""


@dataclass(frozen=True, slots=True)
class Driven:
    requests: int
    seconds: float
    cpu_seconds: float
    """Of the load generator itself."""
    milliseconds: tuple[float, ...]
    """Of each request, sorted."""


def drive(
    address: tuple[str, int], requests: Sequence[bytes], *, connections: int, status: int = 200
) -> Driven:
    """Send each request once. Raises Unexpected."""
    with ExitStack() as stack:
        sockets: dict[int, socket.socket] = {}
        for _ in range(min(connections, len(requests))):
            made = stack.enter_context(_connected(address))
            sockets[made.fileno()] = made
        return _driven(sockets, stack.enter_context(select.epoll()), requests, status)


def _driven(
    sockets: Mapping[int, socket.socket], poll: select.epoll, requests: Sequence[bytes], status: int
) -> Driven:
    for number in sockets:
        poll.register(number, select.EPOLLIN)
    expected = b"HTTP/1.1 %d" % status
    sent: dict[int, float] = {}
    partial: dict[int, bytes] = {}
    times: list[float] = []
    waiting = iter(requests)
    cpu, began = time.process_time(), time.perf_counter()
    for number, connection in sockets.items():
        sent[number] = time.perf_counter()
        connection.sendall(next(waiting))
    while sent:
        ready = poll.poll(SECONDS_AT_MOST)
        if not ready:
            raise Unexpected(f"no answer within {SECONDS_AT_MOST} s")
        for number, _event in ready:
            received = sockets[number].recv(65536)
            answer = partial.pop(number, b"") + received
            if not received or not _is_whole(answer):
                if not received:
                    raise Unexpected("the server closed a connection")
                partial[number] = answer
                continue
            if not answer.startswith(expected):
                raise Unexpected(answer[:1000].decode("utf-8", "replace"))
            now = time.perf_counter()
            times.append((now - sent.pop(number)) * 1000)
            following = next(waiting, None)
            if following is not None:
                sent[number] = now
                sockets[number].sendall(following)
    seconds, cpu = time.perf_counter() - began, time.process_time() - cpu
    return Driven(len(requests), seconds, cpu, tuple(sorted(times)))


def ask(address: tuple[str, int], request: bytes) -> tuple[int, bytes, bytes]:
    """One request by itself: status, head, body. Not for chunked bodies."""
    with _connected(address) as connection:
        connection.sendall(request)
        answer = b""
        while not _is_whole(answer):
            received = connection.recv(65536)
            if not received:
                raise Unexpected("the server closed the connection")
            answer += received
    head, _, body = answer.partition(b"\r\n\r\n")
    return int(head.split(b" ", 2)[1]), head, body


def _connected(address: tuple[str, int]) -> socket.socket:
    made = socket.create_connection(address, timeout=SECONDS_AT_MOST)
    made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return made


def _is_whole(answer: bytes) -> bool:
    end = answer.find(b"\r\n\r\n")
    if end < 0:
        return False
    found = LENGTH.search(answer, 0, end + 2)
    if found is not None:
        return len(answer) >= end + 4 + int(found[1])
    return CHUNKED.search(answer, 0, end + 2) is None or answer.endswith(b"0\r\n\r\n")
