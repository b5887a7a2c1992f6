"""The mini-program against the provider: its pages on a simulated telephone, its web-view in Chromium.

What is played here: WeChat's own server, which tells accounts apart by their codes, and its script in the
web-view, which hands an address to the mini-program. The pages, the back end and the provider are real.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.error import URLError
from urllib.parse import parse_qs, urlsplit
from urllib.request import urlopen

import pytest
from playwright.sync_api import Page, expect
from werkzeug.serving import WSGIRequestHandler, make_server
from werkzeug.wrappers import Request, Response

from idp.people.sandbox.population import SandboxPerson
from tests.interop.provider import Registered
from tests.journeys import steps
from tests.journeys.looking import fits
from tests.journeys.stack import ROOT, Stack

pytestmark = [pytest.mark.interop, pytest.mark.browser]

READY_SECONDS = 20.0
JSSDK = "https://jssdk.example/jweixin.js"
BRIDGE = """window.wx = { miniProgram: {
  getEnv: (told) => told({ miniprogram: true }),
  redirectTo: ({ url }) => { document.title = `redirectTo ${url}`; },
} };"""
ANOTHER = 5
"""Somebody of the sandbox who has agreed to nothing yet."""


class _Silent(WSGIRequestHandler):
    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        pass


@Request.application
def wechat(request: Request) -> Response:
    account = request.args["js_code"]
    return Response(
        json.dumps({"openid": f"openid-{account}", "session_key": "k"}), mimetype="application/json"
    )


@contextmanager
def serving_wechat() -> Iterator[str]:
    server = make_server("127.0.0.1", 0, wechat, threaded=True, request_handler=_Silent)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture(scope="module")
def back_end(
    stack: Stack, clients: dict[str, Registered], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Registered]:
    client, folder = clients["mini-program"], tmp_path_factory.mktemp("mini-program")
    text = (ROOT / "clients/miniprogram/server/deployment.toml").read_text("utf-8")
    (folder / "deployment.toml").write_text(text.replace("yunling-mini", client.client_id), "utf-8")
    for name, secret in (("client", client.secret), ("app", "the app's secret")):
        (folder / f"{name}.secret").write_text(secret, "utf-8")
    with serving_wechat() as address:
        environment = {
            "PATH": os.environ["PATH"],
            "MINIPROGRAM_ORIGIN": client.origin,
            "MINIPROGRAM_PORT": str(client.port),
            "MINIPROGRAM_ISSUER": stack.issuer,
            "MINIPROGRAM_CLIENT_SECRET_FILE": str(folder / "client.secret"),
            "MINIPROGRAM_APP_SECRET_FILE": str(folder / "app.secret"),
            "MINIPROGRAM_WECHAT": address,
            "MINIPROGRAM_JSSDK": JSSDK,
        }
        command = [sys.executable, "-m", "clients.miniprogram.server", str(folder / "deployment.toml")]
        with (
            (folder / "log").open("wb") as log,
            subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log) as process,
        ):
            try:
                _wait(process, client, folder / "log")
                yield client
            finally:
                process.terminate()
                process.wait(10)


def _wait(process: subprocess.Popen[bytes], client: Registered, log: Path) -> None:
    end = time.monotonic() + READY_SECONDS
    while not _answers(f"{client.origin}/signed-out"):
        assert process.poll() is None, log.read_text("utf-8")
        assert time.monotonic() < end, log.read_text("utf-8")
        time.sleep(0.05)


def _answers(address: str) -> bool:
    try:
        urlopen(address, timeout=5).close()
    except URLError:
        return False
    return True


class Telephone:
    """The mini-program's own pages, in a process of Node's."""

    def __init__(self, process: subprocess.Popen[str], back_end: Registered, account: str) -> None:
        self._process = process
        self._asked({"origin": back_end.origin, "start": account})

    def open(self, page: str, **query: str) -> dict[str, Any]:
        return self._asked({"open": page, "query": query})

    def tap(self, selector: str) -> dict[str, Any]:
        return self._asked({"tap": selector})

    def web_view(self) -> str:
        """Of the page that the last tap led to: the address that it opens."""
        url: str = self.open("sign-in")["webView"]
        return url

    def go_back(self, page: Page) -> dict[str, Any]:
        """What the web-view asked for: another page of the mini-program."""
        page.wait_for_function("() => document.title.startsWith('redirectTo ')")
        parts = urlsplit(page.title().removeprefix("redirectTo "))
        assert parts.path == "/pages/done/done"
        return self.open("done", **{name: values[0] for name, values in parse_qs(parts.query).items()})

    def _asked(self, command: dict[str, Any]) -> dict[str, Any]:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(command) + "\n")
        self._process.stdin.flush()
        said: dict[str, Any] = json.loads(self._process.stdout.readline())
        assert "problem" not in said, said["problem"]
        return said


@contextmanager
def telephone(back_end: Registered, account: str) -> Iterator[Telephone]:
    file = ROOT / "tests/interop/programs/telephone.cjs"
    with subprocess.Popen(
        ["node", str(file)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT, text=True
    ) as process:
        try:
            yield Telephone(process, back_end, account)
        finally:
            process.kill()


def inside_wechat(page: Page) -> Page:
    page.route(JSSDK, lambda route: route.fulfill(body=BRIDGE, content_type="text/javascript"))
    page.set_viewport_size({"width": 360, "height": 740})
    return page


def test_a_person_signs_in_through_the_web_view_and_out_again(
    back_end: Registered, page: Page, stack: Stack
) -> None:
    person, web_view = stack.person(ANOTHER), inside_wechat(page)
    with telephone(back_end, "wang") as mine:
        assert "登录后可以查询" in mine.open("home")["text"]
        assert mine.tap("#sign-in")["calls"] == [{"name": "navigateTo", "url": "/pages/sign-in/sign-in"}]
        web_view.goto(mine.web_view())
        steps.give_password(web_view, person)
        steps.agree(web_view)
        assert mine.go_back(web_view)["calls"] == [{"name": "reLaunch", "url": "/pages/home/home"}]
        fits(web_view, 360)
        home = mine.open("home")
        assert person.name in home["text"]
        assert "身份已核验" in home["text"]
        assert "暂无" in mine.tap("#records")["text"]

        # To apply they have to be there: the provider asks for a proof, on its own pages.
        mine.tap("#filing")
        web_view.goto(mine.web_view())
        expect(web_view.locator("#way-face")).to_be_visible()
        assert web_view.url.startswith(stack.issuer)

        mine.open("home")
        mine.tap("#sign-out")
        web_view.goto(mine.web_view())
        web_view.wait_for_url(f"{back_end.origin}/signed-out*")
        mine.go_back(web_view)
        assert "登录后可以查询" in mine.open("home")["text"]


def test_after_a_cold_start_one_tap_is_enough_and_the_account_alone_is_not(
    back_end: Registered, page: Page, person: SandboxPerson
) -> None:
    web_view = inside_wechat(page)
    with telephone(back_end, "li") as first:
        sign_in(first, web_view, person)
    with telephone(back_end, "li") as again:
        assert person.name not in again.open("home")["text"]
        again.tap("#sign-in")
        # The web-view still knows them, and asks nothing.
        web_view.goto(again.web_view())
        again.go_back(web_view)
        assert person.name in again.open("home")["text"]


def test_attack_a_sign_in_of_another_telephone_is_refused(
    back_end: Registered, page: Page, person: SandboxPerson
) -> None:
    web_view = inside_wechat(page)
    with telephone(back_end, "attacker") as attacker, telephone(back_end, "victim") as victim:
        attacker.open("home")
        attacker.tap("#sign-in")
        victim.open("home")
        web_view.goto(attacker.web_view())
        steps.give_password(web_view, person)
        if web_view.locator("#agree").count():
            steps.agree(web_view)
        assert "不是在这部手机上开始" in victim.go_back(web_view)["text"]
        assert person.name not in attacker.open("home")["text"]


def test_who_cancels_is_told_so_in_the_mini_program(back_end: Registered, page: Page) -> None:
    web_view = inside_wechat(page)
    with telephone(back_end, "zhao") as mine:
        mine.open("home")
        mine.tap("#sign-in")
        web_view.goto(mine.web_view())
        web_view.click("#cancel")
        assert "您取消了登录" in mine.go_back(web_view)["text"]


def test_outside_of_wechat_the_page_says_where_to_go(back_end: Registered, page: Page) -> None:
    page.route(JSSDK, lambda route: route.abort())
    page.goto(f"{back_end.origin}/open/nothing")
    expect(page.locator("#outside")).to_be_visible()
    expect(page.locator("#back")).to_be_hidden()


def sign_in(mine: Telephone, web_view: Page, person: SandboxPerson) -> None:
    mine.open("home")
    mine.tap("#sign-in")
    web_view.goto(mine.web_view())
    steps.give_password(web_view, person)
    web_view.wait_for_url(lambda url: "/callback" in url or "/consent" in url or "/interaction" in url)
    if web_view.locator("#agree").count():
        steps.agree(web_view)
    mine.go_back(web_view)
