"""Chromium with the virtual person before its camera, through Playwright's sync API.

    camera = install_camera(page, Scenes(VirtualPerson()))
    page.goto(...)
    camera.perform(until="#result")

The person reads ``#instruction[data-action]`` and does what it says after a human delay.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Literal

from playwright.sync_api import Browser, Error, Page, sync_playwright

from tests.virtual_person.scenes import Scenes

CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = ("--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage")
SCRIPT = Path(__file__).with_name("camera.js")

Mode = Literal["works", "refuse", "missing", "busy"]

WRONG_ORDER: Mapping[str, str | None] = {
    "turn_left": "turn_right",
    "turn_right": "turn_left",
    "nod": "open_mouth",
    "open_mouth": "turn_right",
    "blink": "open_mouth",
}
"""Answers of somebody who replays a film made for another challenge: always another motion."""
FROZEN: Mapping[str, str | None] = dict.fromkeys(WRONG_ORDER)
"""Answers of somebody who does not understand: none."""


@dataclass(frozen=True, slots=True)
class Orders:
    """What the camera shows and how its person answers; mirrors the names in ``camera.js``."""

    mode: Mode = "works"
    """Or how ``getUserMedia`` fails: NotAllowedError, NotFoundError, NotReadableError."""
    subject: str = "live"
    """A key of ``scenes.SUBJECTS``."""
    answers: Mapping[str, str | None] | None = None
    """Asked action -> motion played, where they differ; None: instructions are not read at all."""
    reaction_ms: int = 300
    """From reading an instruction to the first movement."""
    injected: bool = False
    """The film takes the camera's place, so the page's colours shine on nothing."""


class VirtualCamera:
    """The camera of one page, over all its navigations."""

    def __init__(self, page: Page, scenes: Scenes) -> None:
        """Use ``install_camera``."""
        self._page = page
        self._scenes = scenes
        self._orders = Orders()

    def orders(self) -> dict[str, Any]:
        """The settings in force, as the script reads them at each page's start."""
        return asdict(self._orders)

    def clip(self, subject: str, motion: str) -> list[str]:
        """One clip, as the script loads it."""
        return list(self._scenes.clip(subject, motion))

    def set(self, **changes: Any) -> None:
        """Change some of the ``Orders``, for this page and the ones after it."""
        self._orders = replace(self._orders, **changes)
        try:
            self._page.evaluate("orders => window.__virtualCamera?.set(orders)", self.orders())
        except Error as failure:  # the page was just leaving: its successor asks for the orders itself
            if "navigation" not in str(failure):
                raise

    def play(self, motion: str) -> None:
        """Make one motion now; returns when the person is at rest again."""
        self._page.evaluate("motion => window.__virtualCamera.play(motion)", motion)

    def idle(self) -> None:
        """Look at the camera and wait."""
        self._page.evaluate("() => window.__virtualCamera.idle()")

    def unplug(self) -> None:
        """Pull the camera out: the page's track ends by itself."""
        self._page.evaluate("() => window.__virtualCamera.unplug()")

    def perform(
        self,
        *,
        until: str,
        answers: Mapping[str, str | None] | None = None,
        timeout_ms: float = 60_000,
    ) -> None:
        """Do what the page's ``#instruction`` asks until an element ``until`` (CSS) is shown.

        ``answers`` alters the motions: see ``WRONG_ORDER`` and ``FROZEN``.
        """
        self.set(answers=dict(answers or {}))
        try:
            self._page.wait_for_selector(until, timeout=timeout_ms)
        finally:
            self.set(answers=None)


def install_camera(
    page: Page, scenes: Scenes, *, mode: Mode | Literal["web_view"] = "works"
) -> VirtualCamera:
    """Replace the page's camera, now and after every navigation; call before ``page.goto``.

    ``web_view``: there is no ``navigator.mediaDevices`` at all, as inside many apps.
    """
    camera = VirtualCamera(page, scenes)
    if mode == "web_view":
        page.add_init_script(
            "Object.defineProperty(Navigator.prototype, 'mediaDevices', { value: undefined });"
        )
        return camera
    page.expose_function("__virtualCameraOrders", camera.orders)
    page.expose_function("__virtualCameraClip", camera.clip)
    page.add_init_script(SCRIPT.read_text(encoding="utf-8"))
    camera.set(mode=mode)
    return camera


@contextmanager
def chromium(*more_arguments: str) -> Iterator[Browser]:
    """A headless Chromium of the machine; Playwright's own download is not needed."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=[*ARGUMENTS, *more_arguments])
        try:
            yield browser
        finally:
            browser.close()
