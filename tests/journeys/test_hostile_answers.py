"""The sample portal meets every hostile answer of the sandbox, over the wire, and signs nobody in by one."""

import json
import time
from collections.abc import Iterator
from typing import Any
from urllib.request import Request, urlopen

import pytest
from playwright.sync_api import Page, expect

from idp.commands.opening import opened
from idp.sandbox.outcomes.app_tokens import AppTokens
from idp.sandbox.outcomes.catalogue import CATALOGUE, Correct, Place
from tests.journeys import steps
from tests.journeys.stack import Stack

pytestmark = pytest.mark.browser

CLIENT = "tax"
PASSWORD = "eleven calm herons"
HOSTILE = [
    one.name
    for one in CATALOGUE
    if one.place in {Place.ENDING, Place.REDIRECT, Place.TOKEN, Place.ID_TOKEN, Place.USERINFO}
    and one.correct is not Correct.SIGNS_IN
]
FAIR = [one.name for one in CATALOGUE if one.place is Place.ID_TOKEN and one.correct is Correct.SIGNS_IN]
LOGOUTS = [one.name for one in CATALOGUE if one.correct is Correct.REFUSES_LOGOUT]
TOLD_WITHIN_SECONDS = 60
NOT_ASKED = {"id_token_wrong_acr", "id_token_wrong_auth_req_id"}
"""The first page of the tax service asks for no level: there is none that would be too low. Nor does it ask
by the back channel: none of its tokens answers such a request."""


class Outcomes:
    """As a program chooses them, with a test token."""

    def __init__(self, stack: Stack) -> None:
        self.address = f"{stack.issuer}/sandbox/apps/{CLIENT}/outcomes"
        with opened(stack.environment) as found:
            tokens = AppTokens(found.store, found.clock)
            self.token, made = tokens.make(CLIENT, "journeys")
        self.place = made.place

    def ask(self, method: str, said: object = None) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        body = None if said is None else json.dumps(said).encode()
        request = Request(self.address, body, headers, method=method)
        with urlopen(request, timeout=10) as answer:
            found: dict[str, Any] = json.loads(answer.read() or b"{}")
        return found

    def told(self) -> dict[str, Any]:
        """What the portal answered to a logout token, which the worker sends."""
        end = time.monotonic() + TOLD_WITHIN_SECONDS
        while not (logouts := self.ask("GET")["logouts"]):
            assert time.monotonic() < end, "nothing was sent"
            time.sleep(0.2)
        found: dict[str, Any] = logouts[-1]
        return found


@pytest.fixture
def outcomes(stack: Stack) -> Iterator[Outcomes]:
    found = Outcomes(stack)
    yield found
    found.ask("DELETE")
    with opened(stack.environment) as services:
        AppTokens(services.store, services.clock).withdraw(CLIENT, found.place)


def own_person(page: Page, stack: Stack) -> str:
    """Drawn for this browser; the number."""
    page.goto(f"{stack.issuer}/sandbox/people/own")
    page.fill("#password", PASSWORD)
    page.fill("#password-again", PASSWORD)
    page.click("#make")
    return page.inner_text("#made-number")


def sign_in(page: Page, stack: Stack, number: str) -> None:
    steps.ask_portal(page, stack.tax)
    page.fill("#number", number)
    page.fill("#password", PASSWORD)
    page.click("#password-form button[type=submit]")
    page.wait_for_selector("#agree, #service-title, #level")
    if page.locator("#agree").count():
        steps.agree(page)
    steps.signed_in_at(page, stack.tax)


def test_the_sample_portal_is_taken_in_by_no_hostile_answer(
    stack: Stack, page: Page, outcomes: Outcomes
) -> None:
    number = own_person(page, stack)
    sign_in(page, stack, number)
    taken_in = []
    for outcome in HOSTILE:
        page.context.clear_cookies(domain="tax.localhost")
        outcomes.ask("PUT", {"outcomes": [outcome]})
        steps.ask_portal(page, stack.tax)
        page.wait_for_url(f"{stack.tax}/**")
        page.goto(f"{stack.tax}/me")
        (run,) = outcomes.ask("GET")["runs"]
        if (page.url == f"{stack.tax}/me" or run["fault_seen"]) and outcome not in NOT_ASKED:
            taken_in.append((outcome, page.url, run))
    assert taken_in == []

    for outcome in FAIR:
        page.context.clear_cookies(domain="tax.localhost")
        outcomes.ask("PUT", {"outcomes": [outcome]})
        steps.ask_portal(page, stack.tax)
        steps.signed_in_at(page, stack.tax)

    # And the next one is an ordinary one: nothing of all this stays.
    outcomes.ask("DELETE")
    page.context.clear_cookies(domain="tax.localhost")
    steps.ask_portal(page, stack.tax)
    steps.signed_in_at(page, stack.tax)


def test_the_sample_portal_ends_nothing_by_a_hostile_logout_token(
    stack: Stack, page: Page, outcomes: Outcomes
) -> None:
    number = own_person(page, stack)
    # One that is right, for the outcome that sends it once more.
    sign_in(page, stack, number)
    page.goto(f"{stack.issuer}/account")
    page.click("#sign-out")
    end = time.monotonic() + TOLD_WITHIN_SECONDS
    while page.goto(f"{stack.tax}/me") and page.url == f"{stack.tax}/me":
        assert time.monotonic() < end, "the portal was not told"
        page.wait_for_timeout(200)
    for outcome in LOGOUTS:
        page.context.clear_cookies(domain="tax.localhost")
        sign_in(page, stack, number)
        outcomes.ask("PUT", {"outcomes": [outcome]})
        page.goto(f"{stack.issuer}/account")
        page.click("#sign-out")
        page.wait_for_load_state()
        told = outcomes.told()
        assert (told["outcome"], told["status"], told["fault_seen"]) == (outcome, 400, False)
        page.goto(f"{stack.tax}/me")
        expect(page).to_have_url(f"{stack.tax}/me")
