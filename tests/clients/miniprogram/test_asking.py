"""What the back end takes from whom, and what it asks of WeChat."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread

import pytest
from flask import Flask
from werkzeug.serving import WSGIRequestHandler, make_server
from werkzeug.wrappers import Request, Response

from clients.miniprogram.server.configuration import HERE, load
from clients.miniprogram.server.wechat import ANSWER_BYTES, CodeRefused, WeChat, WeChatUnreachable
from tests.clients.miniprogram.conftest import ORIGIN, Telephone

SECRET = "the app's secret"


class _Silent(WSGIRequestHandler):
    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        pass


@dataclass
class WeChatsServer:
    """Says what the test wants."""

    status: int = 200
    body: bytes = b'{"openid": "o1", "session_key": "k"}'
    asked: list[dict[str, str]] = field(default_factory=list)
    origin: str = ""

    def __call__(self, environ: object, start_response: object) -> object:
        request = Request(environ)  # type: ignore[arg-type]
        self.asked.append({"path": request.path, **request.args.to_dict()})
        return Response(self.body, self.status)(environ, start_response)  # type: ignore[arg-type]


@pytest.fixture
def server() -> Iterator[WeChatsServer]:
    found = WeChatsServer()
    running = make_server("127.0.0.1", 0, found, threaded=True, request_handler=_Silent)  # type: ignore[arg-type]
    found.origin = f"http://127.0.0.1:{running.port}"
    thread = Thread(target=running.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield found
    running.shutdown()
    thread.join()
    running.server_close()


def test_a_code_becomes_an_openid(server: WeChatsServer) -> None:
    assert WeChat("wx0", SECRET, server.origin)("code-1") == "o1"
    assert server.asked == [
        {
            "path": "/sns/jscode2session",
            "appid": "wx0",
            "secret": SECRET,
            "js_code": "code-1",
            "grant_type": "authorization_code",
        }
    ]


@pytest.mark.parametrize("errcode", [40029, 40163])
def test_a_code_that_wechat_refuses(server: WeChatsServer, errcode: int) -> None:
    server.body = json.dumps({"errcode": errcode, "errmsg": "invalid code"}).encode()
    with pytest.raises(CodeRefused):
        WeChat("wx0", SECRET, server.origin)("code-1")


@pytest.mark.parametrize("code", ["", "x" * 129, "码"])
def test_what_is_no_code_is_not_asked_about(server: WeChatsServer, code: str) -> None:
    with pytest.raises(CodeRefused):
        WeChat("wx0", SECRET, server.origin)(code)
    assert server.asked == []


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (200, b'{"errcode": -1, "errmsg": "system error"}'),
        (200, b'{"errcode": 45011}'),
        (200, b'{"errcode": 40125, "errmsg": "invalid appsecret"}'),
        (200, b"{}"),
        (200, b'{"openid": 1}'),
        (200, b'{"openid": ""}'),
        (200, b"[]"),
        (200, b"<html>"),
        (200, b"[" * 10_000),
        (200, b'{"openid": "' + b"o" * ANSWER_BYTES + b'"}'),
        (302, b""),
        (500, b""),
    ],
)
def test_an_answer_that_cannot_be_used(server: WeChatsServer, status: int, body: bytes) -> None:
    server.status, server.body = status, body
    with pytest.raises(WeChatUnreachable) as told:
        WeChat("wx0", SECRET, server.origin)("code-1")
    assert SECRET not in str(told.value)
    assert told.value.__suppress_context__ or told.value.__cause__ is None


def test_wechat_is_away(server: WeChatsServer) -> None:
    with pytest.raises(WeChatUnreachable) as told:
        WeChat("wx0", SECRET, "http://127.0.0.1:9")("code-1")
    assert SECRET not in str(told.value)


def test_a_login_code_that_is_refused(back_end: Flask) -> None:
    answer = back_end.test_client().post("/api/session", json={"code": "bad"}, base_url=ORIGIN)
    assert (answer.status_code, answer.get_json()["error"]) == (400, "login_code_refused")


@pytest.mark.parametrize("handle", ["", "unknown", "x" * 5000, "a b"])
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/me"),
        ("GET", "/services/records"),
        ("POST", "/sign-ins"),
        ("POST", "/handovers"),
        ("POST", "/sign-out"),
    ],
)
def test_without_a_handle_nothing_is_said(telephone: Telephone, method: str, path: str, handle: str) -> None:
    answer = telephone.ask(method, path, {} if method == "POST" else None, handle=handle)
    assert (answer.status_code, answer.get_json()["error"]) == (401, "session_unknown")


@pytest.mark.parametrize("body", [None, [], "code", 1, {"code": 1}, {"code": None}, {"code": ["a"]}])
def test_bodies_that_are_none(telephone: Telephone, body: object) -> None:
    answer = telephone.ask("POST", "/handovers", body)
    assert (answer.status_code, answer.get_json()["error"]) == (400, "invalid_request")


def test_a_service_that_is_none(telephone: Telephone) -> None:
    assert telephone.ask("GET", "/services/none").get_json()["error"] == "service_unknown"


def test_the_sample_deployment_is_read(tmp_path: Path) -> None:
    for name in ("client", "app"):
        (tmp_path / name).write_text(f"{name} secret\n", "utf-8")
    environment = {
        "MINIPROGRAM_CLIENT_SECRET_FILE": str(tmp_path / "client"),
        "MINIPROGRAM_APP_SECRET_FILE": str(tmp_path / "app"),
        "MINIPROGRAM_PORT": "9000",
    }
    found = load(HERE / "deployment.toml", environment)
    assert (found.port, found.client_secret, found.app_secret) == (9000, "client secret", "app secret")
    assert "secret" not in repr(found).replace("client_secret", "")
    with pytest.raises(FileNotFoundError):
        load(HERE / "deployment.toml", {**environment, "MINIPROGRAM_APP_SECRET_FILE": str(tmp_path / "no")})
