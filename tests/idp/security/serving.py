"""The desk before a browser: the same site, served on a port of this machine."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from threading import Thread

import pytest
from playwright.sync_api import Page
from werkzeug.serving import WSGIRequestHandler, make_server

from idp.staff import totp
from tests.idp.login.visitor import Site
from tests.idp.staff_pages.officer import PASSWORD, Member
from tests.ports import free_port


class Silent(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: object) -> None:  # noqa: A002 - as the base has it
        """Requests are no news here."""


@contextmanager
def served(site: Site, port: int) -> Iterator[None]:
    server = make_server("127.0.0.1", port, site.app, threaded=True, request_handler=Silent)
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def sign_in(page: Page, site: Site, member: Member, address: str) -> None:
    site.clock.now += timedelta(seconds=totp.STEP_SECONDS)
    page.goto(address)
    page.fill("[name=staff_number]", member.staff_number)
    page.fill("[name=password]", PASSWORD)
    page.fill("[name=code]", member.code(site))
    page.click("#staff-form button[type=submit]")
    page.wait_for_url(address)


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture
def changes(port: int) -> dict[str, str]:
    return {"IDP_ISSUER": f"http://localhost:{port}"}
