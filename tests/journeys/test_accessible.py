"""Every page with axe-core in a real browser: each of its states, on a light desktop and a dark telephone.

The pages are the samples of `tests/contracts`, one for each template and state, in Chinese: of the desk, the
account, signing in, consent, windows and staff. So those are looked at, too, that take an attack to come to.
"""

from collections.abc import Iterator
from mimetypes import guess_type
from pathlib import Path
from typing import Any, Final, Literal
from urllib.parse import urlsplit

import pytest
from flask import Flask, render_template
from playwright.sync_api import Browser, Page, Route, ViewportSize

from idp import locales
from tests.contracts.sample_pages import PAGES
from tests.journeys.looking import fits

pytestmark = pytest.mark.browser

ROOT: Final = Path(__file__).resolve().parents[2]
AXE: Final = ROOT / "node_modules/axe-core/axe.min.js"
STATIC: Final = ROOT / "idp/static"
ORIGIN: Final = "http://pages.localhost"
LOOKS: Final[dict[str, tuple[Literal["light", "dark"], ViewportSize]]] = {
    "desktop, light": ("light", {"width": 1280, "height": 900}),
    "telephone, dark": ("dark", {"width": 360, "height": 780}),
}
EVERYTHING: Final = {
    "type": "tag",
    "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
}
"""WCAG 2.2 AA, and what axe-core takes for good practice. No rule is off."""
OF_LOOKS: Final = {
    "type": "rule",
    "values": ["color-contrast", "target-size", "scrollable-region-focusable", "link-in-text-block"],
}
"""What the size and the colours may change; all else is the same."""
LEAVING: Final = frozenset({"form-post.js", "logout.js"})
"""Scripts that leave their page at once: it is looked at as it is without them."""


@pytest.fixture(scope="module")
def app() -> Flask:
    app = Flask("idp", root_path=str(ROOT / "idp"))
    app.config["SANDBOX"] = True
    locales.init_app(app, default_locale="zh-CN")
    app.jinja_env.globals["csrf_token"] = lambda: "token"
    return app


@pytest.fixture(scope="module", params=LOOKS)
def look(
    request: pytest.FixtureRequest, browser: Browser, app: Flask
) -> Iterator[tuple[Page, dict[str, Any]]]:
    """A browser before the sample pages, and what axe-core is to try there."""
    scheme, size = LOOKS[request.param]
    context = browser.new_context(viewport=size, color_scheme=scheme, locale="zh-CN")
    names = list(PAGES)

    def answer(route: Route) -> None:
        path = urlsplit(route.request.url).path
        kind, _, last = path.removeprefix("/").partition("/")
        if kind == "static" and (STATIC / last).name not in LEAVING:
            route.fulfill(path=STATIC / last, content_type=guess_type(last)[0] or "text/plain")
        elif kind == "sample":
            template, shown = PAGES[names[int(last)]]
            with app.test_request_context(path, headers={"Accept-Language": "zh-CN"}):
                route.fulfill(
                    body=render_template(template, **shown), content_type="text/html; charset=utf-8"
                )
        else:
            route.fulfill(status=404, body="")

    context.route("**/*", answer)
    yield context.new_page(), EVERYTHING if scheme == "light" else OF_LOOKS
    context.close()


@pytest.mark.parametrize("name", PAGES)
def test_nobody_is_kept_out(look: tuple[Page, dict[str, Any]], name: str) -> None:
    page, only = look
    page.goto(f"{ORIGIN}/sample/{list(PAGES).index(name)}")
    page.add_script_tag(path=AXE)
    found = page.evaluate("only => axe.run({ runOnly: only, resultTypes: ['violations'] })", only)
    said = [
        f"{one['id']} ({one['impact']}): {one['help']}: {node['html'][:200]}: {node['failureSummary']}"
        for one in found["violations"]
        for node in one["nodes"]
    ]
    assert not said, "\n".join(said)
    fits(page)
