"""Codes that run out while somebody looks at them, at a provider whose times are as short as they may be."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.journeys.conftest import MODELS
from tests.journeys.licence_phone import PIN, issue, phone
from tests.journeys.stack import Stack, running
from tests.journeys.test_licence_app import desk, screen, show_code

__all__ = ["desk", "screen"]
pytestmark = [pytest.mark.browser, pytest.mark.slow]
CODE_SECONDS, CONFIRM_SECONDS = 20, 30


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    settings = {
        "IDP_LICENCE_APP__CODE_SECONDS": str(CODE_SECONDS),
        "IDP_LICENCES__CHALLENGE_SECONDS": str(CONFIRM_SECONDS),
    }
    with running(tmp_path_factory.mktemp("licence-app"), MODELS, settings) as found:
        yield found


def test_a_page_renews_its_code_and_says_when_time_is_up(
    browser: Browser, desk: BrowserContext, screen: Page, stack: Stack, tmp_path: Path
) -> None:
    held = phone(stack, browser, tmp_path, issue(stack, 1, "ecdsa", tmp_path / "licence"))
    try:
        show_code(screen, stack.hall)
        here, first = screen.url, screen.inner_text("#link-code")
        screen.evaluate("window.is_still_here = true")
        expect(screen.locator("#link-code")).not_to_have_text(first, timeout=CODE_SECONDS * 1000)
        # In place: nobody who reads the page, or has it read out, is sent back to its beginning.
        assert screen.evaluate("window.is_still_here")
        assert screen.url == here
        held.take_picture(screen.locator("#qr"))
        expect(held.page.locator("#code")).to_have_text(screen.inner_text("#link-code"))
        expect(screen.locator("#scanned")).to_be_visible()
        expect(screen.locator("#over")).to_contain_text("时间已到", timeout=(CONFIRM_SECONDS + 10) * 1000)
        held.page.fill("#pin", PIN)
        held.page.click("#confirm")
        expect(held.page.locator("#over")).to_have_attribute("data-kind", "wrong_state")
    finally:
        held.stop()
