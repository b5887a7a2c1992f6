"""Peers that end with the test."""

import socket
import ssl
from collections.abc import Callable, Iterator

import pytest

from tests.idp.outbound.peers import Answering, Server


@pytest.fixture
def serve() -> Iterator[Callable[..., Server]]:
    servers: list[Server] = []

    def start(answer: bytes | Answering, tls: ssl.SSLContext | None = None) -> Server:
        def say(peer: socket.socket, server: Server) -> None:
            if callable(answer):
                answer(peer, server)
            else:
                peer.sendall(answer)

        servers.append(Server(say, tls))
        return servers[-1]

    yield start
    for server in servers:
        server.close()
