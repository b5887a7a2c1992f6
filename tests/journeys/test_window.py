"""A service window as two real browsers: the device in front of a citizen, and the clerk's own."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from idp.people.sandbox.population import SandboxPerson
from tests.journeys import steps
from tests.journeys.looking import fits
from tests.journeys.stack import Stack
from tests.journeys.staff import activate, add_staff

pytestmark = pytest.mark.browser
DESK = {"width": 1280, "height": 800}
HELPED = 17
"""The person of the sandbox who comes to the window in these journeys."""


@dataclass
class Clerk:
    staff_number: str
    page: Page


@pytest.fixture(scope="module")
def codes(stack: Stack) -> dict[str, str]:
    """Activation codes of the clerks there are, each for one test."""
    return {
        f"C-{serial}": add_staff(stack, f"C-{serial}", "clerk", serial=serial, window="3")
        for serial in range(29, 37)
    }


@pytest.fixture
def clerk_context(context: BrowserContext) -> Iterator[BrowserContext]:
    browser = context.browser
    assert browser is not None
    found = browser.new_context(viewport=DESK, locale="zh-CN")
    found.set_default_timeout(15_000)
    yield found
    found.close()


@pytest.fixture
def clerk(stack: Stack, clerk_context: BrowserContext, codes: dict[str, str]) -> Clerk:
    staff_number = next(iter(codes))
    page = clerk_context.new_page()
    page.on("pageerror", lambda problem: pytest.fail(f"script error: {problem}"))
    activate(page, stack, staff_number, codes.pop(staff_number))
    page.click("#to-window")
    return Clerk(staff_number, page)


def show_code(page: Page, stack: Stack) -> str:
    steps.ask_portal(page, stack.hall)
    page.click("#way-window")
    page.click("#new-code")
    return page.locator("#window-code").inner_text()


def name(page: Page, person: SandboxPerson, *, by: str = "#checked-card") -> None:
    page.fill("#number", person.number.value)
    page.fill("#name", person.name)
    page.check(by)
    page.check("#seen")
    page.click("#offer")


def test_by_card(page: Page, clerk: Clerk, stack: Stack) -> None:
    """From the device's code to the portal; both pages go on by themselves."""
    person = stack.person(HELPED)
    code = show_code(page, stack)
    fits(page)
    clerk.page.fill("#code", code)
    clerk.page.keyboard.press("Enter")
    expect(clerk.page.locator("#service")).to_contain_text("云岭")
    expect(clerk.page.locator("#level")).to_have_attribute("data-level", "3")
    fits(clerk.page)
    expect(page.locator("#taken")).to_contain_text(clerk.staff_number)
    name(clerk.page, person)
    expect(clerk.page.locator("#waiting-for")).to_contain_text(person.name[-1])
    assert person.name not in clerk.page.content()
    expect(page.locator("#offer")).to_contain_text(clerk.staff_number)
    expect(page.locator("#offer-clerk")).to_contain_text("3 号窗口")
    fits(page)
    page.click("#confirm")
    steps.agree(page)
    assert steps.signed_in_at(page, stack.hall)["level"] == "3"
    expect(clerk.page.locator("#done")).to_contain_text("已登录")
    if person.phone is not None:
        assert clerk.staff_number in steps.newest_message(page, stack, person.phone)


def test_the_person_says_no(page: Page, clerk: Clerk, stack: Stack) -> None:
    clerk.page.fill("#code", show_code(page, stack))
    clerk.page.click("#go-on")
    name(clerk.page, stack.person(HELPED))
    page.click("#refuse")
    expect(page.locator("#over")).to_contain_text("已停止")
    expect(clerk.page.locator("#done")).to_contain_text("已拒绝")
    clerk.page.click("#next")
    clerk.page.fill("#code", "12345678")
    clerk.page.click("#go-on")
    expect(clerk.page.locator("#code-error")).to_be_visible()


