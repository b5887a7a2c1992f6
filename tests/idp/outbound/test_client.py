"""What an answer may do to the provider. Servers here are real sockets."""

import socket
import ssl
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from threading import Event

import pytest

from idp.outbound import (
    AnswerRefused,
    Outbound,
    TimedOut,
    Unreachable,
)
from tests.idp.outbound.peers import OK, Answering, Few, Names, Server, allowed
from tests.servers import certificate_for


def test_get_and_post(serve: Callable[..., Server]) -> None:
    server = serve(OK)
    outbound = allowed(server)
    url = f"http://127.0.0.1:{server.port}/path?a=b%20c"
    answer = outbound.get(url, headers={"X-Asked": "yes"})
    assert (answer.status, answer.json(), answer.headers["content-type"]) == (
        200,
        {"ok": True},
        "application/json",
    )
    outbound.post_json(url, {"text": "一"})
    outbound.post(url, b"raw", headers={"content-type": "text/plain"})
    first, second, third = server.requests
    assert first.startswith(b"GET /path?a=b%20c HTTP/1.1\r\n")
    assert f"host: 127.0.0.1:{server.port}\r\n".encode() in first
    assert b"X-Asked: yes" in first
    assert second.endswith(b'\r\n\r\n{"text": "\\u4e00"}')
    assert b"content-type: application/json" in second
    assert third.endswith(b"\r\n\r\nraw")


@pytest.mark.parametrize("status", [204, 400, 404, 500, 503])
def test_any_status_but_a_redirect_is_an_answer(serve: Callable[..., Server], status: int) -> None:
    server = serve(b"HTTP/1.1 %d X\r\nContent-Length: 0\r\n\r\n" % status)
    assert allowed(server).get(f"http://127.0.0.1:{server.port}/").status == status


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_are_not_followed(serve: Callable[..., Server], status: int) -> None:
    inner = serve(OK)
    location = f"http://127.0.0.1:{inner.port}/secret".encode()
    outer = serve(b"HTTP/1.1 %d X\r\nLocation: %s\r\nContent-Length: 0\r\n\r\n" % (status, location))
    with pytest.raises(AnswerRefused, match="redirect"):
        allowed(outer).get(f"http://127.0.0.1:{outer.port}/")
    assert inner.requests == []


def test_nobody_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    outbound = Outbound(Few((f"http://127.0.0.1:{port}",)))
    with pytest.raises(Unreachable, match=f"http://127.0.0.1:{port} cannot be reached") as refusal:
        outbound.get(f"http://127.0.0.1:{port}/path?secret")
    assert "secret" not in str(refusal.value)


def test_an_unknown_name() -> None:
    def unknown(_host: str, _port: int) -> Sequence[str]:
        raise socket.gaierror

    with pytest.raises(Unreachable, match="not a known name"):
        Outbound(Few(), resolve=unknown).get("https://service.example/")


def drip(head: bytes) -> Answering:
    def answer(peer: socket.socket, server: Server) -> None:
        peer.sendall(head)
        while not server.ended.wait(0.02):
            peer.sendall(b"x")

    return answer


@pytest.mark.parametrize(
    "head",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nX-Slow: ",
        b"HTTP/1.1 200 O",
        b"",
    ],
)
def test_an_answer_that_drips_is_cut_off(serve: Callable[..., Server], head: bytes) -> None:
    server = serve(drip(head))
    started = time.monotonic()
    with pytest.raises(TimedOut):
        allowed(server, timeout_seconds=0.4).get(f"http://127.0.0.1:{server.port}/")
    assert time.monotonic() - started < 20  # left to itself it never ends


def test_silence_is_cut_off(serve: Callable[..., Server]) -> None:
    server = serve(lambda _peer, server: server.ended.wait(10) and None)
    with pytest.raises(TimedOut):
        allowed(server).get(f"http://127.0.0.1:{server.port}/", timeout_seconds=0.3)


