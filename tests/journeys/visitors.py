"""Two people who walk through the same stories: one takes a photograph at each step, one is filmed."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from playwright.sync_api import Error, Page

from tests.journeys.screencast import Screencast
from tests.virtual_person.browser import VirtualCamera

BETWEEN_PICTURES_MS = 150
FACE_MS = 90_000
"""More than a face check may take on a busy machine."""


class Visitor(Protocol):
    """How a story is walked through."""

    page: Page

    def look(self, name: str) -> None:
        """The page is there: look at it."""

    def tap(self, selector: str) -> None:
        """Press a link or a button."""

    def write(self, selector: str, text: str) -> None:
        """Fill in a field."""

    def show_face(self, camera: VirtualCamera, until: str, name: str) -> None:
        """Do what the camera page asks, until it is left for a page with an element `until`."""


class Album:
    """Numbered files of steps. A step that is taken again keeps its number and its newest picture."""

    def __init__(self, folder: Path, prefix: str = "") -> None:
        self._folder = folder
        self._prefix = prefix
        self.files: dict[str, Path] = {}

    def place(self, name: str) -> Path:
        new = self._folder / f"{self._prefix}{len(self.files) + 1:02d}-{name}.png"
        return self.files.setdefault(name, new)


class Photographer:
    """Photographs whole pages; goes through everything as fast as the pages allow."""

    def __init__(self, page: Page, album: Album) -> None:
        self.page = page
        self._album = album

    def look(self, name: str) -> None:
        self.page.wait_for_load_state("networkidle")
        self.page.screenshot(path=self._album.place(name), full_page=True)

    def tap(self, selector: str) -> None:
        self.page.click(selector)

    def write(self, selector: str, text: str) -> None:
        self.page.fill(selector, text)

    def show_face(self, camera: VirtualCamera, until: str, name: str) -> None:
        """Of each movement the last picture before the next one was asked: then it was well under way."""
        camera.set(answers={})
        pictures: dict[tuple[str, str], bytes] = {}
        while asked := self._asked(until):
            action, words, advice = asked
            picture = self.page.screenshot()
            # Better one without advice, if there is one.
            if asked == self._asked(until) and (not advice or (action, words) not in pictures):
                pictures[action, words] = picture
            self.page.wait_for_timeout(BETWEEN_PICTURES_MS)
        camera.set(answers=None)
        taken = {"look_straight"}
        for (action, _words), picture in pictures.items():
            # The words change at the end, when the last movement is being checked: that is no movement.
            if action not in taken:
                taken.add(action)
                self._album.place(f"{name}-{action.replace('_', '-')}").write_bytes(picture)

    def _asked(self, until: str) -> tuple[str, str, str] | None:
        """The movement, its words and the advice; None when the page is left or tells of a problem."""
        anything = f"{until}, #problem, #instruction[data-action]"
        while True:
            found = self.page.wait_for_selector(anything, timeout=FACE_MS)
            assert found is not None
            try:
                action = found.get_attribute("data-action")
                if action is None:
                    return None
                advice: str = self.page.evaluate("document.querySelector('#advice')?.textContent ?? ''")
                return action, found.inner_text(), advice
            except Error as failure:  # the page was left between two questions
                if "destroyed" not in str(failure) and "attached" not in str(failure):
                    raise


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

    def show_face(self, camera: VirtualCamera, until: str, name: str) -> None:
        camera.perform(until=until, timeout_ms=FACE_MS)

    def _reach(self, selector: str) -> None:
        """Scroll as a thumb does, if what is wanted lies outside the screen."""
        self.page.locator(selector).first.evaluate(
            "target => target.scrollIntoView({ behavior: 'smooth', block: 'nearest' })"
        )
        self.page.wait_for_timeout(450)
