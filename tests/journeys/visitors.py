"""Two people who walk through the same stories: one takes a photograph at each step, one is filmed."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from playwright.sync_api import Page

from tests.journeys.screencast import Screencast
from tests.virtual_person.browser import VirtualCamera

MOVING_MS = 650
"""From an instruction to the middle of the movement: reading it, then half of it."""


class Visitor(Protocol):
    """How a story is walked through."""

    page: Page

    def look(self, name: str) -> None:
        """The page is there: look at it."""

    def tap(self, selector: str) -> None:
        """Press a link or a button."""

    def write(self, selector: str, text: str) -> None:
        """Fill in a field."""

    def show_face(self, camera: VirtualCamera, until: str) -> None:
        """Do what the camera page asks, until it is left for a page with an element `until`."""


class Photographer:
    """Leaves numbered screenshots of whole pages; goes through everything as fast as the pages allow."""

    def __init__(self, page: Page, folder: Path, prefix: str = "") -> None:
        self.page = page
        self._folder = folder
        self._prefix = prefix
        self.files: dict[str, Path] = {}

    def look(self, name: str, *, whole: bool = True) -> None:
        self.page.wait_for_load_state("networkidle")
        self._photograph(name, whole=whole)

    def tap(self, selector: str) -> None:
        self.page.click(selector)

    def write(self, selector: str, text: str) -> None:
        self.page.fill(selector, text)

    def show_face(self, camera: VirtualCamera, until: str) -> None:
        camera.set(answers={})
        taken: set[str] = set()
        while self.page.locator(until).count() == 0:
            action = self._asked()
            if action and action not in taken and action != "look_straight":
                self.page.wait_for_timeout(MOVING_MS)
                taken.add(action)
                if self._asked() == action:
                    self._photograph(f"face-{action.replace('_', '-')}", whole=False)
            self.page.wait_for_timeout(50)
        camera.set(answers=None)

    def _asked(self) -> str | None:
        found: str | None = self.page.evaluate("document.querySelector('#instruction')?.dataset.action")
        return found

    def _photograph(self, name: str, *, whole: bool) -> None:
        file = self._folder / f"{self._prefix}{len(self.files) + 1:02d}-{name}.png"
        self.page.screenshot(path=file, full_page=whole, animations="allow")
        self.files[name] = file


class Actor:
    """Goes through everything at a person's pace, and every touch is marked."""

    READING_MS = 1500
    TYPING_MS = 45

    def __init__(self, page: Page, screencast: Screencast) -> None:
        self.page = page
        self._screencast = screencast

    def look(self, name: str) -> None:
        self.page.wait_for_load_state("networkidle")
        self.page.wait_for_timeout(self.READING_MS)

    def tap(self, selector: str) -> None:
        target = self.page.locator(selector).first
        self._reach(selector)
        box = target.bounding_box()
        assert box is not None, f"{selector} is not shown"
        self._screencast.tapped(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        self.page.wait_for_timeout(200)
        target.click()

    def write(self, selector: str, text: str) -> None:
        self.tap(selector)
        self.page.locator(selector).press_sequentially(text, delay=self.TYPING_MS)

    def show_face(self, camera: VirtualCamera, until: str) -> None:
        camera.perform(until=until, timeout_ms=90_000)

    def _reach(self, selector: str) -> None:
        """Scroll as a thumb does, if what is wanted lies outside the screen."""
        self.page.locator(selector).first.evaluate(
            "target => target.scrollIntoView({ behavior: 'smooth', block: 'nearest' })"
        )
        self.page.wait_for_timeout(450)
