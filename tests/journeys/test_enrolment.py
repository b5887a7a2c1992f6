"""Opening an account, with a face and without one, and signing in with it at once."""

import pytest
from playwright.sync_api import Page, expect

from idp.people.sandbox.population import SandboxPerson
from tests.journeys import steps
from tests.journeys.stack import Stack
from tests.virtual_person import VirtualPerson
from tests.virtual_person.browser import install_camera
from tests.virtual_person.scenes import Scenes

pytestmark = pytest.mark.browser
PASSWORD = "new-lantern-at-dusk-7"


def begin(page: Page, stack: Stack, person: SandboxPerson, phone: str) -> None:
    """From the portal to the choice of a way to prove the number."""
    steps.ask_portal(page, stack.tax)
    page.click("#enrol")
    steps.confirm_phone(page, stack, phone)
    page.fill("#name", person.name)
    page.fill("#number", person.number.value)
    page.click("#continue")


def set_password(page: Page, *, level: str = "2") -> None:
    page.fill("#password", PASSWORD)
    page.fill("#password-again", PASSWORD)
    page.click("#set-password")
    expect(page.locator("#result")).to_have_attribute("data-level", level)
    page.click("#continue")


def test_with_a_face(stack: Stack, page: Page, scenes: Scenes, face: VirtualPerson) -> None:
    person = stack.person(33)
    stack.set_photo(person, face.photo())
    camera = install_camera(page, scenes)
    begin(page, stack, person, "+8619911100033")
    steps.show_live_face(page, camera)
    # Verified for good, and present for the next quarter of an hour.
    set_password(page, level="3")
    steps.agree(page)
    found = steps.signed_in_at(page, stack.tax)
    assert found["name"] == person.name
    assert found["phone"].endswith("19911100033")


def test_without_a_face_by_a_code_from_the_window(stack: Stack, page: Page) -> None:
    child = stack.person(11)
    code = stack.command("people", "activation-code", typed=f"{child.number.value}\n").split()[0]
    begin(page, stack, child, "+8619911100011")
    # Under 14 there is no face, whatever the camera.
    expect(page.locator("#way-face")).to_have_count(0)
    page.fill("#activation-code", code)
    page.click("#way-activation")
    set_password(page)
    steps.agree(page)
    assert steps.signed_in_at(page, stack.tax)["name"] == child.name


def test_without_a_face_by_the_phone_of_the_register(stack: Stack, page: Page) -> None:
    person = stack.person(29)
    assert person.phone is not None
    begin(page, stack, person, "+8619911100029")
    page.click("#way-register-phone")
    page.fill("#code", steps.newest_code(page, stack, person.phone))
    page.click("#continue")
    set_password(page)
    steps.agree(page)
    assert steps.signed_in_at(page, stack.tax)["name"] == person.name


def test_a_wrong_name_is_told_only_after_the_binding_and_what_to_do_next(stack: Stack, page: Page) -> None:
    person = stack.person(8)
    code = stack.command("people", "activation-code", typed=f"{person.number.value}\n").split()[0]
    steps.ask_portal(page, stack.tax)
    page.click("#enrol")
    steps.confirm_phone(page, stack, "+8619911100008")
    page.fill("#name", "别人")
    page.fill("#number", person.number.value)
    page.click("#continue")
    # The same ways as for everybody.
    expect(page.locator("#way-face")).to_be_visible()
    expect(page.locator("#way-register-phone")).to_be_visible()
    page.fill("#activation-code", code)
    page.click("#way-activation")
    expect(page.locator("main")).not_to_contain_text(person.name)
    expect(page.locator("#cancel, #again").first).to_be_visible()
