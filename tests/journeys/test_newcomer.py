"""A newcomer's ways, with what the pages show and the code of the documentation alone."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.journeys import newcomer, newcomer_failures, newcomer_levels
from tests.journeys.newcomer_walk import DESKTOP, Walk
from tests.journeys.stack import Stack
from tests.virtual_person.browser import install_camera
from tests.virtual_person.scenes import Scenes

pytestmark = pytest.mark.browser

DEVELOPERS = {"flask": 20, "single_page": 27, "wrong_address": 17, "rotate": 14, "step_up_and_leave": 21}
FOREIGN = {"zh-TW": 3, "en-GB": 5}
"""Developers whose console is empty in the one language and in the other."""
CITIZENS = {"flask": 21, "single_page": 14, "rotate": 20}
LANGUAGES = {"zh-TW": "zh-Hant", "en-GB": "en"}
"""What a browser asks for, and what it is shown."""
CLIPBOARD = ["clipboard-read", "clipboard-write"]
FIELDS_AT_MOST, CLICKS_AT_MOST = 4, 6
"""Of the way to the quick start: number, password, name, address; a longer way has to be meant."""
CHINESE = re.compile(r"[\u3400-\u9fff]+")
SIMPLIFIED = re.compile(
    "[应验证请设说为这个们进种则码权钥录错误页网将从会无须参选开关门户击线统标题删试产测]"
)
"""Characters that nobody writes in Traditional Chinese."""


@contextmanager
def walking(browser: Browser, folder: Path | None = None, locale: str = "zh-CN") -> Iterator[Walk]:
    context = browser.new_context(viewport=DESKTOP, locale=locale, permissions=CLIPBOARD)
    context.set_default_timeout(30_000)
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
    with walking(browser) as walk:
        newcomer_failures.wrong_address(walk, stack, stack.person(DEVELOPERS["wrong_address"]))


def test_a_secret_is_changed_without_a_pause_and_a_server_that_was_forgotten_is_found(
    stack: Stack, browser: Browser
) -> None:
    people = (stack.person(DEVELOPERS["rotate"]), stack.person(CITIZENS["rotate"]))
    with walking(browser) as walk, walking(browser) as citizen:
        newcomer_failures.rotate(walk, stack, people, citizen)


@pytest.mark.parametrize("has_camera", [True, False], ids=["own-face", "played-camera"])
def test_a_person_of_ones_own_shows_that_they_are_here_and_signs_out(
    stack: Stack, browser: Browser, scenes: Scenes, has_camera: bool
) -> None:
    developer = stack.person(DEVELOPERS["step_up_and_leave"])
    with walking(browser) as walk, walking(browser) as citizen:
        camera = install_camera(citizen.page, scenes) if has_camera else None
        newcomer_levels.step_up_and_leave(walk, stack, developer, citizen, camera)


@pytest.mark.parametrize("asked", LANGUAGES)
def test_the_first_steps_are_in_the_language_that_the_browser_asks_for(
    stack: Stack, browser: Browser, asked: str
) -> None:
    person, locale = stack.person(FOREIGN[asked]), LANGUAGES[asked]

    def is_in_it(page: Page) -> None:
        if not page.url.startswith(f"{stack.issuer}/docs/zh-Hant"):
            assert page.get_attribute("html", "lang") == locale
        # The documentation's code and, in Traditional Chinese, its text are not translated.
        if "/docs/" in page.url:
            return
        text = page.inner_text("main")
        odd = CHINESE if locale == "en" else SIMPLIFIED
        assert odd.findall(text) == [], page.url

    with walking(browser, locale=asked) as walk:
        walk.looks_at.append(is_in_it)
        newcomer.make_app(walk, stack, person, "portal", "http://portal.localhost:5000/callback", locale)
