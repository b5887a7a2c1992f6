"""The consent page in a real browser: whatever a client and its request say can be read, on a phone too."""

from collections.abc import Iterator
from threading import Thread
from typing import Any

import pytest
from flask import Flask, render_template
from playwright.sync_api import Browser
from werkzeug.serving import WSGIRequestHandler, make_server

from idp import headers, locales, static_files
from idp.oidc.details.reading import read
from idp.oidc.details.words import described
from tests.contracts.sample_pages import ITEMS, LONG_NAME
from tests.idp.oidc.details.asked import FEE, RECORD, SIGNATURE, TYPES, text

pytestmark = pytest.mark.browser

UNBROKEN = "Government-Services-Platform-Without-A-Single-Blank-Anywhere-In-Its-Very-Long-Name" + "a" * 40
DETAILS = text(
    FEE | {"payee": "X" * 60, "fee": "ئۇيغۇر ئاپتونوم رايونى"},
    RECORD | {"datatypes": ["pension", "medical", "unemployment", "injury", "maternity"]},
    SIGNATURE | {"title": "y" * 120, "role": "applicant"},
)
PLAIN: dict[str, Any] = {
    "client_name": LONG_NAME,
    "organisation": LONG_NAME,
    "portal_host": "a" * 63 + "." + "b" * 63 + ".example",
    "purpose": LONG_NAME * 3,
    "days": 180,
    "items": ITEMS,
    "links": [
        {"title": "Privacy notice", "url": "https://a.example/", "host": "c" * 63 + ".example"},
        {"title": "Website", "url": "https://a.example/", "host": "a.example"},
    ],
    "cancel_url": "/cancel",
}
FULL = PLAIN | {
    "client_name": UNBROKEN,
    "organisation": UNBROKEN,
    "stated_purpose": "Z" * 300,
    "places": [LONG_NAME, UNBROKEN, "urn:" + "q" * 200],
    "logo_url": "/static/img/mark.svg",
    "items": [{**item, "name": f"{item['name']}{n}"} for n in range(8) for item in ITEMS],
}
TOO_WIDE = """() => [...document.querySelectorAll("body *")]
  .filter((element) => element.getBoundingClientRect().right > document.documentElement.clientWidth + 1)
  .filter((element) => !element.classList.contains("skip"))
  .map((element) => `${element.tagName}.${element.className}`)"""


class Quiet(WSGIRequestHandler):
    def log(self, *_args: object) -> None:
        """Nothing."""


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    app = Flask("idp")
    headers.init_app(app, hsts=False)
    static_files.init_app(app)
    locales.init_app(app, default_locale="zh-CN")
    app.jinja_env.globals["csrf_token"] = lambda: "token"

    @app.get("/<kind>")
    def consent(kind: str) -> str:
        details = [described(one, locales.current_locale()) for one in read(DETAILS, TYPES, TYPES.keys())]
        context = FULL | {"details": details} if kind == "full" else PLAIN
        return render_template("oidc/consent.html", **context)

    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=Quiet)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize("width", [320, 390, 1280])
@pytest.mark.parametrize(("kind", "locale"), [("plain", "zh-CN"), ("full", "zh-CN"), ("full", "en-US")])
def test_nothing_runs_out_of_the_page(
    browser: Browser, address: str, kind: str, locale: str, width: int
) -> None:
    context = browser.new_context(viewport={"width": width, "height": 800}, locale=locale)
    page = context.new_page()
    page.goto(f"{address}/{kind}")
    assert page.evaluate(TOO_WIDE) == []
    agree, refuse = page.locator("#agree").bounding_box(), page.locator("#refuse").bounding_box()
    assert agree is not None
    assert refuse is not None
    # As easy to refuse as to agree.
    assert (agree["width"], agree["height"]) == (refuse["width"], refuse["height"])
    assert agree["height"] >= 44
    context.close()


def test_a_right_to_left_value_turns_nothing_around_it(browser: Browser, address: str) -> None:
    """The amount stands after the payee on the page, as it does in the sentence."""
    context = browser.new_context(viewport={"width": 1280, "height": 800}, locale="en-US")
    page = context.new_page()
    page.goto(f"{address}/full")
    values = page.locator(".detail").first.locator(".sentence .said")
    assert values.all_inner_texts()[:2] == ["123.50 CNY (Chinese Yuan)", "X" * 60]
    sentence = page.locator(".detail").first.locator(".sentence")
    assert sentence.evaluate("element => getComputedStyle(element).direction") == "ltr"
    turned = values.nth(2)
    assert turned.evaluate("element => getComputedStyle(element).unicodeBidi") == "isolate"
    assert turned.evaluate("element => getComputedStyle(element).direction") == "rtl"
    context.close()
