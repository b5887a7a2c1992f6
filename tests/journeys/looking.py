"""What holds for every page that is looked at."""

from playwright.sync_api import Page

FITS = """most => {
  const page = document.documentElement
  return page !== null && document.readyState === "complete" && page.scrollWidth <= most
}"""
WAITS_MS = 10_000


def fits(page: Page, width: int | None = None) -> None:
    """Nothing has to be pulled sideways. `width`: that of the window, in CSS pixels, unless it is given.

    Asked until it holds: while one page leaves and the next one comes there is none to be measured, and
    before it has been laid out a page is as wide as a desktop's.
    """
    size = page.viewport_size
    most = width if width is not None else size["width"] if size is not None else page.evaluate("innerWidth")
    page.wait_for_function(FITS, arg=most, timeout=WAITS_MS)


def unfold(page: Page, links: str) -> None:
    """On a telephone the console's rows of links are folded. `links`: the selector of one."""
    page.click(f".console-menu:has(+ {links}) summary")
