"""Filming a page from inside the browser: every picture that Chromium composes, with its time.

Playwright's own video needs a film encoder that it would have to download; ``Page.startScreencast`` of the
Chrome DevTools Protocol gives the same pictures and needs nothing.
"""

from __future__ import annotations

import base64
import time
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Error, Frame, Page

_LARGEST_SIDE = 2000
"""Pixels; above every viewport filmed here, so that Chromium does not scale."""


@dataclass(frozen=True, slots=True)
class Still:
    at: float
    """POSIX time in seconds, by the browser."""
    png: bytes
    """Exact colours: text stays crisp, and what did not change is the same to the last bit."""


@dataclass(frozen=True, slots=True)
class Tap:
    at: float
    x: float
    y: float
    """CSS pixels from the viewport's upper left corner."""


@dataclass(frozen=True, slots=True)
class Arrival:
    at: float
    host: str
    """Whose page is shown from now on; without the port, which is another one at each run."""


@dataclass(slots=True)
class Take:
    """Everything that a film is cut from."""

    width: int
    """Of the viewport in CSS pixels."""
    stills: list[Still] = field(default_factory=list)
    taps: list[Tap] = field(default_factory=list)
    arrivals: list[Arrival] = field(default_factory=list)
    ended_at: float = 0.0


class Screencast:
    """Films one page from ``start`` to ``stop``. Pictures come in while Playwright waits for something."""

    def __init__(self, page: Page) -> None:
        assert page.viewport_size is not None
        self._page = page
        self._session = page.context.new_cdp_session(page)
        self.take = Take(page.viewport_size["width"])

    def start(self) -> None:
        self._page.on("framenavigated", self._arrived)
        self._session.on("Page.screencastFrame", self._keep)
        self._session.send(
            "Page.startScreencast",
            {
                "format": "png",
                "maxWidth": _LARGEST_SIDE,
                "maxHeight": _LARGEST_SIDE,
            },
        )

    def stop(self) -> Take:
        self._session.send("Page.stopScreencast")
        self._page.remove_listener("framenavigated", self._arrived)
        self.take.ended_at = time.time()
        return self.take

    def tapped(self, x: float, y: float) -> None:
        self.take.taps.append(Tap(time.time(), x, y))

    def _keep(self, event: dict[str, Any]) -> None:
        self.take.stills.append(Still(event["metadata"]["timestamp"], base64.b64decode(event["data"])))
        try:
            self._session.send("Page.screencastFrameAck", {"sessionId": event["sessionId"]})
        except Error as failure:  # the last picture may arrive when the page is closed already
            if "closed" not in str(failure):
                raise

    def _arrived(self, frame: Frame) -> None:
        host = urlsplit(frame.url).hostname
        if frame.parent_frame is None and host:
            self.take.arrivals.append(Arrival(time.time(), host))
