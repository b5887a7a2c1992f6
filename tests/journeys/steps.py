"""What a person does on our pages, step by step. Each ends where the next may begin."""

import re

from playwright.sync_api import Page

from idp.people.sandbox.population import SandboxPerson
from tests.journeys.stack import Stack
from tests.virtual_person.browser import VirtualCamera

AFTER_THE_CAMERA = "#result, #agree, #facts, #service-title, #set-password"
"""A refusal has a page of its own; who passes is led on at once, to whatever comes next."""


def ask_portal(page: Page, portal: str) -> None:
    page.goto(portal)
    page.click("#sign-in")


def give_password(page: Page, person: SandboxPerson) -> None:
    assert person.account is not None
    page.fill("#number", person.number.value)
    page.fill("#password", person.account.password)
    page.click("#sign-in")


def choose_face(page: Page) -> None:
    """From the choice of ways to the camera page, through the consent."""
    page.click("#way-face")
    page.click("#face-consent-agree, #face-start")
    page.wait_for_selector("#capture")


def show_face(page: Page, camera: VirtualCamera, **how: object) -> bool:
    """On the camera page: turn the camera on and do what is asked. Whether it was accepted."""
    page.click("#camera-start")
    camera.perform(until=f"{AFTER_THE_CAMERA}, #problem", timeout_ms=90_000, **how)  # type: ignore[arg-type]
    problem = page.locator("#problem-words")
    assert not problem.is_visible(), problem.inner_text()
    return page.locator("#result").count() == 0


def show_live_face(page: Page, camera: VirtualCamera) -> None:
    choose_face(page)
    assert show_face(page, camera), page.inner_text("#result")


def agree(page: Page) -> None:
    page.click("#agree")


def signed_in_at(page: Page, portal: str) -> dict[str, str]:
    """What the portal knows of the person, from its own page."""
    page.wait_for_url(f"{portal}/me")
    return {
        name: page.locator(f"#{name}").inner_text() if page.locator(f"#{name}").count() else ""
        for name in ("name", "sub", "phone", "resident-number")
    } | {"level": page.locator("#level").get_attribute("data-level") or ""}


def newest_code(page: Page, stack: Stack, phone: str) -> str:
    found = re.search(r"\b\d{6}\b", newest_message(page, stack, phone))
    assert found, "the message holds no code"
    return found.group()


def newest_message(page: Page, stack: Stack, phone: str) -> str:
    """Read the newest text message to `phone` (as E.164) on the sandbox's page, in another tab."""
    tab = page.context.new_page()
    try:
        for _try in range(40):
            tab.goto(f"{stack.issuer}/sandbox/messages")
            for message in tab.locator(".message").all():
                digits = re.sub(r"\D", "", message.locator(".message-to").inner_text())
                if digits.endswith(phone[-11:]):
                    return message.locator(".message-text").inner_text()
            # The worker sends once a second.
            tab.wait_for_timeout(250)
    finally:
        tab.close()
    raise AssertionError("no text message came")


def confirm_phone(page: Page, stack: Stack, phone: str) -> None:
    page.fill("#phone", phone.removeprefix("+86"))
    page.click("#send-code")
    page.wait_for_selector("#code")
    page.fill("#code", newest_code(page, stack, phone))
    page.click("#continue")


def add_authenticator(page: Page) -> None:
    """A virtual platform authenticator that verifies its user (WebAuthn level 3, section 11)."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    session.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )
