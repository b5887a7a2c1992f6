"""Chromium, by Playwright, as long as the checks take."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from ..starting import NotStarted

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserType

NO_PLAYWRIGHT = (
    "--browser needs Playwright: pip install 'yitong-check[browser]', and `playwright install chromium` or "
    "--browser PATH for a Chromium that is there already"
)
UNBOXED = "Chromium runs without its sandbox: this system has none for it, or you are root."


@contextmanager
def launched(path: str) -> Iterator[Browser]:
    """`path`: of a Chromium or Chrome; nothing: the one that Playwright has installed. Raises NotStarted."""
    try:
        from playwright.sync_api import Error, sync_playwright
    except ImportError:
        raise NotStarted(NO_PLAYWRIGHT) from None
    with sync_playwright() as playwright:
        try:
            browser = started(playwright.chromium, path, is_root=getattr(os, "geteuid", _nobody)() == 0)
        except Error as problem:
            why = problem.message.partition("\n")[0]
            raise NotStarted(
                f"Chromium does not start ({why}): --browser PATH, or playwright install"
            ) from None
        try:
            yield browser
        finally:
            browser.close()


def started(chromium: BrowserType, path: str, *, is_root: bool) -> Browser:
    """In Chromium's own sandbox wherever that can be: pages load scripts of others, too, and this is
    somebody's machine. Playwright leaves it off unless it is asked for. Raises Error."""
    from playwright.sync_api import Error

    if not is_root:
        try:
            return chromium.launch(executable_path=path or None, chromium_sandbox=True)
        except Error as problem:
            if "sandbox" not in problem.message.lower():
                raise
    print(UNBOXED, file=sys.stderr)
    return chromium.launch(executable_path=path or None, chromium_sandbox=False)


def _nobody() -> int:
    """Systems without root."""
    return 1
