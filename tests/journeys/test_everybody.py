"""People without scripts, without a mouse, with a screen of their own language."""

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys import steps
from tests.journeys.conftest import PHONE
from tests.journeys.stack import Stack

pytestmark = pytest.mark.browser


def test_without_javascript(stack: Stack, browser: Browser) -> None:
    context = browser.new_context(viewport=PHONE, locale="zh-CN", java_script_enabled=False)
    page = context.new_page()
    steps.ask_portal(page, stack.tax)
    steps.give_password(page, stack.person(21))
    steps.agree(page)
    assert steps.signed_in_at(page, stack.tax)["name"] == stack.person(21).name
    page.click("#sign-out")
    page.wait_for_url(f"{stack.tax}/signed-out*")
    context.close()


def test_by_keyboard_alone(stack: Stack, page: Page) -> None:
    person = stack.person(20)
    assert person.account is not None
    page.goto(stack.tax)
    reach(page, "#sign-in")
    page.keyboard.press("Enter")
    page.wait_for_selector("#number")
    reach(page, "#number")
    page.keyboard.type(person.number.value)
    reach(page, "#password")
    page.keyboard.type(person.account.password)
    page.keyboard.press("Enter")
    page.wait_for_selector("#agree")
    reach(page, "#agree")
    page.keyboard.press("Enter")
    assert steps.signed_in_at(page, stack.tax)["name"] == person.name


def reach(page: Page, selector: str) -> None:
    """Press Tab until the element has the focus, and see that the focus shows."""
    for _key in range(40):
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            shows = page.evaluate(
                "() => { const style = getComputedStyle(document.activeElement);"
                " return style.outlineStyle !== 'none' || style.boxShadow !== 'none'; }"
            )
            assert shows, f"the focus on {selector} cannot be seen"
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{selector} is not reached by keyboard")


@pytest.mark.parametrize(
    ("locale", "words"), [("zh-CN", "登录"), ("zh-TW", "登入"), ("zh-HK", "登入"), ("en-GB", "Sign in")]
)
def test_in_the_language_of_the_browser(stack: Stack, browser: Browser, locale: str, words: str) -> None:
    context = browser.new_context(viewport=PHONE, locale=locale)
    page = context.new_page()
    steps.ask_portal(page, stack.tax)
    expect(page.locator("#sign-in")).to_have_text(words)
    context.close()


def test_the_language_may_be_changed_on_the_way(stack: Stack, page: Page) -> None:
    steps.ask_portal(page, stack.tax)
    page.get_by_role("link", name="English").click()
    expect(page.locator("#sign-in")).to_have_text("Sign in")
    # The sign-in goes on where it was.
    steps.give_password(page, stack.person(23))
    expect(page.locator("#agree")).to_be_visible()
    expect(page.locator("html")).to_have_attribute("lang", "en")


def test_the_back_button_and_a_second_tab_lead_on(stack: Stack, page: Page) -> None:
    person = stack.person(17)
    steps.ask_portal(page, stack.tax)
    page.wait_for_selector("#password")
    address = page.url
    other = page.context.new_page()
    other.goto(address)
    steps.give_password(page, person)
    page.wait_for_selector("#agree")
    page.go_back()
    # Signed in already: the page that is over leads to the one that is next.
    page.wait_for_selector("#agree, #password")
    other.bring_to_front()
    steps.give_password(other, person)
    other.wait_for_selector("#agree")
    steps.agree(other)
    assert steps.signed_in_at(other, stack.tax)["name"] == person.name
    # The first tab's answer has been given: it says so, and leads back to the portal.
    page.goto(address)
    expect(page.locator("#back-to-portal, #account").first).to_be_visible()
