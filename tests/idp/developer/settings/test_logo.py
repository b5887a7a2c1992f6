"""“Try the logo”: a good one, one that is none, and one that is a program."""

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any

import pytest

from tests.idp.developer import console
from tests.idp.developer.console import at
from tests.idp.login.visitor import Site, Visitor
from tests.idp.oidc.logos.pictures import SVG, picture
from tests.ports import free_port

FILES = {
    "/good.png": picture(64, 64),
    "/small.png": picture(8, 8),
    "/huge.png": b"\x89PNG\r\n\x1a\n" + bytes(600 * 1024),
    "/drawing.svg": SVG,
    "/page.html": b"<!doctype html>",
}


@pytest.fixture
def port() -> Iterator[int]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = FILES.get(self.path)
            self.send_response(404 if body is None else 200)
            self.send_header("Content-Length", str(len(body or b"")))
            self.end_headers()
            self.wfile.write(body or b"")

        def log_message(self, *_args: Any) -> None:
            pass

    found = free_port()
    server = HTTPServer(("127.0.0.1", found), Handler)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield found
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def changes(port: int) -> dict[str, str]:
    return {"IDP_OUTBOUND__CLIENTS_ALLOW": f"http://127.0.0.1:{port}"}


def opened(site: Site, uri: str) -> Visitor:
    app_id = console.an_app(site, console.own_team(site), logo_uri=uri)
    return at(site, path=f"/developer/apps/{app_id}/settings")


@pytest.mark.parametrize(
    ("file", "said"),
    [
        ("good.png", "It is shown to people"),
        ("small.png", "smaller than 16"),
        ("huge.png", "larger than 512 KiB"),
        ("drawing.svg", "SVG, which can hold scripts"),
        ("page.html", "neither a PNG nor a JPEG"),
        ("none.png", "nothing at this address"),
    ],
)
def test_why_a_logo_is_not_shown(site: Site, port: int, file: str, said: str) -> None:
    visitor = opened(site, f"http://127.0.0.1:{port}/{file}").submit("logo-form")
    assert visitor.status == 200
    assert said in visitor.page.texts["logo-1"]
    assert ("notice-good" in visitor.page.elements["logo-1"]["class"]) == (file == "good.png")


def test_one_at_a_time_and_never_in_our_network(site: Site) -> None:
    visitor = opened(site, "https://127.0.0.1:1/logo.png").submit("logo-form")
    assert "private networks" in visitor.page.texts["logo-1"]
    assert visitor.submit("logo-form").status == 429


def test_without_a_logo_there_is_nothing_to_try(site: Site) -> None:
    app_id = console.an_app(site, console.own_team(site))
    visitor = at(site, path=f"/developer/apps/{app_id}/settings")
    assert "try-logo" not in visitor.page.elements
    assert console.post(visitor, f"/developer/apps/{app_id}/settings/logo").status == 404
