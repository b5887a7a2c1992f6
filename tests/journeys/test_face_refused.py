"""What does not pass the camera page, and that nobody is stuck there."""

import pytest
from playwright.sync_api import Page, expect

from tests.journeys import steps
from tests.journeys.stack import Stack
from tests.virtual_person.browser import WRONG_ORDER, Mode, install_camera
from tests.virtual_person.scenes import Scenes

pytestmark = pytest.mark.browser


def at_the_camera(stack: Stack, page: Page, serial: int) -> None:
    steps.ask_portal(page, stack.hall)
    steps.give_password(page, stack.person(serial))
    steps.choose_face(page)


def test_a_photo_waved_before_the_camera_is_refused(stack: Stack, page: Page, scenes: Scenes) -> None:
    camera = install_camera(page, scenes)
    camera.set(subject="print")
    at_the_camera(stack, page, 17)
    assert not steps.show_face(page, camera)
    expect(page.locator("#result")).to_have_attribute("data-passed", "false")
    # Another way, and back to the portal, are one click away.
    expect(page.locator("#other-way")).to_be_visible()
    expect(page.locator("#cancel")).to_be_visible()


def test_the_right_motions_in_the_wrong_order_are_refused(stack: Stack, page: Page, scenes: Scenes) -> None:
    camera = install_camera(page, scenes)
    at_the_camera(stack, page, 20)
    assert not steps.show_face(page, camera, answers=WRONG_ORDER)
    expect(page.locator("#result")).to_have_attribute("data-reason", "wrong_order")


def test_another_persons_face_is_refused(stack: Stack, page: Page, scenes: Scenes) -> None:
    # The register's photo of this person is a drawing: no living face matches it.
    camera = install_camera(page, scenes)
    at_the_camera(stack, page, 23)
    assert not steps.show_face(page, camera)
    expect(page.locator("#result")).to_have_attribute("data-passed", "false")
    page.goto(f"{stack.issuer}/account")
    expect(page.locator("#passkey-form")).to_be_attached()


@pytest.mark.parametrize("mode", ["refuse", "missing", "busy"])
def test_a_camera_that_does_not_work_is_explained(
    stack: Stack, page: Page, scenes: Scenes, mode: Mode
) -> None:
    install_camera(page, scenes, mode=mode)
    at_the_camera(stack, page, 21)
    page.click("#camera-start")
    expect(page.locator("#problem")).to_be_visible()
    assert page.inner_text("#problem-words").strip()
    page.click("#other-way")
    expect(page.locator("#way-passkey")).to_be_visible()


def test_who_has_no_camera_signs_in_with_a_passkey(stack: Stack, page: Page, scenes: Scenes) -> None:
    steps.add_authenticator(page)
    camera = install_camera(page, scenes)
    at_the_camera(stack, page, 27)
    assert steps.show_face(page, camera)
    # Bound while presence is proved, a passkey reaches the same level later.
    page.goto(f"{stack.issuer}/account")
    page.fill("#passkey-label", "测试手机")
    page.click("#passkey-add")
    expect(page.locator("main")).to_contain_text("测试手机")
    page.click("#sign-out")

    camera.set(mode="refuse")
    steps.ask_portal(page, stack.hall)
    steps.give_password(page, stack.person(27))
    steps.choose_face(page)
    page.click("#camera-start")
    expect(page.locator("#problem")).to_be_visible()
    page.click("#other-way")
    page.click("#way-passkey")
    steps.agree(page)
    assert steps.signed_in_at(page, stack.hall)["level"] == "3"
