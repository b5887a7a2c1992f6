"""The back end before a provider and a WeChat of the tests' own, and telephones that use it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from clients.miniprogram.server.app import create_app
from clients.miniprogram.server.configuration import Deployment
from clients.miniprogram.server.wechat import CodeRefused
from tests.clients.fake_provider import CLIENT_ID, CLIENT_SECRET, FakeProvider, serving
from tests.fakes import FakeClock

ORIGIN = "http://localhost:8004"


def openid_of(code: str) -> str:
    """A code names its account; a bad one none."""
    if code == "bad":
        raise CodeRefused
    return f"openid-{code}"


@pytest.fixture
def provider() -> Iterator[FakeProvider]:
    with serving(FakeProvider()) as running:
        yield running


@pytest.fixture
def back_end(provider: FakeProvider, clock: FakeClock) -> Flask:
    deployment = Deployment(
        origin=ORIGIN,
        port=8004,
        issuer=provider.issuer,
        client_id=CLIENT_ID,
        scope="openid profile",
        client_secret=CLIENT_SECRET,
        app_id="wx0",
        app_secret="app secret",
        jssdk="https://jssdk.example/jweixin.js",
    )
    return create_app(deployment, openids=openid_of, clock=clock)


@dataclass
class Telephone:
    """One start of the mini-program, and the web-view's cookies."""

    back_end: Flask
    provider: FakeProvider
    handle: str
    web_view: FlaskClient

    def ask(self, method: str, path: str, body: Any = None, *, handle: str | None = None) -> TestResponse:
        headers = {"Authorization": f"Bearer {self.handle if handle is None else handle}"}
        client = self.back_end.test_client(use_cookies=False)
        return client.open(f"/api{path}", method=method, json=body, headers=headers, base_url=ORIGIN)

    def begin(self, level: int = 2) -> str:
        """The path that opens the web-view."""
        url: str = self.ask("POST", "/sign-ins", {"level": level}).get_json()["url"]
        return url.removeprefix(ORIGIN)

    def show(self, path: str, **headers: str) -> TestResponse:
        return self.web_view.get(path, base_url=ORIGIN, headers=headers)

    def come_back(self, opened: TestResponse, **changes: str | None) -> TestResponse:
        """Agree at the provider: the page that leads back into the mini-program."""
        assert opened.status_code == 302, opened.text
        return self.show(self.provider.authorize(opened.location, **changes).removeprefix(ORIGIN))

    def code(self, level: int = 2) -> str:
        """Of a whole sign-in in the web-view."""
        return said_by(self.come_back(self.show(self.begin(level))))["code"]

    def hand_over(self, code: str) -> TestResponse:
        answer = self.ask("POST", "/handovers", {"code": code})
        if answer.status_code == 200:
            self.handle = answer.get_json()["session"]
        return answer

    def sign_in(self, level: int = 2) -> TestResponse:
        return self.hand_over(self.code(level))


def said_by(page: TestResponse) -> dict[str, str]:
    """What the page in the web-view has for the mini-program."""
    body = page.text.partition("<body ")[2].partition(">")[0]
    parts = (one.partition("=") for one in body.split())
    return {name.removeprefix("data-"): value.strip('"') for name, _, value in parts}


@pytest.fixture
def starts(back_end: Flask, provider: FakeProvider) -> Callable[..., "Telephone"]:
    """Opens the mini-program on a telephone whose WeChat account is the one of that name."""

    def start(account: str = "wang", *, web_view: FlaskClient | None = None) -> Telephone:
        client = back_end.test_client(use_cookies=False)
        answer = client.post("/api/session", json={"code": account}, base_url=ORIGIN)
        assert answer.status_code == 200, answer.text
        handle: str = answer.get_json()["session"]
        return Telephone(back_end, provider, handle, web_view or back_end.test_client())

    return start


@pytest.fixture
def telephone(starts: Callable[..., Telephone]) -> Telephone:
    return starts()
