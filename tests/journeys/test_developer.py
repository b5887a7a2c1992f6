"""Two colleagues at the developers' console: one lets the other in; an app is made, stopped and deleted."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.journeys import steps
from tests.journeys.looking import fits, unfold
from tests.journeys.stack import Stack

pytestmark = pytest.mark.browser

OWNER, COLLEAGUE = 26, 27


@pytest.fixture
def colleague(browser: Browser) -> Iterator[Page]:
    """At a telephone of their own."""
    context = browser.new_context(viewport={"width": 360, "height": 780}, color_scheme="dark", locale="zh-CN")
    yield context.new_page()
    context.close()


def test_colleagues_share_an_app_by_a_code_that_was_handed_over(
    stack: Stack, page: Page, colleague: Page
) -> None:
    page.goto(f"{stack.issuer}/developer")
    steps.give_password(page, stack.person(OWNER))
    assert page.is_visible("#empty")
    assert page.is_visible("#shared-person")
    fits(page)
    page.click("#team-1-new")
    page.click("#kind-single-page")
    page.fill("#field-client_name", "两个人的应用")
    page.fill("#field-redirect_uris", "http://shared.localhost:5001/callback")
    page.click("#make")
    page.click("#to-overview")
    app = page.url
    fits(page)

    page.click("#app-team")
    page.check("#role-developer")
    page.click("#invite")
    code = page.inner_text("#code")
    fits(page)

    colleague.goto(f"{stack.issuer}/developer/join")
    steps.give_password(colleague, stack.person(COLLEAGUE))
    fits(colleague)
    colleague.fill("#code", code)
    colleague.click("#join")
    assert stack.person(OWNER).name in colleague.inner_text("#members")
    fits(colleague)
    colleague.goto(app)
    fits(colleague)
    assert colleague.locator("#delete").count() == 0
    colleague.click("#pause")
    assert colleague.is_visible("#app-stopped")
    fits(colleague)

    page.goto(app)
    page.click("#resume")
    assert page.locator("#app-stopped").count() == 0
    page.click("#app-team")
    page.click("#member-2-remove")
    colleague.reload()
    assert colleague.locator("#app-head").count() == 0, "they are in the team no more"

    page.goto(app)
    page.click("#delete")
    fits(page)
    page.fill("#confirm", page.inner_text("#to-type"))
    page.click("#delete-now")
    assert page.is_visible("#empty")


def test_a_program_registers_an_app_of_the_team(stack: Stack, page: Page) -> None:
    page.goto(f"{stack.issuer}/developer")
    steps.give_password(page, stack.person(OWNER))
    unfold(page, "#console-sections")
    page.click("#console-sections a[href='/developer/tokens']")
    fits(page)
    page.fill("#uses", "2")
    page.click("#make")
    token = page.inner_text("#token")
    fits(page)
    answer = page.request.post(
        f"{stack.issuer}/oauth2/register",
        headers={"Authorization": f"Bearer {token}"},
        data={"client_name": "流水线", "redirect_uris": ["http://branch.localhost:5002/callback"]},
    )
    assert answer.status == 201, answer.text()
    page.goto(f"{stack.issuer}/developer")
    assert answer.json()["client_id"] in page.inner_text("#team-1-apps")
