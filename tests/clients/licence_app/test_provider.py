"""What the app makes of answers over a real connection, good and bad ones."""

import json
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any, ClassVar

import pytest

from clients.licence_app.keys import Key
from clients.licence_app.provider import ANSWER_BYTES_AT_MOST, Asked, Provider, Refused
from clients.licence_app.wallet import Wallet
from tests.clients.licence_app.licences import PIN, licence_folder

SCANNED = {"request": "r", "token": "t", "sign": "text", "expires_in": 180}


class Served(BaseHTTPRequestHandler):
    answer: ClassVar[tuple[int, bytes, dict[str, str]]] = (200, b"{}", {})
    asked: ClassVar[list[tuple[str, dict[str, Any], str]]] = []

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.asked.append((self.path, body, self.headers["Accept-Language"]))
        status, data, headers = self.answer
        self.send_response(status)
        for name, value in {"Content-Length": str(len(data)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name there
        pass


@pytest.fixture
def issuer() -> Iterator[str]:
    Served.asked.clear()
    with ThreadingHTTPServer(("127.0.0.1", 0), Served) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def answers(status: int, body: object, **headers: str) -> None:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    Served.answer = (status, data, headers)


@pytest.fixture
def key(tmp_path: Path) -> Key:
    wallet = Wallet(tmp_path / "wallet")
    return wallet.open(wallet.add(licence_folder(tmp_path, "ecdsa"), PIN), PIN)


def test_a_scan_is_one_call_in_the_persons_language(issuer: str) -> None:
    answers(200, SCANNED | {"of_a_later_version": True})
    assert Provider(issuer, "zh-Hant").scan("BCDF-GHJK-LMNP") == Asked(issuer, "r", "t", "text")
    assert Served.asked == [("/licence-app/v1/scan", {"code": "BCDF-GHJK-LMNP"}, "zh-Hant")]


def test_a_refusal_comes_with_its_words(issuer: str, key: Key) -> None:
    answers(422, {"error": "licence_refused", "rule": "revoked", "message": "Revoked."})
    with pytest.raises(Refused) as refused:
        Provider(issuer, "en").confirm(Asked(issuer, "r", "t", "text"), "PEM", key)
    assert (refused.value.error, refused.value.rule, refused.value.message) == (
        "licence_refused",
        "revoked",
        "Revoked.",
    )


@pytest.mark.parametrize(
    ("status", "body", "headers", "error"),
    [
        (200, b"<html>", {}, "unreachable"),
        (200, b"[]", {}, "invalid_answer"),
        (200, b"{}", {}, "invalid_answer"),
        (200, json.dumps(SCANNED | {"sign": 1}).encode(), {}, "invalid_answer"),
        (200, b'"' + b"x" * 2 * ANSWER_BYTES_AT_MOST + b'"', {}, "unreachable"),
        (302, b"{}", {"Location": "http://127.0.0.1:1/"}, "unreachable"),
        (500, b"{}", {}, "unreachable"),
        (503, b'{"error": "temporarily_unavailable"}', {"Retry-After": "2"}, "temporarily_unavailable"),
    ],
)
def test_attack_an_answer_of_another_form(
    issuer: str, status: int, body: bytes, headers: dict[str, str], error: str
) -> None:
    answers(status, body, **headers)
    with pytest.raises(Refused) as refused:
        Provider(issuer, "en").scan("BCDF-GHJK-LMNP")
    assert refused.value.error == error
    assert len(Served.asked) == 1


def test_attack_the_way_back_leads_to_somebody_else(issuer: str, key: Key) -> None:
    answers(200, {"digits": "0417", "return_url": "https://evil.example/return"})
    with pytest.raises(Refused) as refused:
        Provider(issuer, "en").confirm(Asked(issuer, "r", "t", "text"), "PEM", key)
    assert refused.value.error == "invalid_answer"


def test_nobody_is_there() -> None:
    with pytest.raises(Refused) as refused:
        Provider("http://127.0.0.1:9", "en").scan("BCDF-GHJK-LMNP")
    assert refused.value.error == "unreachable"


@pytest.mark.parametrize(
    ("call", "reason"),
    [
        (lambda provider, asked: provider.refuse(asked, is_mine=True), "declined"),
        (lambda provider, asked: provider.refuse(asked, is_mine=False), "not_mine"),
    ],
)
def test_refusing_says_why(issuer: str, call: Callable[[Provider, Asked], None], reason: str) -> None:
    answers(200, {"state": "refused"})
    call(Provider(issuer, "en"), Asked(issuer, "r", "t", "text"))
    assert Served.asked == [
        ("/licence-app/v1/refuse", {"request": "r", "token": "t", "reason": reason}, "en")
    ]
