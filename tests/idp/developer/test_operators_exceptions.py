"""What the operator lets the provider reach for itself, no registration reaches: the two lists are apart."""

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from idp.commands.duties.notices import logos_of_clients, logout_notices, notifications
from idp.outbound import AddressRefused
from tests.idp.developer import console
from tests.idp.developer.answering import answering
from tests.idp.developer.console import at
from tests.idp.login.visitor import Site


class Register:
    """Of the operator's, on a private address that the settings name."""

    def __init__(self) -> None:
        self.asked = list[str]()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                outer.asked.append(self.path)
                self.send_response(200)
                self.send_header("Content-Length", "2")
                self.end_headers()
                self.wfile.write(b"{}")

            def do_POST(self) -> None:
                self.do_GET()

            def log_message(self, *_args: Any) -> None:
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.origin = f"http://127.0.0.1:{self.server.server_port}"


@pytest.fixture
def register() -> Iterator[Register]:
    found = Register()
    with answering(found.server):
        yield found


@pytest.fixture
def changes(register: Register) -> dict[str, str]:
    return {"IDP_OUTBOUND__ALLOW": register.origin}


def test_attack_a_developer_has_us_ask_what_the_operator_alone_may(site: Site, register: Register) -> None:
    """By each button that tries something at once; each leaves an event."""
    app_id = console.an_app(
        site,
        console.own_team(site),
        token_endpoint_auth_method="client_secret_basic",
        backchannel_logout_uri=f"{register.origin}/out",
        logo_uri=f"{register.origin}/logo.png",
    )
    at(site, path=f"/developer/apps/{app_id}/settings").submit("logout-form")
    at(site, path=f"/developer/apps/{app_id}/settings").submit("logo-form")
    visitor = at(site, path=f"/developer/apps/{app_id}/keys")
    visitor.submit("uri-form", jwks_uri=f"{register.origin}/jwks", do="try")
    assert register.asked == []
    assert site.events("logout_tried")[0]["outcome"] == "address-refused"
    assert site.events("logo_tried")[0]["outcomes"] == ["address-refused"]
    assert site.events("jwks_tried")[0]["outcome"] == "address-refused"
    for name in ("logo_tried", "jwks_tried"):
        (event,) = site.events(name)
        assert (event["app_id"], event["client_id"]) == (app_id, "app-1")


def test_attack_a_registration_has_us_ask_what_the_operator_alone_may(site: Site, register: Register) -> None:
    """Keys, documents and requests that clients refer to, and what the worker sends and fetches."""
    provider, found = site.app.extensions["yitong.oidc"], site.services
    uri = f"{register.origin}/private"
    notices, told, logos = logout_notices(found), notifications(found), logos_of_clients(found)
    asks = (
        lambda: provider.fetch(uri),
        lambda: provider.client_keys._fetch(uri),
        lambda: provider.request_uris._get(uri),
        lambda: notices.post(uri, b"", {}),
        lambda: notices.client_keys._fetch(uri),
        lambda: told.post(uri, b"", {}),
        lambda: logos.get(uri, 1.0),
    )
    for ask in asks:
        with pytest.raises(AddressRefused):
            ask()
    assert register.asked == []
    # Whom the settings trust they may put where they like.
    assert provider.issuer_keys._fetch(uri) == b"{}"
