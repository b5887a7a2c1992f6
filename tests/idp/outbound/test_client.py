"""What the provider may be made to ask, and what an answer may do to it. Servers here are real sockets."""

import socket
import ssl
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event, Thread

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idp.outbound import (
    AddressRefused,
    AnswerRefused,
    Outbound,
    OutboundFailed,
    TimedOut,
    Unreachable,
)
from idp.outbound.addresses import is_public
from tests.servers import certificate_for

Answering = Callable[[socket.socket, "Server"], None]
OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 11\r\n\r\n" + b'{"ok":true}'


@dataclass
class Server:
    """Accepts connections one at a time, reads a request, then lets the test answer."""

    answer: Answering
    tls: ssl.SSLContext | None = None
    requests: list[bytes] = field(default_factory=list)
    names: list[str | None] = field(default_factory=list)
    ended: Event = field(default_factory=Event)

    def __post_init__(self) -> None:
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self.listener.getsockname()[1]
        if self.tls is not None:
            self.tls.sni_callback = lambda _socket, name, _context: self.names.append(name)
        self.thread = Thread(target=self.serve, daemon=True)
        self.thread.start()

    def serve(self) -> None:
        with suppress(OSError):
            while True:
                peer, _ = self.listener.accept()
                with suppress(OSError):
                    self.converse(peer)
                peer.close()

    def converse(self, peer: socket.socket) -> None:
        peer.settimeout(10)
        if self.tls is not None:
            peer = self.tls.wrap_socket(peer, server_side=True)
        with peer:
            request = b""
            while b"\r\n\r\n" not in request:
                request += peer.recv(65536)
            head, _, body = request.partition(b"\r\n\r\n")
            for line in head.lower().split(b"\r\n"):
                if line.startswith(b"content-length:"):
                    while len(body) < int(line.split(b":")[1]):
                        body += peer.recv(65536)
            self.requests.append(head + b"\r\n\r\n" + body)
            self.answer(peer, self)

    def close(self) -> None:
        self.ended.set()
        with suppress(OSError):
            self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        self.thread.join(20)


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


@dataclass(frozen=True)
class Few:
    allow: tuple[str, ...] = ()
    timeout_seconds: float = 5.0
    bytes_at_most: int = 1000


class Names:
    """A resolver that knows what it is told, and counts."""

    def __init__(self, *answers: Sequence[str]) -> None:
        self.answers = list(answers)
        self.asked: list[tuple[str, int]] = []

    def __call__(self, host: str, port: int) -> Sequence[str]:
        self.asked.append((host, port))
        return self.answers[min(len(self.asked), len(self.answers)) - 1]


def allowed(server: Server, **limits: float) -> Outbound:
    return Outbound(Few((f"http://127.0.0.1:{server.port}",), **limits))  # type: ignore[arg-type]


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


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "127.8.8.8",
        "10.0.0.1",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",
        "255.255.255.255",
        "224.0.0.1",
        "192.0.2.1",
        "198.18.0.1",
        "240.0.0.1",
        "::",
        "::1",
        "fe80::1",
        "fe80::1%eth0",
        "fd00::1",
        "ff02::1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "64:ff9b::7f00:1",
        "2002:7f00:1::",
        "2001:db8::1",
        "2001:0:4136:e378:8000:63bf:3fff:fdd2",
    ],
)
def test_addresses_that_are_not_public_are_refused(serve: Callable[..., Server], address: str) -> None:
    assert not is_public(address)
    outbound = Outbound(Few(), resolve=Names([address]))
    with pytest.raises(AddressRefused, match="public"):
        outbound.get("https://service.example/")


@pytest.mark.parametrize(
    "address", ["8.8.8.8", "223.5.5.5", "2400:3200::1", "64:ff9b::808:808", "::ffff:8.8.8.8"]
)
def test_public_addresses(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "host", ["localhost", "127.1", "2130706433", "0x7f000001", "0177.0.0.1", "[::1]", "[::ffff:7f00:1]", "0"]
)
def test_spellings_of_this_machine_are_refused(serve: Callable[..., Server], host: str) -> None:
    server = serve(OK)
    with pytest.raises(OutboundFailed):
        Outbound(Few()).get(f"https://{host}:{server.port}/")
    assert server.requests == []


@pytest.mark.parametrize(
    "url",
    [
        "ftp://service.example/",
        "file:///etc/passwd",
        "gopher://x/",
        "//service.example/",
        "service.example",
        "",
        "https://user@service.example/",
        "https://a:b@service.example/",
        "https://service.example/#x",
        "https:///x",
        "https://service.example:0/",
        "https://service.example:99999/",
        "https://service.example:x/",
        "https://[::1/",
        "https://service.example/\r\nX: y",
        "https://service.example/a b",
        "https://sérvice.example/",
        "https://a\\b/",
    ],
)
def test_strange_addresses_are_refused_before_anything_is_asked(url: str) -> None:
    names = Names(["8.8.8.8"])
    with pytest.raises(AddressRefused) as refusal:
        Outbound(Few(), resolve=names).get(url)
    assert names.asked == []
    assert "service" not in str(refusal.value)


def test_http_needs_an_exception() -> None:
    with pytest.raises(AddressRefused, match="not https"):
        Outbound(Few(), resolve=Names(["8.8.8.8"])).get("http://service.example/")


@pytest.mark.parametrize("exception", ["https://127.0.0.1:{}", "http://127.0.0.1", "http://localhost:{}"])
def test_exceptions_are_exact(serve: Callable[..., Server], exception: str) -> None:
    server = serve(OK)
    outbound = Outbound(Few((exception.format(server.port),)))
    with pytest.raises(AddressRefused):
        outbound.get(f"http://127.0.0.1:{server.port}/")
    assert server.requests == []


@pytest.mark.parametrize("entry", ["127.0.0.1:80", "http://a/path", "http://a?b", "*", "ftp://a", "http://"])
def test_a_wrong_exception_stops_the_start(entry: str) -> None:
    with pytest.raises(ValueError, match=r"outbound\.allow"):
        Outbound(Few((entry,)))


def test_a_name_is_resolved_once_and_that_address_asked(serve: Callable[..., Server]) -> None:
    server = serve(OK)
    names = Names(["127.0.0.1"], ["203.0.113.1"])
    outbound = Outbound(Few((f"http://service.example:{server.port}",)), resolve=names)
    assert outbound.get(f"http://service.example:{server.port}/").status == 200
    assert names.asked == [("service.example", server.port)]
    assert f"host: service.example:{server.port}\r\n".encode() in server.requests[0]


def test_rebinding_to_this_machine_finds_a_closed_door(serve: Callable[..., Server]) -> None:
    server = serve(OK)
    names = Names(["192.0.2.1", "127.0.0.1", "::1"])
    with pytest.raises(AddressRefused):
        Outbound(Few(), resolve=names).get(f"https://service.example:{server.port}/")
    assert server.requests == []


def test_the_next_address_is_tried_when_one_is_closed(serve: Callable[..., Server]) -> None:
    server = serve(OK)
    outbound = Outbound(
        Few((f"http://service.example:{server.port}",)), resolve=Names(["127.0.0.2", "127.0.0.1"])
    )
    assert outbound.get(f"http://service.example:{server.port}/").status == 200


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
    assert time.monotonic() - started < 1.5


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


@given(url=st.text(alphabet=st.sampled_from("https:/@[]#?.%\\ \t\nab01é"), max_size=30))
def test_no_address_breaks_the_guard(url: str) -> None:
    with pytest.raises(OutboundFailed):
        Outbound(Few(), resolve=Names(["127.0.0.1"])).get(url)


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
