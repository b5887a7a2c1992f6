"""One person asks another to act for them: at a desk without scripts, and on a telephone."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Browser, Page, expect

from idp.people import directory
from idp.people.sandbox.population import SandboxPerson
from tests.journeys import steps
from tests.journeys.looking import fits
from tests.journeys.stack import Stack

pytestmark = pytest.mark.browser
MANDATES = "/account/mandates"


@pytest.fixture
def desk(browser: Browser) -> Iterator[Page]:
    """A large screen, English, and no script runs."""
    context = browser.new_context(
        viewport={"width": 1280, "height": 900}, locale="en-GB", java_script_enabled=False
    )
    context.set_default_timeout(15_000)
    yield context.new_page()
    context.close()


def enter(page: Page, stack: Stack, person: SandboxPerson) -> None:
    page.goto(stack.issuer + MANDATES)
    steps.give_password(page, person)
    page.wait_for_url(f"{stack.issuer}{MANDATES}")


def show_presence(page: Page, stack: Stack, person: SandboxPerson) -> None:
    """By a code that a clerk has just given."""
    page.click("#way-activation")
    code = stack.command("people", "activation-code", typed=f"{person.number.value}\n").splitlines()[-1]
    page.fill("#code", code)
    page.click("#continue")


def ask(desk: Page, stack: Stack, principal: SandboxPerson, relative: SandboxPerson) -> None:
    """From the list, over the proof where it is due, to the list."""
    desk.click("#invite")
    if "/login/presence" in desk.url:
        show_presence(desk, stack, principal)
    desk.fill("#name", relative.name)
    desk.fill("#number", relative.number.value)
    desk.check("#matter-pension")
    desk.check("#matter-medical_insurance")
    desk.fill("#until", str(directory.day_in_china(datetime.now(UTC)) + timedelta(days=60)))
    desk.click("#send")
    expect(desk.locator("#offered-1")).to_contain_text(relative.name)


def test_asked_refused_asked_again_accepted_and_ended(stack: Stack, desk: Page, page: Page) -> None:
    principal, relative = stack.person(30), stack.person(36)
    enter(desk, stack, principal)
    expect(desk.locator("#no-given")).to_be_visible()
    ask(desk, stack, principal, relative)

    enter(page, stack, relative)
    fits(page)
    page.click("#invitation-1-open")
    expect(page.locator("h1")).to_contain_text(principal.name)
    expect(page.locator("#matters")).to_contain_text("养老保险待遇")
    fits(page)
    page.click("#refuse")
    expect(page.locator("#notice")).to_contain_text("您没有接受邀请")

    desk.goto(stack.issuer + MANDATES)
    expect(desk.locator("#offered-1")).to_have_count(0)
    ask(desk, stack, principal, relative)
    page.goto(stack.issuer + MANDATES)
    page.click("#invitation-1-open")
    expect(page.locator("#needs-proof")).to_be_visible()
    page.click("#accept")
    show_presence(page, stack, relative)
    page.click("#accept")
    expect(page.locator("#received-1")).to_contain_text(principal.name)
    fits(page)
    page.click("#received-1-open")
    expect(page.locator("#no-uses")).to_be_visible()
    fits(page)

    desk.goto(stack.issuer + MANDATES)
    desk.click("#given-1-open")
    expect(desk.locator("#matters")).to_contain_text("Pension")
    desk.click("#end")
    expect(desk.locator("#ended")).to_contain_text("Whoever was acted for ended it.")
    page.goto(stack.issuer + MANDATES)
    expect(page.locator("#no-received")).to_be_visible()
    expect(page.locator("#ended")).to_contain_text("委托人已终止代办")


def test_a_father_adds_his_child_whose_name_is_long(stack: Stack, page: Page) -> None:
    father, child = stack.person(26), stack.person(38)
    enter(page, stack, father)
    page.click("#wards")
    page.click("#add")
    show_presence(page, stack, father)
    page.fill("#name", child.name)
    page.fill("#number", child.number.value)
    page.click("#add-ward")
    received = page.locator("#received-1")
    expect(received).to_contain_text(child.name)
    expect(received).to_contain_text("监护人")
    fits(page)
    page.click("#received-1-open")
    # Until the last day of its childhood.
    year = child.number.birth_date.year + 14
    expect(page.locator("#term")).to_contain_text(re.compile(f"{year - 1}年12月31日"))
    expect(page.locator("#not-yours")).to_be_visible()
    fits(page)
