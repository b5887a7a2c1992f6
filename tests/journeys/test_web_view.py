"""Inside an app's web-view: no getUserMedia, no cookies from before, a small screen."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.journeys import steps
from tests.journeys.stack import Stack
from tests.virtual_person import VirtualPerson
from tests.virtual_person.browser import install_camera
from tests.virtual_person.phone_film import film
from tests.virtual_person.scenes import Scenes

pytestmark = pytest.mark.browser


def test_a_short_film_takes_the_place_of_the_camera(
    stack: Stack, page: Page, scenes: Scenes, face: VirtualPerson, tmp_path: Path
) -> None:
    install_camera(page, scenes, mode="web_view")
    steps.ask_portal(page, stack.hall)
    steps.give_password(page, stack.person(14))
    steps.choose_face(page)
    page.click("#camera-start")
    actions = page.locator(".recorded-actions li")
    expect(actions.first).to_be_visible()
    asked = [item.get_attribute("data-action") or "" for item in actions.all()]
    file = tmp_path / "film.webm"
    file.write_bytes(film(face, asked))
    page.set_input_files("#recorded-file", file)
    page.wait_for_selector(steps.AFTER_THE_CAMERA, timeout=90_000)
    assert page.locator("#result").count() == 0, page.inner_text("#result")
    steps.agree(page)
    assert steps.signed_in_at(page, stack.hall)["level"] == "3"


def test_nothing_is_wider_than_the_screen(stack: Stack, page: Page, scenes: Scenes) -> None:
    install_camera(page, scenes, mode="web_view")
    pages = []

    def look() -> None:
        # Before it has been laid out, a page is as wide as a desktop's.
        page.wait_for_load_state()
        width = page.evaluate("document.documentElement.scrollWidth")
        pages.append((page.url.split("?")[0], width))

    page.goto(stack.hall)
    look()
    page.click("#sign-in")
    look()
    # The longest name of the sandbox.
    steps.give_password(page, stack.person(27))
    look()
    steps.choose_face(page)
    look()
    page.click("#other-way")
    look()
    assert [url for url, width in pages if width > 360] == []
