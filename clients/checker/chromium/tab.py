"""A browser of the checks: pages of the application are in Chromium, those of the provider are not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Self

from playwright.sync_api import StorageState

from ..browser import Browser, Cookie, Hop
from ..wire import Answer
from .window import BLANK, Window

Opened = Callable[[StorageState | None], Window]
"""A new window, with cookies and storage."""


@dataclass(kw_only=True)
class Tab(Browser):
    window: Window
    opened: Opened

    def copied(self) -> Self:
        """What somebody has who knows cookies and lasting storage: not what the tab keeps for itself."""
        return self._with(self.window.state())

    def without(self, name: str) -> Self:
        state = self.window.state()
        kept = [cookie for cookie in state.get("cookies", []) if cookie.get("name") != name]
        return self._with({**state, "cookies": kept})

    def of_host(self, url: str) -> list[Cookie]:
        return [
            Cookie(
                one.get("name", ""),
                one.get("value", ""),
                one.get("path", "/"),
                {
                    "samesite": one.get("sameSite", ""),
                    **({"httponly": ""} if one.get("httpOnly") else {}),
                    **({"secure": ""} if one.get("secure") else {}),
                },
            )
            for one in self.window.context.cookies(url)
        ]

    def lasting(self) -> str:
        return self.window.lasting()

    def look(self) -> Hop:
        """The page as it is now; where it was before is kept in `hops`."""
        passed = [url for url in self.window.visited if url != BLANK]
        self.window.visited.clear()
        self.hops += [Hop("GET", url, Answer(200, (), b"")) for url in passed]
        hop = self.window.hop()
        self.hops.append(hop)
        return hop

    def _with(self, state: StorageState) -> Self:
        return replace(self, cookies=dict(self.cookies), hops=[], window=self.opened(state))
