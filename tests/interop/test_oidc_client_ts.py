"""npm's oidc-client-ts in Chromium: a page without a server, which calls us from its own origin."""

import json
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from idp.people.sandbox.population import SandboxPerson
from tests.interop.provider import Registered
from tests.interop.sites import static_page
from tests.journeys import steps
from tests.journeys.stack import Stack

pytestmark = [pytest.mark.interop, pytest.mark.browser]

ANOTHER = 5
"""Somebody of the sandbox who has agreed to nothing yet."""
NO_CHANNEL = "window.BroadcastChannel = class extends EventTarget { postMessage() {} close() {} };"
"""By one this library helps itself where windows are parted; others do not."""

POST_INTO_A_WINDOW = """address => {
  const [action, query] = address.split("?");
  const form = Object.assign(document.createElement("form"), { action, method: "post", target: "beside" });
  for (const [name, value] of new URLSearchParams(query))
    form.append(Object.assign(document.createElement("input"), { name, value }));
  document.body.append(form);
  window.open("about:blank", "beside");
  form.submit();
}"""


def test_a_page_signs_a_person_in_renews_and_signs_out(
    stack: Stack, clients: dict[str, Registered], page: Page, person: SandboxPerson
) -> None:
    client = clients["oidc-client-ts"]
    with static_page.serving(client.port, client.told(stack.issuer)):
        page.goto(client.origin)
        assert _done(page) == {"what": "ready", "user": None}
        page.click("#sign-in")
        steps.give_password(page, person)
        steps.agree(page)
        page.wait_for_url(f"{client.redirect_uri}?*")
        signed_in = _done(page)
        assert signed_in["what"] == "signed in"
        assert signed_in["user"]["profile"]["name"] == person.name
        assert signed_in["user"]["profile"]["iss"] == stack.issuer

        page.click("#renew")
        renewed = _done(page)
        assert renewed["what"] == "renewed"
        assert renewed["user"]["access_token"] != signed_in["user"]["access_token"]
        # RFC 9700 section 4.14.2: a public client gets a new one.
        assert renewed["user"]["refresh_token"] != signed_in["user"]["refresh_token"]
        assert renewed["user"]["profile"]["sub"] == signed_in["user"]["profile"]["sub"]

        page.click("#revoke")
        assert _done(page)["what"] == "revoked"

        # Without a refresh token it tries a hidden frame, where the browser withholds our cookie.
        page.click("#renew")
        page.wait_for_selector("#problem:not(:empty)")
        assert page.inner_text("#problem").startswith("ErrorResponse: The person has to sign in.")

        page.click("#sign-out")
        page.wait_for_url(f"{client.origin}/?state=*")
        assert _done(page) == {"what": "signed out", "user": None}
        # The provider's session has ended, too.
        page.click("#sign-in")
        expect(page.locator("#password")).to_be_visible()


def test_a_popup_signs_a_person_in_and_hands_them_to_the_page_that_opened_it(
    stack: Stack, clients: dict[str, Registered], page: Page
) -> None:
    client, person = clients["oidc-client-ts"], stack.person(ANOTHER)
    page.context.add_init_script(NO_CHANNEL)
    with static_page.serving(client.port, client.told(stack.issuer)):
        page.goto(client.origin)
        assert _done(page) == {"what": "ready", "user": None}
        popup = _popup(page)
        steps.give_password(popup, person)
        popup.wait_for_selector("#agree")
        with popup.expect_event("close"):
            steps.agree(popup)
        signed_in = _done(page)
        assert signed_in["what"] == "signed in"
        assert signed_in["user"]["profile"]["name"] == person.name
        assert urlsplit(page.url).path == "/"

        # Again, and nothing is left to ask: the popup passes through by redirects alone.
        page.reload()
        assert _done(page)["what"] == "ready"
        page.click("#sign-in-popup")
        again = _done(page)
        assert again["what"] == "signed in"
        assert again["user"]["profile"]["sub"] == signed_in["user"]["profile"]["sub"]
        assert again["user"]["access_token"] != signed_in["user"]["access_token"]


def test_saying_no_in_a_popup_is_told_to_the_page_that_opened_it(
    stack: Stack, clients: dict[str, Registered], page: Page
) -> None:
    client = clients["oidc-client-ts"]
    page.context.add_init_script(NO_CHANNEL)
    with static_page.serving(client.port, client.told(stack.issuer)):
        page.goto(client.origin)
        popup = _popup(page)
        with popup.expect_event("close"):
            popup.click("#cancel")
        page.wait_for_selector("#problem:not(:empty)")
        assert page.inner_text("#problem").startswith("ErrorResponse: The person did not agree.")


def test_a_request_that_a_form_posts_into_a_popup_keeps_it(
    stack: Stack, clients: dict[str, Registered], page: Page
) -> None:
    client = clients["oidc-client-ts"]
    with static_page.serving(client.port, client.told(stack.issuer)):
        page.goto(client.origin)
        with page.expect_request("**/oauth2/authorize?*") as asked:
            page.click("#sign-in")
        page.goto(client.origin)
        with page.expect_popup() as opened:
            page.evaluate(POST_INTO_A_WINDOW, f"{asked.value.url}&display=popup")
        opened.value.wait_for_selector("#number")
        assert opened.value.evaluate("window.opener !== null")


@pytest.mark.parametrize("opener", ["of another site", "without display"])
def test_any_other_window_is_parted_from_the_page_that_opened_it(
    stack: Stack, clients: dict[str, Registered], page: Page, opener: str
) -> None:
    """What the pages above would be without it, in the same browser."""
    client = clients["oidc-client-ts"]
    with static_page.serving(client.port, client.told(stack.issuer)):
        page.goto(client.origin)
        if opener == "of another site":
            with page.expect_request("**/oauth2/authorize?*") as asked:
                page.click("#sign-in")
            address = f"{asked.value.url}&display=popup"
            page.goto(client.origin.replace("spa.localhost", "attacker.localhost"))
            with page.expect_popup() as opened:
                page.evaluate("address => void window.open(address)", address)
        else:
            with page.expect_popup() as opened:
                page.evaluate("address => void window.open(address)", f"{stack.issuer}/account")
        opened.value.wait_for_selector("#number")
        assert opened.value.evaluate("window.opener === null")


def _popup(page: Page) -> Page:
    with page.expect_popup() as opened:
        page.click("#sign-in-popup")
    opened.value.wait_for_selector("#number")
    assert opened.value.evaluate("window.opener !== null")
    return opened.value


def _done(page: Page) -> dict[str, Any]:
    page.wait_for_selector("#done:not(:empty), #problem:not(:empty)")
    problem = page.inner_text("#problem")
    assert not problem, problem
    found: dict[str, Any] = json.loads(page.inner_text("#done"))
    return found
