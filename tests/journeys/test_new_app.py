"""A newcomer: from an empty console to a citizen signed in, with nothing but what the console showed."""

import os
import secrets
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.error import URLError
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.clients.sdk import building, readme
from tests.journeys import steps
from tests.journeys.looking import fits
from tests.journeys.stack import ROOT, Stack
from tests.ports import free_port

pytestmark = pytest.mark.browser

READY_SECONDS = 20.0
DEVELOPER, CITIZEN = 9, 17
SPA = ROOT / "docs/site/snippets/spa"
LIBRARY = ROOT / "node_modules/oidc-client-ts/dist/browser/oidc-client-ts.min.js"


@contextmanager
def portal(folder: Path, port: int, told: dict[str, str]) -> Iterator[None]:
    """The package's quick start as it stands there, with what the console showed."""
    (folder / "portal.py").write_text(readme.block("python", "from_prefixed_env"), "utf-8")
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(building.installed(building.wheel(folder), folder)),
        "FLASK_SECRET_KEY": secrets.token_hex(),
        **{f"FLASK_YITONG_{name}": value for name, value in told.items()},
    }
    command = [sys.executable, "-m", "flask", "--app", "portal", "run", "--port", str(port)]
    with (
        (folder / "log").open("wb") as log,
        subprocess.Popen(command, cwd=folder, env=environment, stdout=log, stderr=log) as process,
    ):
        try:
            _wait(process, port, folder / "log")
            yield
        finally:
            process.terminate()
            process.wait(10)


def _wait(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    end = time.monotonic() + READY_SECONDS
    while True:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=2).close()
        except (URLError, OSError):
            assert process.poll() is None, log.read_text("utf-8")
            assert time.monotonic() < end, log.read_text("utf-8")
            time.sleep(0.05)
        else:
            return


@contextmanager
def static_page(port: int, told: dict[str, str]) -> Iterator[None]:
    """The quick start of a page, with what the console showed put where the page says."""
    index = (SPA / "index.html").read_text("utf-8")
    index = index.replace("http://localhost:8000", told["ISSUER"]).replace("start-spa", told["CLIENT_ID"])
    files = {
        "/": ("text/html", index.encode()),
        "/app.js": ("text/javascript", (SPA / "app.js").read_bytes()),
        "/oidc-client-ts.min.js": ("text/javascript", LIBRARY.read_bytes()),
    }

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            kind, body = files.get(urlsplit(self.path).path, ("text/plain", b""))
            self.send_response(200 if body else 404)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_arguments: object) -> None:
            """Into no log."""

    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def make_app(page: Page, stack: Stack, address: str, kind: str = "portal") -> dict[str, str]:
    """By the wizard; what the last page shows."""
    page.goto(f"{stack.issuer}/developer")
    steps.give_password(page, stack.person(DEVELOPER))
    page.click("#team-1-new")
    fits(page)
    page.click(f"#kind-{kind}")
    page.fill("#field-client_name", "我的第一个门户")
    # Typed with a Chinese keyboard: said while one types, and the right one is offered.
    page.fill("#field-redirect_uris", address.replace("://", "：／／"))
    offered = page.locator("#field-redirect_uris-problems code")
    assert offered.inner_text() == address
    fits(page)
    page.fill("#field-redirect_uris", address)
    page.wait_for_selector("#field-redirect_uris-problems", state="hidden")
    page.click("#make")
    fits(page)
    return {
        "ISSUER": page.inner_text("#issuer"),
        "CLIENT_ID": page.inner_text("#client-id"),
        "CLIENT_SECRET": page.inner_text("#new-secret") if kind == "portal" else "",
        "SCOPE": page.inner_text("#scope"),
    }


def test_from_an_empty_console_to_a_citizen_signed_in(
    stack: Stack, context: BrowserContext, page: Page, browser: Browser, tmp_path: Path
) -> None:
    port = free_port()
    origin = f"http://newcomer.localhost:{port}"
    told = make_app(page, stack, f"{origin}/callback")
    with portal(tmp_path, port, {**told, "ORIGIN": origin}):
        elsewhere = browser.new_context(locale="zh-CN")
        citizen = elsewhere.new_page()
        citizen.set_default_timeout(15_000)
        citizen.goto(origin)
        citizen.click("text=Sign in")
        steps.give_password(citizen, stack.person(CITIZEN))
        citizen.wait_for_selector("#agree")
        assert "我的第一个门户" in citizen.inner_text("main")
        steps.agree(citizen)
        citizen.wait_for_url(f"{origin}/me")
        assert stack.person(CITIZEN).name in citizen.inner_text("h1")
        elsewhere.close()


def test_the_same_with_a_page_that_has_no_server(
    stack: Stack, context: BrowserContext, page: Page, browser: Browser
) -> None:
    port = free_port()
    origin = f"http://spa.localhost:{port}"
    told = make_app(page, stack, f"{origin}/", "single-page")
    with static_page(port, told):
        elsewhere = browser.new_context(locale="zh-CN")
        citizen = elsewhere.new_page()
        citizen.set_default_timeout(15_000)
        citizen.goto(origin)
        citizen.click("#sign-in")
        steps.give_password(citizen, stack.person(CITIZEN))
        citizen.wait_for_selector("#agree")
        steps.agree(citizen)
        expect(citizen.locator("#person")).to_contain_text(stack.person(CITIZEN).name)
        elsewhere.close()


def test_what_was_chosen_is_changed_in_the_settings(stack: Stack, page: Page) -> None:
    make_app(page, stack, "http://other.localhost:5000/callback")
    page.click("#to-settings")
    fits(page)
    page.fill("#field-contacts", "nobody")
    page.wait_for_selector("#field-contacts-problems >> text=nobody")
    page.fill("#field-contacts", "ops@app.example")
    page.click("#save")
    page.wait_for_selector("#notice")
    assert page.input_value("#field-contacts") == "ops@app.example"
    page.goto(page.url.partition("/settings")[0] + "/scopes")
    fits(page)
    # Why is asked of what is asked for, and of nothing else.
    assert not page.is_visible("#reason-phone")
    page.check("#ask-phone")
    page.fill("#reason-phone", "材料不齐时通知本人。")
    page.click("#save")
    page.wait_for_selector("#notice")
    assert page.input_value("#reason-phone") == "材料不齐时通知本人。"
