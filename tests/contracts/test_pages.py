"""What holds for every page: a strict policy lets it work, a screen reader can name its parts."""

from collections import Counter
from html.parser import HTMLParser
from pathlib import Path

import pytest
from flask import Flask, render_template

from idp import locales
from idp.locales.catalogues import TAGS
from tests.contracts.sample_pages import PAGES

TEMPLATES = Path(locales.__file__).parents[1] / "templates"
PARTS = {
    "base.html",
    "account/activity_parts.html",
    "account/mandate_parts.html",
    "developer/base.html",
    "developer/doctor/parts.html",
    "developer/fields.html",
    "developer/going_live/parts.html",
    "developer/history/parts.html",
    "developer/keys/parts.html",
    "developer/parts.html",
    "developer/usage/usage_parts.html",
    "macros.html",
    "documentation/base.html",
    "login/parts.html",
    "login/pictures.html",
    "login/reasons.html",
    "security/base.html",
    "security/parts.html",
    "security/event_parts.html",
    "security/live/live_line.html",
    "security/measures/measure_parts.html",
    "security/overview/overview_parts.html",
    "staff/parts.html",
    "window/parts.html",
}
"""Templates that are no page of their own."""


class Page(HTMLParser):
    """The elements of a page with their attributes, in order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))

    def all(self, *tags: str) -> list[dict[str, str]]:
        return [attributes for tag, attributes in self.elements if tag in tags]


@pytest.fixture(scope="module")
def app() -> Flask:
    app = Flask("idp")
    app.config["SANDBOX"] = True
    locales.init_app(app, default_locale="zh-CN")
    app.jinja_env.globals["csrf_token"] = lambda: "token"
    return app


@pytest.fixture(params=PAGES)
def page(request: pytest.FixtureRequest, app: Flask) -> Page:
    template, context = PAGES[request.param]
    with app.test_request_context("/page?interaction=1"):
        return Page(render_template(template, **context))


def test_every_template_has_a_sample() -> None:
    files = {str(file.relative_to(TEMPLATES)) for file in TEMPLATES.rglob("*.html")}
    assert files - PARTS == {template for template, _ in PAGES.values()}


@pytest.mark.parametrize("tag", TAGS)
def test_pages_say_their_language(app: Flask, tag: str) -> None:
    for template, context in PAGES.values():
        with app.test_request_context("/", headers={"Accept-Language": tag}):
            page = Page(render_template(template, **context))
        assert page.all("html") == [{"lang": tag}]


def test_no_inline_script_or_style(page: Page) -> None:
    assert page.all("style") == []
    assert all("src" in script for script in page.all("script"))
    names = {name for _, attributes in page.elements for name in attributes}
    assert "style" not in names
    assert not [name for name in names if name.startswith("on")]


def test_ids_are_unique(page: Page) -> None:
    counted = Counter(attributes["id"] for _, attributes in page.elements if "id" in attributes)
    assert [name for name, count in counted.items() if count > 1] == []


def test_what_is_pointed_at_is_there(page: Page) -> None:
    ids = {attributes["id"] for _, attributes in page.elements if "id" in attributes}
    pointed = {label["for"] for label in page.all("label")}
    for _, attributes in page.elements:
        pointed |= set(attributes.get("aria-describedby", "").split())
    assert pointed <= ids


def test_every_control_has_an_id_and_a_label(page: Page) -> None:
    labelled = {label["for"] for label in page.all("label")}
    for control in page.all("input", "select", "textarea"):
        if control.get("type") != "hidden":
            assert control["id"] in labelled
    assert all(button.get("id") for button in page.all("button"))


def test_every_form_posts_with_its_token_and_gives_it_to_nobody_else(page: Page) -> None:
    """But those that only look something up, whose results are a page like others."""
    looks_up = {"search-form", "reference-form"}
    forms = [form for form in page.all("form") if form["method"] != "get" or form.get("id") not in looks_up]
    ours = [form for form in forms if not (form.get("action") or "").startswith("http")]
    tokens = [control for control in page.all("input") if control.get("name") == "csrf_token"]
    assert all(form["method"] == "post" for form in forms)
    assert len(tokens) == len(ours)


def test_one_heading_says_what_the_page_is(page: Page) -> None:
    assert len(page.all("h1")) == 1


def test_images_have_alternatives_or_none_on_purpose(page: Page) -> None:
    assert all("alt" in image for image in page.all("img"))
