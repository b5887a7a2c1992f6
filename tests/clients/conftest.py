"""The portal of the service hall before a provider of the tests' own."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from clients.portal.app import create_app
from clients.portal.configuration import load
from tests.clients.fake_provider import CLIENT_SECRET, FakeProvider, serving
from tests.fakes import FakeClock

DEPLOYMENT = Path(__file__).resolve().parents[2] / "clients/portal/tax.toml"
ORIGIN = "http://portal.localhost"


@pytest.fixture
def provider() -> Iterator[FakeProvider]:
    with serving(FakeProvider()) as running:
        yield running


@pytest.fixture
def clock() -> FakeClock:
    # Signatures are judged by the machine's clock, the portal's own rules by this one.
    return FakeClock(datetime.now(UTC))


@pytest.fixture
def portal(provider: FakeProvider, clock: FakeClock, tmp_path: Path) -> Flask:
    return open_portal(provider.issuer, clock, tmp_path)


def open_portal(issuer: str, clock: FakeClock, folder: Path) -> Flask:
    """The tax service asks for level 2, its filing for level 3."""
    secret = folder / "secret"
    secret.write_text(CLIENT_SECRET)
    environment = {
        "PORTAL_ISSUER": issuer,
        "PORTAL_ORIGIN": ORIGIN,
        "PORTAL_PORT": "8002",
        "PORTAL_SECRET_FILE": str(secret),
    }
    deployment = load(DEPLOYMENT, environment)
    return create_app(deployment, clock=clock)


@dataclass
class Browser:
    """Somebody at the portal, in one browser with any number of tabs."""

    client: FlaskClient
    provider: FakeProvider

    def get(self, path: str) -> TestResponse:
        return self.client.get(path, base_url=ORIGIN, headers={"Accept-Language": "en"})

    def post(self, path: str, **form: str) -> TestResponse:
        return self.client.post(path, base_url=ORIGIN, data=form)

    def start(self, path: str = "/sign-in") -> str:
        """Open a tab that leads to the provider; the address there."""
        answer = self.get(path)
        while answer.status_code in (302, 303) and answer.location.startswith("/"):
            answer = self.get(answer.location)
        assert answer.status_code in (302, 303), answer.text
        return answer.location

    def come_back(self, location: str, **changes: str | None) -> TestResponse:
        """Agree at the provider and follow its answer, as far as the callback's own answer."""
        return self.get(self.provider.authorize(location, **changes).removeprefix(ORIGIN))

    def sign_in(self, path: str = "/sign-in") -> TestResponse:
        return self.come_back(self.start(path))


@pytest.fixture
def browser(portal: Flask, provider: FakeProvider) -> Browser:
    return Browser(portal.test_client(), provider)
