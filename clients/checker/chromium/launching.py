"""Chromium, by Playwright, as long as the checks take."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from ..starting import NotStarted

if TYPE_CHECKING:
    from playwright.sync_api import Browser

NO_PLAYWRIGHT = (
    "--browser needs Playwright: pip install 'yitong-check[browser]', and `playwright install chromium` or "
    "--browser PATH for a Chromium that is there already"
)


@contextmanager
def launched(path: str) -> Iterator[Browser]:
    """`path`: of a Chromium or Chrome; nothing: the one that Playwright has installed. Raises NotStarted."""
    try:
        from playwright.sync_api import Error, sync_playwright
    except ImportError:
        raise NotStarted(NO_PLAYWRIGHT) from None
    with sync_playwright() as playwright:
        try:
            browser = playwright.chromium.launch(executable_path=path or None)
        except Error as problem:
            why = problem.message.partition("\n")[0]
            raise NotStarted(
                f"Chromium does not start ({why}): --browser PATH, or playwright install"
            ) from None
        try:
            yield browser
        finally:
            browser.close()
