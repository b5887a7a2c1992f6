"""A company's agent: appointed on its pages, let in to one matter at a portal, and out when it is over."""

import time
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
ORGANISATIONS = "/account/organisations"
COMPANY = "个转企示例食品有限公司"
CODE = "92000000YT00001933"
"""Its legal representative is the sandbox's person 30."""
SIGNED_OUT_WITHIN_SECONDS = 15


@pytest.fixture
def desk(browser: Browser) -> Iterator[Page]:
    """The representative's: a large screen, English, and no script runs."""
    context = browser.new_context(
        viewport={"width": 1280, "height": 900}, locale="en-GB", java_script_enabled=False
    )
    context.set_default_timeout(15_000)
    yield context.new_page()
    context.close()


def appoint(desk: Page, stack: Stack, representative: SandboxPerson, agent: SandboxPerson) -> None:
    """From nothing: the company becomes known, and somebody is invited for one matter."""
    desk.goto(stack.issuer + ORGANISATIONS)
    steps.give_password(desk, representative)
    desk.fill("#code", CODE.lower())
    desk.click("#add")
    expect(desk.locator("h1")).to_have_text(COMPANY)
    desk.click("#invite-agent")
    desk.fill("#name", agent.name)
    desk.fill("#number", agent.number.value)
    desk.check("#matter-tax_filing")
    desk.fill("#until", str(directory.day_in_china(datetime.now(UTC)) + timedelta(days=60)))
    desk.click("#send")
    expect(desk.locator("#offered-1")).to_contain_text(agent.name)


def accept(page: Page, stack: Stack, agent: SandboxPerson) -> None:
    page.goto(f"{stack.issuer}/account/mandates")
    steps.give_password(page, agent)
    page.click("#invitation-1-open")
    expect(page.locator("h1")).to_contain_text(COMPANY)
    fits(page)
    page.click("#accept")
    expect(page.locator("#received-1")).to_contain_text(COMPANY)


def test_an_agent_files_for_a_company_until_it_ends_their_mandate(
    stack: Stack, desk: Page, page: Page
) -> None:
    representative, agent = stack.person(30), stack.person(36)
    appoint(desk, stack, representative, agent)
    accept(page, stack, agent)

    page.goto(stack.tax)
    fits(page)
    page.click("#service-vat")
    page.locator("#options li", has_text=COMPANY).get_by_role("radio").check()
    fits(page)
    page.click("#choose")
    expect(page.locator("main")).to_contain_text(COMPANY)
    steps.agree(page)
    page.wait_for_url(f"{stack.tax}/services/vat")
    expect(page.locator("#acting")).to_have_text(COMPANY)
    expect(page.locator("#code")).to_have_text(CODE)
    fits(page)

    for service, why in (("supply", "not_covered"), ("officers", "not_for_agents")):
        page.goto(f"{stack.tax}/services/{service}")
        expect(page.locator("#message")).to_have_attribute("data-kind", why)
    page.goto(f"{stack.tax}/services/records")
    expect(page.locator("#message")).to_have_attribute("data-kind", "for_yourself")

    desk.goto(stack.issuer + ORGANISATIONS)
    desk.click("#organisation-1-open")
    desk.click("#history")
    expect(desk.locator("#uses")).to_contain_text(agent.name)
    desk.click("#organisation")
    desk.click("#member-2-open")
    desk.click("#end")
    expect(desk.locator("#members")).not_to_contain_text(agent.name)

    end = time.monotonic() + SIGNED_OUT_WITHIN_SECONDS
    while time.monotonic() < end:
        page.goto(f"{stack.tax}/me")
        if page.url == f"{stack.tax}/":
            break
        page.wait_for_timeout(200)
    expect(page).to_have_url(f"{stack.tax}/")


def test_who_represents_a_company_uses_the_whole_hall_and_changes_back_to_themselves(
    stack: Stack, desk: Page, page: Page
) -> None:
    representative = stack.person(30)
    page.goto(stack.issuer + ORGANISATIONS)
    steps.give_password(page, representative)
    if page.locator("#no-organisations").count():
        page.fill("#code", CODE)
        page.click("#add")
    fits(page)
    page.goto(f"{stack.tax}/services/officers")
    page.locator("#options li", has_text=COMPANY).get_by_role("radio").check()
    page.click("#choose")
    steps.agree(page)
    page.wait_for_url(f"{stack.tax}/services/officers")
    for service in ("vat", "supply"):
        page.goto(f"{stack.tax}/services/{service}")
        expect(page.locator("#acting")).to_have_text(COMPANY)

    page.goto(f"{stack.tax}/services/records")
    expect(page.locator("#message")).to_have_attribute("data-kind", "for_yourself")
    page.click("#choose")
    page.locator("#options li").first.get_by_role("radio").check()
    page.click("#choose")
    page.wait_for_url(f"{stack.tax}/services/records")
    expect(page.locator("#acting")).to_have_count(0)
