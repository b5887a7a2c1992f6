"""A sandbox and a production, each with keys, people and apps of its own."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete
from werkzeug.serving import WSGIRequestHandler, make_server

from clients.checker.findings import Verdict
from clients.checker.report import Report, Result
from idp.apps.models import App
from idp.checker import runs
from idp.oidc.keys.making import rotate
from idp.oidc.keys.models import SigningKey
from idp.oidc.sharing import Consent
from idp.storage.base import new_id
from tests.fakes import FakeClock
from tests.idp.developer import console
from tests.idp.login.conftest import NOW, opened_site
from tests.idp.login.visitor import Site, Visitor
from tests.ports import free_ports

CLIENT = "tax-app"
REASONS = {"profile": "To show whose taxes they are.", "phone": "To send the receipt."}
FIELDS: dict[str, Any] = {
    "client_name": "Taxes",
    "client_name#zh-CN": "税务",
    "redirect_uris": ["https://fees.example/callback", "http://localhost:5000/callback"],
    "policy_uri": "https://fees.example/privacy",
    "purpose": "To file taxes.",
    "purpose#zh-CN": "办理税务。",
    "contacts": ["ops@fees.example"],
    "scope": "openid profile phone",
    "token_endpoint_auth_method": "client_secret_basic",
    "backchannel_logout_uri": "https://fees.example/out",
}


@dataclass
class Two:
    sandbox: Site
    production: Site
    issuer: str
    """The sandbox's."""
    app_id: str
    """Of the app in the sandbox."""

    def package(self) -> str:
        """Downloaded from the app's page, as its developer does."""
        visitor = console.at(self.sandbox, path=f"/developer/apps/{self.app_id}/going-live")
        return post(visitor, "package-form")

    def team(self) -> str:
        """Of an organisation, in production."""
        return console.company_team(self.production, console.company(self.production))


class _Silent(WSGIRequestHandler):
    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        pass


@contextmanager
def listening(app: Flask, port: int) -> Iterator[None]:
    server = make_server("127.0.0.1", port, app, threaded=True, request_handler=_Silent)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def post(visitor: Visitor, form: str, **fields: str) -> str:
    """The body of the answer, as it is."""
    found = visitor.page.forms[form]
    data = {**found.fields, **fields}
    response = visitor.client.post(found.action or visitor.url, data=data, **visitor._environment())
    visitor.status = response.status_code
    return response.get_data(as_text=True)


def with_new_keys(site: Site) -> None:
    found = site.services
    with found.sessions.begin() as session:
        session.execute(delete(SigningKey))
        rotate(session, found.cipher, found.settings.protocol, site.clock() - timedelta(days=2))


@pytest.fixture(scope="session")
def sandbox_prepared(prepared: Path, tmp_path_factory: pytest.TempPathFactory, keys_text: str) -> Path:
    """As `prepared`, with other keys."""
    folder = tmp_path_factory.mktemp("sandbox")
    with opened_site(prepared, folder, keys_text, FakeClock(NOW), {}) as site:
        with_new_keys(site)
    return folder / "idp.db"


def tried(site: Site, app_id: str, *, passes: bool = True) -> None:
    """Somebody has signed in to it, and it was checked by a report of its developer's."""
    now, verdict = site.clock(), Verdict.PASSED if passes else Verdict.FAILED
    result = Result("state-wrong", "answers", verdict, "why", "", "refuses it", "RFC 6749", 3)
    report = Report("https://sandbox.example", "https://fees.example", now, 1.0, (result,), "1.0")
    person_id = console.id_of(site, console.OWNER)
    with site.services.sessions.begin() as session:
        app = session.get_one(App, app_id)
        app.told = {**app.told, "reasons": REASONS}
        runs.bring(session, app_id, report, now)
        session.add(
            Consent(
                id=new_id(now),
                person_id=person_id,
                client_id=app.client_id,
                scopes=["openid"],
                asked=["openid"],
                purpose="sign-in",
                particulars={},
                given_at=now,
                expires_at=now + timedelta(days=365),
            )
        )


@pytest.fixture
def two(
    sandbox_prepared: Path, prepared: Path, tmp_path: Path, keys_text: str, clock: FakeClock
) -> Iterator[Two]:
    (port,) = free_ports(1)
    issuer = f"http://localhost:{port}"
    for name in ("sandbox", "production"):
        (tmp_path / name).mkdir()
    with (
        opened_site(
            sandbox_prepared, tmp_path / "sandbox", keys_text, clock, {"IDP_ISSUER": issuer}
        ) as sandbox,
        opened_site(
            prepared,
            tmp_path / "production",
            keys_text,
            clock,
            {
                "IDP_SANDBOX": "false",
                "IDP_DEVELOPER__SANDBOX_ISSUER": issuer,
                "IDP_OUTBOUND__ALLOW": issuer,
            },
        ) as production,
    ):
        team_id = console.own_team(sandbox)
        app_id = console.an_app(sandbox, team_id, client_id=CLIENT, kind="portal", **FIELDS)
        tried(sandbox, app_id)
        with listening(sandbox.app, port):
            yield Two(sandbox, production, issuer, app_id)
