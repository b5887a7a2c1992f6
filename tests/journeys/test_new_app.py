"""The form of a new app says what is wrong while one types; what was chosen is changed in the settings."""

import pytest
from playwright.sync_api import Page

from tests.journeys import steps
from tests.journeys.looking import fits
from tests.journeys.stack import Stack

pytestmark = pytest.mark.browser

DEVELOPER = 9


def to_the_form(page: Page, stack: Stack) -> None:
    """Of a portal with a server."""
    page.goto(f"{stack.issuer}/developer")
    steps.give_password(page, stack.person(DEVELOPER))
    page.click("#team-1-new")
    fits(page)
    page.click("#kind-portal")
    page.fill("#field-client_name", "我的第一个门户")


def test_an_address_typed_with_a_chinese_keyboard_is_offered_as_it_has_to_be(
    stack: Stack, page: Page
) -> None:
    address = "http://full-width.localhost:5000/callback"
    to_the_form(page, stack)
    page.fill("#field-redirect_uris", address.replace("://", "：／／"))
    offered = page.locator("#field-redirect_uris-problems code")
    assert offered.inner_text() == address
    fits(page)
    page.fill("#field-redirect_uris", address)
    page.wait_for_selector("#field-redirect_uris-problems", state="hidden")
    page.click("#make")
    page.wait_for_selector("#client-id")
    fits(page)


def test_what_was_chosen_is_changed_in_the_settings(stack: Stack, page: Page) -> None:
    to_the_form(page, stack)
    page.fill("#field-redirect_uris", "http://other.localhost:5000/callback")
    page.click("#make")
    page.click("#to-settings")
    fits(page)
    page.fill("#field-contacts", "nobody")
    page.wait_for_selector("#field-contacts-problems >> text=nobody")
    page.fill("#field-contacts", "ops@app.example")
    page.click("#save")
    page.wait_for_selector("#notice")
    assert page.input_value("#field-contacts") == "ops@app.example"
    page.goto(page.url.partition("/settings")[0] + "/scopes")
    fits(page)
    # Why is asked of what is asked for, and of nothing else.
    assert not page.is_visible("#reason-phone")
    page.check("#ask-phone")
    page.wait_for_selector("#reason-phone-problems li.field-remark")
    page.fill("#reason-phone", "<b>材料不齐时通知本人。")
    page.wait_for_selector("#reason-phone-problems li.field-error")
    fits(page)
    page.fill("#reason-phone", "材料不齐时通知本人。")
    page.wait_for_selector("#reason-phone-problems", state="hidden")
    # Each claim by itself, which together say why of the scope.
    page.check("#ask-profile")
    page.click("#apart-profile summary")
    for claim in ("name", "birthdate", "gender"):
        page.fill(f"#reason-profile-{claim}", "核对申请人。")
    page.wait_for_selector("#reason-profile-problems", state="hidden")
    page.click("#save")
    page.wait_for_selector("#notice")
    assert page.input_value("#reason-phone") == "材料不齐时通知本人。"