def test_a_resolver_that_hangs_is_left_behind() -> None:
    gone = Event()
    outbound = Outbound(Few(timeout_seconds=0.2), resolve=lambda _host, _port: [str(gone.wait(5))])
    with pytest.raises(TimedOut, match="resolved"):
        outbound.get("https://service.example/")
    gone.set()


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 1001\r\n\r\n" + b"x" * 1001,
        b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 100000,
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
        + b"3E9\r\n"
        + b"x" * 1001
        + b"\r\n0\r\n\r\n",
    ],
)
def test_a_big_answer_is_refused(serve: Callable[..., Server], answer: bytes) -> None:
    server = serve(answer)
    with pytest.raises(AnswerRefused, match="more than 1000 bytes"):
        allowed(server).get(f"http://127.0.0.1:{server.port}/")


def test_an_endless_answer_is_refused(serve: Callable[..., Server]) -> None:
    def endless(peer: socket.socket, _server: Server) -> None:
        peer.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            peer.sendall(b"x" * 65536)

    server = serve(endless)
    with pytest.raises(AnswerRefused, match="more than"):
        allowed(server).get(f"http://127.0.0.1:{server.port}/")


def test_an_answer_of_just_the_limit_is_taken(serve: Callable[..., Server]) -> None:
    server = serve(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n" + b"x" * 1000)
    assert len(allowed(server).get(f"http://127.0.0.1:{server.port}/").body) == 1000


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\nxx",
        b"HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\ncut short",
        b"SSH-2.0-OpenSSH_9.6\r\n\r\n",
        b"HTTP/1.1 abc OK\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"X: " + b"y" * 70000 + b"\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 200 + b"\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"",
    ],
)
def test_answers_that_are_none(serve: Callable[..., Server], answer: bytes) -> None:
    server = serve(answer)
    with pytest.raises((AnswerRefused, Unreachable)):
        allowed(server).get(f"http://127.0.0.1:{server.port}/")


def test_json_that_is_none(serve: Callable[..., Server]) -> None:
    server = serve(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nnot json!")
    answer = allowed(server).get(f"http://127.0.0.1:{server.port}/")
    with pytest.raises(AnswerRefused) as refusal:
        answer.json()
    assert "not json!" not in str(refusal.value)


def certificate(folder: Path, name: str) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """The server's context for `name`, and a client's that trusts it."""
    pem, key = certificate_for(name)
    file = folder / "server.pem"
    file.write_bytes(pem + key)
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(file)
    return server, ssl.create_default_context(cadata=pem.decode())


def test_tls_is_for_the_name_that_was_asked(serve: Callable[..., Server], tmp_path: Path) -> None:
    server_tls, client_tls = certificate(tmp_path, "service.example")
    server = serve(OK, server_tls)
    origins = tuple(f"https://{host}:{server.port}" for host in ("service.example", "other.example"))
    outbound = Outbound(Few(origins), resolve=Names(["127.0.0.1"]), tls=client_tls)
    assert outbound.get(f"{origins[0]}/").json() == {"ok": True}
    assert server.names == ["service.example"]
    with pytest.raises(Unreachable, match="SSL"):
        outbound.get(f"{origins[1]}/")
    with pytest.raises(Unreachable, match="SSL"):
        Outbound(Few(origins), resolve=Names(["127.0.0.1"])).get(f"{origins[0]}/")  # not a known authority
    assert len(server.requests) == 1


def test_a_tls_answer_that_drips_is_cut_off(serve: Callable[..., Server], tmp_path: Path) -> None:
    server_tls, client_tls = certificate(tmp_path, "service.example")
    server = serve(drip(b"HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n"), server_tls)
    origin = f"https://service.example:{server.port}"
    outbound = Outbound(Few((origin,), 0.5), resolve=Names(["127.0.0.1"]), tls=client_tls)
    with pytest.raises(TimedOut):
        outbound.get(origin)
