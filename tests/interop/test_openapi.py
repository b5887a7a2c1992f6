"""The description of the JSON endpoints is true of them, whatever they are sent.

Schemathesis reads `docs/protocol.openapi.yaml` and makes requests of it, right and wrong ones; every answer
has to be one that is described.
"""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.schemas import APIOperation
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from idp import create_app
from idp import settings as configuration_of
from idp.oidc.clients.limits import ClientLimit
from idp.oidc.endpoints import served
from idp.oidc.room import KEY
from tests.fakes import FakeClock
from tests.idp.oidc.conftest import NOW, configuration, master_document, master_keys, prepared
from tests.idp.oidc.world import HALL, SECRETS, TAX, World, basic

__all__ = ["configuration", "master_document", "master_keys", "prepared"]
pytestmark = pytest.mark.interop

DESCRIPTION = Path(__file__).parents[2] / "docs" / "protocol.openapi.yaml"
SCHEMA = schemathesis.openapi.from_path(DESCRIPTION)
OPERATIONS = {result.ok().label: result.ok() for result in SCHEMA.get_all_operations()}
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
ITSELF = "/oauth2/register"
Identity = tuple[dict[str, str], str | None]
"""Headers, and the client whose registration is meant."""
IDENTITIES = ("nobody", "a client", "a person's client", "a client that registered itself")


@pytest.fixture(scope="module")
def app(
    prepared: tuple[Path, str], master_document: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Flask]:
    """The whole provider with registration open to everybody, and no bound on how many register."""
    folder = tmp_path_factory.mktemp("openapi")
    shutil.copy(prepared[0], folder / "idp.db")
    (folder / "master.json").write_text(master_document)
    environment = {
        "IDP_ISSUER": "https://id.example",
        "IDP_DATABASE__URL": f"sqlite:///{folder}/idp.db",
        "IDP_EPHEMERAL__URL": f"sqlite:///{folder}/ephemeral.db",
        "IDP_SECRETS__FILE": str(folder / "master.json"),
        "IDP_PROTOCOL__REGISTRATION": "open",
        "IDP_LIMITS__REGISTRATIONS_PER_ADDRESS_PER_HOUR": "1000000",
    }
    app = create_app(configuration_of.load(environment), clock=FakeClock(NOW))
    yield app
    found = app.extensions["yitong"]
    found.audit.close()
    found.store.close()
    found.engine.dispose()


@pytest.fixture(scope="module")
def identities(app: Flask, prepared: tuple[Path, str]) -> dict[str, Identity]:
    services = app.extensions["yitong"]
    world = World(app.extensions[KEY], services.engine, services.clock, prepared[1])
    world.sign_in()
    token = json.loads(world.token(world.code(HALL)).body)["access_token"]
    made = app.test_client().post(ITSELF, json={"redirect_uris": ["https://app.example/callback"]}).get_json()
    return {
        "nobody": ({}, None),
        "a client": ({"Authorization": basic(HALL, SECRETS[HALL])}, None),
        "a person's client": ({"Authorization": f"Bearer {token}"}, None),
        "a client that registered itself": (
            {"Authorization": f"Bearer {made['registration_access_token']}"},
            made["client_id"],
        ),
    }


def test_every_endpoint_of_the_fast_path_is_described() -> None:
    assert set(served.PATHS) <= set(SCHEMA)


@pytest.mark.parametrize("identity", IDENTITIES)
@pytest.mark.parametrize("label", OPERATIONS)
def test_every_answer_is_one_that_is_described(
    app: Flask, identities: dict[str, Identity], label: str, identity: str
) -> None:
    operation: APIOperation = OPERATIONS[label]
    headers, client_id = identities[identity]
    cases = st.one_of(
        operation.as_strategy(),
        operation.as_strategy(generation_mode=schemathesis.GenerationMode.NEGATIVE),
    )

    @settings(max_examples=40, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(case=cases)
    def ask(case: schemathesis.Case) -> None:
        if client_id is not None and "client_id" in case.path_parameters:
            case.path_parameters["client_id"] = client_id
        case.call_and_validate(app=app, headers=headers, checks=CHECKS)

    ask()


def test_what_is_beyond_the_limit_is_answered_as_it_is_described(app: Flask) -> None:
    found = app.extensions["yitong"]
    with found.sessions.begin() as session:
        session.merge(ClientLimit(client_id=TAX, requests_per_minute=1, updated_at=NOW))
    headers = {"Authorization": basic(TAX, SECRETS[TAX])}
    for path in ("/oauth2/introspect", "/oauth2/revoke", "/oauth2/par"):
        operation = OPERATIONS[f"POST {path}"]
        case = operation.Case(body={"token": "x"}, media_type="application/x-www-form-urlencoded")
        answer = case.call_and_validate(app=app, headers=headers, checks=CHECKS)
    assert answer.status_code == 429


def test_a_good_registration_is_answered_as_it_is_described(app: Flask) -> None:
    body = {"redirect_uris": ["https://app.example/callback"], "client_name": "An app"}
    case = OPERATIONS[f"POST {ITSELF}"].Case(body=body, media_type="application/json")
    assert case.call_and_validate(app=app, checks=CHECKS).status_code == 201
