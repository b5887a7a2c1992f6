"""Workers never meet at a port."""

import socket

from tests.ports import END, FIRST, free_port, free_ports, is_free, range_of


def test_workers_have_ports_of_their_own() -> None:
    for workers in range(1, 9):
        given = [port for worker in range(workers) for port in range_of(worker, workers)]
        assert len(given) == len(set(given))
        assert min(given) >= FIRST
        assert max(given) < END


def test_no_port_is_given_twice() -> None:
    assert len(set(free_ports(20))) == 20


def test_where_somebody_listens_is_not_free() -> None:
    port = free_port()
    assert is_free(port)
    with socket.create_server(("127.0.0.1", port)):
        assert not is_free(port)
