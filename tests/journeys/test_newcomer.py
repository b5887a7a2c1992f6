"""A newcomer's two ways, with what the pages show and the code of the documentation alone."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Browser

from tests.journeys import newcomer
from tests.journeys.newcomer_walk import DESKTOP, Walk
from tests.journeys.stack import Stack

pytestmark = pytest.mark.browser

DEVELOPERS, CITIZENS = {"flask": 20, "single_page": 27}, {"flask": 21, "single_page": 14}
CLIPBOARD = ["clipboard-read", "clipboard-write"]
FIELDS_AT_MOST, CLICKS_AT_MOST = 4, 9
"""Of the way to the quick start: number, password, name, address; a longer way has to be meant."""


@contextmanager
def walking(browser: Browser, folder: Path | None = None) -> Iterator[Walk]:
    context = browser.new_context(viewport=DESKTOP, locale="zh-CN", permissions=CLIPBOARD)
    context.set_default_timeout(15_000)
    try:
        yield Walk(context.new_page(), folder)
    finally:
        context.close()


@pytest.mark.parametrize("way", [newcomer.flask, newcomer.single_page], ids=["flask", "oidc-client-ts"])
def test_from_an_empty_console_to_a_citizen_signed_in(
    stack: Stack, browser: Browser, way: Callable[..., None]
) -> None:
    name = way.__name__
    people = (stack.person(DEVELOPERS[name]), stack.person(CITIZENS[name]))
    with walking(browser) as walk, walking(browser) as citizen:
        way(walk, stack, people, citizen)
        assert sum(step.fields for step in walk.steps) <= FIELDS_AT_MOST
        assert sum(step.clicks for step in walk.steps) <= CLICKS_AT_MOST


def test_a_wrong_address_is_found_by_its_reference_and_mended(stack: Stack, browser: Browser) -> None:
    """From the error page to the doctor, to the field, and the same request works."""
    with walking(browser) as walk:
        page = walk.page
        registered, sent = "http://portal.localhost:5000/callback", "http://portal.localhost:5000/calback"
        told = newcomer.make_app(walk, stack, stack.person(17), "portal", registered)
        query = {
            "response_type": "code",
            "client_id": told["client-id"],
            "redirect_uri": sent,
            "scope": told["scope"],
            "state": "s",
            "code_challenge": "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
            "code_challenge_method": "S256",
        }
        request = f"{stack.issuer}/oauth2/authorize?{urlencode(query)}"
        walk.goto(request)
        walk.at("error", "#reference")
        walk.click("#to-doctor")
        walk.at("doctor", "#diagnosis")
        assert "".join(page.locator(".diagnosis-diff ins").all_inner_texts()) == "l"
        walk.click("#diagnosis a[href*='/settings#']")
        walk.at("mending", "#field-redirect_uris")
        walk.fill("#field-redirect_uris", f"{registered}\n{sent}")
        walk.click("#save")
        walk.at("mended", "#notice")
        walk.goto(request)
        walk.at("works", "#agree")
