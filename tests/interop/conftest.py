"""One provider for all of them, with one person of the sandbox who has a password and is verified."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from idp.people.sandbox.population import SandboxPerson
from liveness import ModelMissing, ModelPack, ModelTampered
from liveness.installing import install
from tests.interop.provider import Registered, register
from tests.interop.visitor import Visitor
from tests.journeys.stack import Stack, running

MODELS = Path(__file__).resolve().parents[2] / "var" / "models"
SERIAL = 3


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    try:
        ModelPack.load(MODELS)
    except (ModelMissing, ModelTampered):
        install(MODELS)
    with running(tmp_path_factory.mktemp("interop"), MODELS) as found:
        yield found


@pytest.fixture(scope="session")
def clients(stack: Stack) -> dict[str, Registered]:
    return register(stack)


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
