"""What scripts and styles of the documentation do for its readers, at a running provider."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.documentation.conftest import PATIENCE_MILLISECONDS, SNIPPETS
from tests.journeys.stack import Stack

pytestmark = pytest.mark.interop

CLIPBOARD = ["clipboard-read", "clipboard-write"]
NATIVE = "/docs/en/start/native"
LISTENS = """name => {
    const status = document.querySelector("[role=status]");
    const button = document.querySelector(`button[aria-label="Copy ${name}"]`);
    window.heard = [];
    const note = () => window.heard.push([status.textContent, button.textContent]);
    new MutationObserver(note).observe(status, { childList: true });
}"""
TELEPHONE = {"width": 360, "height": 740}


@pytest.fixture
def reader(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport=TELEPHONE, locale="en", permissions=CLIPBOARD)
    context.set_default_timeout(PATIENCE_MILLISECONDS)
    yield context.new_page()
    context.close()


def test_a_block_of_code_is_copied_whole_by_keyboard_and_that_is_heard(stack: Stack, reader: Page) -> None:
    said: list[str] = []
    reader.on("console", lambda message: said.append(message.text))
    reader.goto(f"{stack.issuer}{NATIVE}")
    button = reader.get_by_role("button", name="Copy sign_in.py")
    reader.evaluate(LISTENS, "sign_in.py")
    button.focus()
    reader.keyboard.press("Enter")
    # What was said stands for two seconds, and is noted however slow we are; then it is ready for the next.
    reader.wait_for_function("() => heard.length >= 2")
    assert reader.evaluate("heard") == [["Copied", "Copied"], ["", "Copy"]]
    copied = reader.evaluate("navigator.clipboard.readText()")
    assert copied.strip() == (SNIPPETS / "native/sign_in.py").read_text("utf-8").strip()
    assert said == [], "nothing that the policy of the page forbids was tried"


def test_long_lines_are_reached_by_keyboard_within_their_block(stack: Stack, reader: Page) -> None:
    reader.goto(f"{stack.issuer}{NATIVE}")
    assert reader.evaluate("document.documentElement.scrollWidth") == TELEPHONE["width"]
    block = reader.get_by_role("group", name="sign_in.py")
    assert block.evaluate("one => one.scrollWidth > one.clientWidth")
    block.focus()
    assert block.evaluate("one => one === document.activeElement")
    reader.keyboard.press("ArrowRight")
    reader.wait_for_function("() => document.activeElement.scrollLeft > 0")


def test_without_a_script_pages_are_read_and_searched_all_the_same(stack: Stack, browser: Browser) -> None:
    context = browser.new_context(java_script_enabled=False, locale="zh-CN")
    context.set_default_timeout(PATIENCE_MILLISECONDS)
    page = context.new_page()
    page.goto(f"{stack.issuer}/docs/zh-CN/start/flask")
    assert page.locator("button[data-copy]:visible").count() == 0, "a button that does nothing is not shown"
    page.fill("#q", "登錄 redirect_uri")
    page.press("#q", "Enter")
    page.wait_for_selector("#results mark")
    assert "redirect_uri" in page.locator("#results mark").all_inner_texts()
    page.click("#results a >> nth=0")
    page.wait_for_selector(".docs-article h1")
    page.click("#to-console")
    page.wait_for_selector("#number")
    context.close()
