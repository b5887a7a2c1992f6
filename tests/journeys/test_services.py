"""From one's account to a portal that one signed in to before (OpenID Connect Core 1.0 section 4)."""

import pytest
from playwright.sync_api import BrowserContext, Page

from tests.journeys import steps
from tests.journeys.stack import Stack

pytestmark = pytest.mark.browser


def test_the_list_of_services_leads_to_a_sign_in_there(
    stack: Stack, context: BrowserContext, page: Page
) -> None:
    steps.ask_portal(page, stack.tax)
    steps.give_password(page, stack.person(14))
    page.wait_for_url(lambda url: "/consent" in url or url.startswith(stack.tax))
    if "/consent" in page.url:
        steps.agree(page)
    known = steps.signed_in_at(page, stack.tax)
    # The portal has forgotten the browser; the provider has not.
    context.clear_cookies(domain="tax.localhost")
    page.goto(f"{stack.tax}/me")
    assert page.url.rstrip("/") == stack.tax
    page.goto(f"{stack.issuer}/account")
    page.get_by_role("link", name="打开云岭市税务服务平台").click()
    assert steps.signed_in_at(page, stack.tax) == known
