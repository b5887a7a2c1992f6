"""A server that answers everything at once with the same bytes: what the load generator itself can do."""

import select
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from bench.protocol.meters import LOAD_CORE, SERVER_CORE, pin
from tests.servers import end

BODY = b"x" * 1200  # about as long as tokens
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(BODY), BODY)
REQUEST = b"POST /oauth2/token HTTP/1.1\r\nHost: localhost\r\nContent-Length: 300\r\n\r\n" + b"y" * 300


@contextmanager
def running() -> Iterator[tuple[tuple[str, int], int]]:
    """Its address and its process."""
    pin(SERVER_CORE)
    try:
        process = subprocess.Popen(  # noqa: S603 - our own program
            [sys.executable, "-m", __name__], stdout=subprocess.PIPE, text=True
        )
    finally:
        pin(LOAD_CORE)
    try:
        if process.stdout is None:
            raise RuntimeError("the null server has no pipe")
        port = int(process.stdout.readline())
        yield ("127.0.0.1", port), process.pid
    finally:
        end(process)  # type: ignore[arg-type]
        if process.stdout is not None:
            process.stdout.close()


def serve() -> None:
    listening = socket.create_server(("127.0.0.1", 0))
    print(listening.getsockname()[1], flush=True)
    poll, open_ones = select.epoll(), {}
    poll.register(listening, select.EPOLLIN)
    while True:
        for number, _event in poll.poll():
            if number == listening.fileno():
                accepted, _ = listening.accept()
                accepted.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                open_ones[accepted.fileno()] = accepted
                poll.register(accepted, select.EPOLLIN)
            elif open_ones[number].recv(65536):
                open_ones[number].sendall(ANSWER)
            else:
                poll.unregister(number)
                open_ones.pop(number).close()


if __name__ == "__main__":
    serve()
