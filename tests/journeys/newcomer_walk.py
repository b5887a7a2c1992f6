"""How a newcomer's way is counted: clicks, fields, copied values and seconds, and pictures of each step."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Page, ViewportSize

from tests.journeys.looking import fits

DESKTOP = ViewportSize(width=1280, height=800)
PHONE = ViewportSize(width=360, height=740)


@dataclass(slots=True)
class Step:
    """What was done until a page stood there."""

    name: str
    clicks: int = 0
    fields: int = 0
    """Typed by hand: a number, a password, a name, an address."""
    copied: int = 0
    """Taken over by a button, no letter typed."""
    seconds: float = 0.0
    """Of the machine: a person reads and types besides."""


class Walk:
    """One way through, in one window. `folder`: where pictures go; None: none are taken."""

    def __init__(self, page: Page, folder: Path | None = None) -> None:
        self.page = page
        self.steps: list[Step] = []
        self.looks_at: list[Callable[[Page], None]] = []
        """What is besides asked of each page, as it is loaded."""
        self._folder = folder
        self._doing = Step("")
        self._began = time.monotonic()

    def begin(self) -> None:
        """What went before was done elsewhere."""
        self._began = time.monotonic()

    def goto(self, address: str) -> None:
        """Typed into the address bar, or led there by a program's own words."""
        self.page.goto(address)

    def click(self, selector: str) -> None:
        self._doing.clicks += 1
        self.page.click(selector)

    def fill(self, selector: str, text: str) -> None:
        self._doing.fields += 1
        self.page.fill(selector, text)

    def copy(self, name: str) -> str:
        """By the button beside it, from the clipboard; `name`: of what is copied on the page."""
        self._doing.clicks += 1
        self._doing.copied += 1
        self.page.click(f"#{name}-copy")
        text: str = self.page.evaluate("navigator.clipboard.readText()")
        assert text == self.page.inner_text(f"#{name}")
        return text

    def at(self, name: str, selector: str = "h1") -> None:
        """The page of this step is there: counted, and looked at as narrow and as wide as people have it."""
        self.page.wait_for_selector(selector)
        self.page.wait_for_load_state()
        self._doing.name = name
        self._doing.seconds = time.monotonic() - self._began
        self.steps.append(self._doing)
        for look in self.looks_at:
            look(self.page)
        for size in (PHONE, DESKTOP):
            self.page.set_viewport_size(size)
            if "localhost" in self.page.url:
                fits(self.page)
            if self._folder is not None:
                self._photograph(size["width"])
        self._doing = Step("")
        self._began = time.monotonic()

    def _photograph(self, width: int) -> None:
        assert self._folder is not None
        self.page.wait_for_load_state("networkidle")
        file = self._folder / f"{len(self.steps):02d}-{self.steps[-1].name}-{width}.png"
        self.page.screenshot(path=file, full_page=True)
