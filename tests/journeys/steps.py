"""What a person does on our pages, step by step. Each ends where the next may begin."""

from playwright.sync_api import Page

from idp.people.sandbox.population import SandboxPerson
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
    camera.perform(until=AFTER_THE_CAMERA, timeout_ms=90_000, **how)  # type: ignore[arg-type]
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
