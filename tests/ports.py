"""Ports for the servers that tests start.

They lie below those that the kernel gives to whoever asks for any (ip_local_port_range, from 32768 on):
such a port, once it is let go, may be the next connection's before the server for which it was asked comes
to listen. Workers of one run (`pytest -n`) have ranges of their own, and no process gives a port twice
while others are left.
"""

import os
import socket
from collections.abc import Iterator
from itertools import cycle
from secrets import randbelow

FIRST, END = 11_000, 32_000
"""Browsers refuse some ports below 11000: 6000, 6665 to 6669, 10080 (WHATWG Fetch, "bad port")."""


def range_of(worker: int, workers: int) -> range:
    """The ports of one worker out of so many."""
    size = (END - FIRST) // workers
    return range(FIRST + worker * size, FIRST + (worker + 1) * size)


def _own() -> Iterator[int]:
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    ports = range_of(worker, int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1")))
    # Other runs on this machine begin elsewhere.
    begin = randbelow(len(ports))
    return cycle((*ports[begin:], *ports[:begin]))


_ports = _own()


def free_port() -> int:
    """Nobody listens there, and no other test is told the same."""
    return next(port for port in _ports if is_free(port))


def free_ports(count: int) -> list[int]:
    return [free_port() for _ in range(count)]


def is_free(port: int) -> bool:
    """Nobody listens there."""
    with socket.socket() as probe:
        # As servers do: a connection of before that is only waiting to be forgotten keeps nobody out.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True
