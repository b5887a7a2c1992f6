"""“Send a test”, at a server that listens."""

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any
from urllib.parse import parse_qs

import pytest

from tests.idp.developer import console
from tests.idp.developer.answering import answering
from tests.idp.developer.console import at
from tests.idp.login.visitor import Site
from tests.ports import free_port


class Listening:
    """An app's own server."""

    def __init__(self) -> None:
        self.status, self.tokens = 200, list[str]()
        self.port = free_port()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"])).decode()
                outer.tokens += parse_qs(body)["logout_token"]
                self.send_response(outer.status)
                self.send_header("Cache-Control", "no-store")
                self.send_header("Location", "/elsewhere")
                self.end_headers()

            def log_message(self, *_args: Any) -> None:
                pass

        self.server = HTTPServer(("127.0.0.1", self.port), Handler)


@pytest.fixture
def listening() -> Iterator[Listening]:
    found = Listening()
    with answering(found.server):
        yield found


@pytest.fixture
def changes(listening: Listening) -> dict[str, str]:
    return {"IDP_OUTBOUND__CLIENTS_ALLOW": f"http://127.0.0.1:{listening.port}"}


def an_app(site: Site, **fields: Any) -> str:
    """The path of its settings."""
    secret = {"token_endpoint_auth_method": "client_secret_basic"}
    return f"/developer/apps/{console.an_app(site, console.own_team(site), **secret, **fields)}/settings"


def test_what_comes_back_is_shown(site: Site, listening: Listening) -> None:
    path = an_app(site, backchannel_logout_uri=f"http://127.0.0.1:{listening.port}/out")
    visitor = at(site, path=path).submit("logout-form")
    assert visitor.status == 200
    assert visitor.page.texts["status"] == "200"
    assert "notice-good" in visitor.page.elements["tried"]["class"]
    assert len(listening.tokens) == 1
    (event,) = site.events("logout_tried")
    assert (event["client_id"], event["outcome"]) == ("app-1", "accepted")
    assert listening.tokens[0] not in visitor.body


@pytest.mark.parametrize(("status", "outcome"), [(400, "refused"), (302, "moved"), (500, "broken")])
def test_what_is_wrong_is_said(site: Site, listening: Listening, status: int, outcome: str) -> None:
    listening.status = status
    path = an_app(site, backchannel_logout_uri=f"http://127.0.0.1:{listening.port}/out")
    visitor = at(site, path=path).submit("logout-form")
    assert visitor.page.texts["status"] == str(status)
    assert "notice-error" in visitor.page.elements["tried"]["class"]
    assert site.events("logout_tried")[0]["outcome"] == outcome


def test_attack_flooding_somebody_with_tests(site: Site, listening: Listening) -> None:
    path = an_app(site, backchannel_logout_uri=f"http://127.0.0.1:{listening.port}/out")
    visitor = at(site, path=path).submit("logout-form").submit("logout-form")
    assert (visitor.status, len(listening.tokens)) == (429, 1)
    site.clock.advance(6)
    assert visitor.submit("logout-form").status == 200
    assert len(listening.tokens) == 2


def test_attack_a_test_that_looks_around_in_our_network(site: Site) -> None:
    path = an_app(site, backchannel_logout_uri="https://127.0.0.1:1/out")
    at(site, path=path).submit("logout-form")
    assert site.events("logout_tried")[0]["outcome"] == "address-refused"


def test_without_an_address_there_is_nothing_to_try(site: Site) -> None:
    path = an_app(site)
    visitor = at(site, path=path)
    assert "send-test" not in visitor.page.elements
    assert console.post(visitor, f"{path}/logout").status == 404


def test_the_front_channel_is_opened_in_the_browser(site: Site) -> None:
    path = an_app(site, frontchannel_logout_uri="https://app.example/frame")
    link = at(site, path=path).page.elements["open-front-channel"]
    assert (link["href"], link["target"]) == ("https://app.example/frame", "_blank")
    assert "noopener" in link["rel"]