def test_a_clerk_disabled_in_the_middle(page: Page, clerk: Clerk, stack: Stack) -> None:
    clerk.page.fill("#code", show_code(page, stack))
    clerk.page.click("#go-on")
    name(clerk.page, stack.person(HELPED))
    expect(page.locator("#answer-form")).to_be_visible()
    stack.command("staff", "disable", clerk.staff_number)
    page.click("#confirm")
    expect(page.locator("#over")).to_contain_text("已结束")
    clerk.page.reload()
    expect(clerk.page.locator("#staff-form")).to_be_visible()


def test_two_clerks_want_one_code(
    page: Page, clerk: Clerk, clerk_context: BrowserContext, stack: Stack, codes: dict[str, str]
) -> None:
    browser = clerk_context.browser
    assert browser is not None
    elsewhere = browser.new_context(viewport=DESK, locale="en")
    staff_number = next(iter(codes))
    other = elsewhere.new_page()
    activate(other, stack, staff_number, codes.pop(staff_number))
    other.click("#to-window")
    code = show_code(page, stack)
    for one in (clerk.page, other):
        one.fill("#code", code)
    clerk.page.click("#go-on")
    other.click("#go-on")
    expect(clerk.page.locator("#person-form")).to_be_visible()
    expect(other.locator("#code-error")).to_be_visible()
    elsewhere.close()


@pytest.mark.parametrize("width", [360, 1280])
def test_the_pages_fit_and_are_used_by_keys_alone(
    page: Page, clerk_context: BrowserContext, stack: Stack, codes: dict[str, str], width: int
) -> None:
    """Nothing sticks out to the side, and every page of the clerk's can be gone through without a mouse."""
    staff_number = next(iter(codes))
    clerk = clerk_context.new_page()
    clerk.set_viewport_size({"width": width, "height": 800})
    for path in ("/staff/login", "/staff/activate"):
        clerk.goto(f"{stack.issuer}{path}")
        fits(clerk)
    activate(clerk, stack, staff_number, codes.pop(staff_number))
    fits(clerk)
    clerk.goto(f"{stack.issuer}/window/activation")
    fits(clerk)
    clerk.focus("#number")
    clerk.keyboard.type(stack.person(HELPED).number.value)
    clerk.keyboard.press("Tab")
    clerk.keyboard.press("Space")
    clerk.keyboard.press("Enter")
    expect(clerk.locator("#activation-code")).to_be_visible()
    fits(clerk)
    clerk.goto(f"{stack.issuer}/window")
    clerk.focus("#code")
    clerk.keyboard.type(show_code(page, stack))
    clerk.keyboard.press("Enter")
    expect(clerk.locator("#person-form")).to_be_visible()
    fits(clerk)
    clerk.focus("#number")
    person = stack.person(HELPED)
    for text in (person.number.value, person.name):
        clerk.keyboard.insert_text(text)
        clerk.keyboard.press("Tab")
    clerk.keyboard.press("Space")  # the first choice
    clerk.keyboard.press("Tab")
    clerk.keyboard.press("Space")
    clerk.keyboard.press("Enter")
    expect(clerk.locator("#waiting-for")).to_be_visible()
    fits(clerk)


def test_a_passkey_alone_lets_staff_in(
    clerk_context: BrowserContext, stack: Stack, codes: dict[str, str]
) -> None:
    staff_number = next(iter(codes))
    page = clerk_context.new_page()
    steps.add_authenticator(page)
    page.goto(f"{stack.issuer}/staff/activate")
    page.fill("#staff-number", staff_number)
    page.fill("#code", codes.pop(staff_number))
    page.click("#continue")
    page.click("#passkey-add")
    expect(page.locator("#staff-bar")).to_contain_text(staff_number)
    page.click("#staff-sign-out")
    page.click("#way-passkey")
    expect(page.locator("#staff-bar")).to_contain_text(staff_number)
    page.click("#to-window")
    expect(page.locator("#window-form")).to_be_visible()
