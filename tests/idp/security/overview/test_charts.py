"""Charts in Chromium: drawn under the strict policy, from the table alone, at each width, light and dark."""

from collections.abc import Iterator
from itertools import product

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page

from tests.idp.login.visitor import Site
from tests.idp.security.desk_counts import fill
from tests.idp.security.readable import CONTRAST, SCHEMES, WIDTHS
from tests.idp.security.serving import changes, port, served, sign_in
from tests.idp.staff_pages import officer

__all__ = ["changes", "port"]
pytestmark = pytest.mark.browser


@pytest.fixture
def page(browser: Browser, site: Site, port: int) -> Iterator[Page]:
    """Signed in, before the overview of a day on which something happened."""
    fill(site)
    member = officer.add(site, "S-1", "security")
    problems: list[str] = []

    def note(message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            problems.append(message.text)

    with served(site, port):
        context = browser.new_context(locale="zh-CN", reduced_motion="reduce")
        page = context.new_page()
        page.on("console", note)
        page.on("pageerror", lambda error: problems.append(str(error)))
        sign_in(page, site, member, f"http://localhost:{port}/security")
        yield page
        context.close()
    assert problems == []


def test_charts_are_drawn_and_without_the_script_they_are_tables(browser: Browser, page: Page) -> None:
    charts = page.locator(".desk-chart")
    assert charts.count() == 3
    for number in range(3):
        chart = charts.nth(number)
        assert chart.locator("canvas").count() == 1
        assert chart.locator(".chart-drawn").get_attribute("aria-hidden") == "true"
        assert chart.locator("details").get_attribute("open") is None
        chart.locator("summary").click()
        assert chart.locator(".desk-table tbody tr").count() == 24
        assert chart.locator(".desk-table table").is_visible()
    context = browser.new_context(java_script_enabled=False, storage_state=page.context.storage_state())
    plain = context.new_page()
    plain.goto(page.url)
    assert plain.locator(".desk-chart details[open] table").count() == 3
    context.close()


def test_no_page_goes_sideways_and_words_stand_out_light_and_dark(page: Page) -> None:
    overview = page.url
    for path in ("", "?range=30d", "/integrity"):
        page.goto(f"{overview}{path}")
        for width, scheme in product(WIDTHS, SCHEMES):
            page.set_viewport_size({"width": width, "height": 800})
            page.emulate_media(color_scheme=scheme)
            page.wait_for_timeout(50)
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            assert page.evaluate(CONTRAST) == [], (path, width, scheme)
            drawn = page.locator(".chart-drawn canvas")
            assert drawn.count() == (0 if path == "/integrity" else 3)
            for number in range(drawn.count()):
                box = drawn.nth(number).bounding_box()
                assert box is not None
                assert box["x"] + box["width"] <= width
