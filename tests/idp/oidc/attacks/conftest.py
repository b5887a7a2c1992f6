"""The whole provider, a person who is signed in, and clients that sign."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from joserfc.jwk import Key
from sqlalchemy.orm import Session

from idp import sessions
from idp.oidc.clients.models import ClientRecord
from tests.idp.oidc.clients.signing import new_key, signing_client
from tests.idp.oidc.conftest import NOW
from tests.idp.oidc.world import World

ORIGIN = "https://id.example"
BANK = "bank"


@pytest.fixture
def person(app: Flask, app_world: World) -> FlaskClient:
    """The victim's browser."""
    browser = app.test_client()
    browser.get("/login", base_url=ORIGIN)
    app_world.sign_in()
    secret = app_world.cookies[sessions.COOKIE]
    browser.set_cookie(sessions.COOKIE, secret, domain="id.example", secure=True, httponly=True)
    return browser


@pytest.fixture(scope="session")
def key() -> Key:
    return new_key()


@pytest.fixture
def bank(world: World, key: Key) -> World:
    """A world with a client that proves itself by its key."""
    metadata = signing_client(BANK, key, grant_types=["authorization_code", "client_credentials"]).metadata
    with world.provider.sessions.begin() as session:
        _add(session, metadata.to_json(), metadata.sector)
    return world


def _add(session: Session, metadata: dict[str, object], sector: str) -> None:
    session.add(
        ClientRecord(
            client_id=BANK,
            sector=sector,
            metadata_json=metadata,
            created_at=NOW,
            updated_at=NOW,
        )
    )
