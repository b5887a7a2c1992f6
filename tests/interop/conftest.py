"""One provider for all of them, with one person of the sandbox who has a password and is verified."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from idp.people.sandbox.population import SandboxPerson
from liveness import ModelMissing, ModelPack, ModelTampered
from liveness.installing import install
from tests.interop.provider import Registered, ports, register
from tests.interop.visitor import Visitor
from tests.journeys.stack import Stack, running

MODELS = Path(__file__).resolve().parents[2] / "var" / "models"
SERIAL = 3


@pytest.fixture(scope="session")
def listening() -> dict[str, int]:
    """Ports of the clients that are servers."""
    return ports()


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory, listening: dict[str, int]) -> Iterator[Stack]:
    try:
        ModelPack.load(MODELS)
    except (ModelMissing, ModelTampered):
        install(MODELS)
    # Logout notices go there; an address of this machine has to be allowed by name.
    allowed = {
        "IDP_OUTBOUND__CLIENTS_ALLOW": ",".join(f"http://127.0.0.1:{port}" for port in listening.values())
    }
    with running(tmp_path_factory.mktemp("interop"), MODELS, allowed) as found:
        yield found


@pytest.fixture(scope="session")
def clients(stack: Stack, listening: dict[str, int]) -> dict[str, Registered]:
    return register(stack, listening)


@pytest.fixture(scope="session")
def person(stack: Stack) -> SandboxPerson:
    return stack.person(SERIAL)


@pytest.fixture
def visitor(stack: Stack, person: SandboxPerson) -> Visitor:
    return Visitor(stack.issuer, person)


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """Of a browser that nobody has used yet."""
    context = browser.new_context(locale="en")
    context.set_default_timeout(15_000)
    yield context.new_page()
    context.close()
