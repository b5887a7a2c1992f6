"""One stack, one browser and one virtual person for all journeys; a fresh browser profile for each."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from liveness import ModelMissing, ModelPack, ModelTampered
from liveness.installing import install
from tests.journeys.stack import Stack, photographed, running
from tests.virtual_person import VirtualPerson

MODELS = Path(__file__).resolve().parents[2] / "var" / "models"
PHONE = {"width": 360, "height": 740}
PHOTOGRAPHED = (3, 5, 7, 9, 14, 17, 20, 21, 27)
"""Serials of the people whose register photo shows the virtual person.

Files run in any order before one stack: who comes to act for others, or for an organisation, in one journey
is asked for whom they come in the next. Such people (1, 13, 26, 30, 36) are nobody else's.
"""


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory, face: VirtualPerson) -> Iterator[Stack]:
    try:
        ModelPack.load(MODELS)
    except (ModelMissing, ModelTampered):
        install(MODELS)
    with running(tmp_path_factory.mktemp("stack"), MODELS) as found:
        for serial in PHOTOGRAPHED:
            photographed(found, serial, face)
        yield found


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A browser that nobody has used yet, on a phone that speaks Chinese."""
    found = browser.new_context(viewport=PHONE, locale="zh-CN", has_touch=True)
    found.set_default_timeout(15_000)
    yield found
    found.close()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    found = context.new_page()
    # A mistake in a page's script must fail the journey that meets it.
    found.on("pageerror", lambda problem: pytest.fail(f"script error: {problem}"))
    return found
