"""npm's oidc-client-ts in Chromium: a page without a server, which calls us from its own origin."""

import json
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from idp.people.sandbox.population import SandboxPerson
from tests.interop.provider import Registered
from tests.interop.sites import static_page
from tests.journeys import steps
from tests.journeys.stack import Stack

pytestmark = [pytest.mark.interop, pytest.mark.browser]


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


def _done(page: Page) -> dict[str, Any]:
    page.wait_for_selector("#done:not(:empty), #problem:not(:empty)")
    problem = page.inner_text("#problem")
    assert not problem, problem
    found: dict[str, Any] = json.loads(page.inner_text("#done"))
    return found
