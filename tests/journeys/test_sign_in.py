"""One sign-in with a live face, and what follows from it: the second portal, step-up, sign-out."""

import pytest
from playwright.sync_api import Page, expect

from tests.journeys import steps
from tests.journeys.stack import Stack
from tests.virtual_person.browser import install_camera
from tests.virtual_person.scenes import Scenes

pytestmark = pytest.mark.browser


def test_authenticate_once_connect_everywhere(stack: Stack, page: Page, scenes: Scenes) -> None:
    camera = install_camera(page, scenes)
    person = stack.person(3)
    steps.ask_portal(page, stack.hall)
    steps.give_password(page, person)
    steps.show_live_face(page, camera)
    expect(page.locator("body")).to_contain_text("云岭市政务服务大厅")
    steps.agree(page)
    hall = steps.signed_in_at(page, stack.hall)
    assert hall["name"] == person.name
    assert hall["level"] == "3"

    # The second portal: agreed to once, but nothing to prove again.
    steps.ask_portal(page, stack.tax)
    steps.agree(page)
    tax = steps.signed_in_at(page, stack.tax)
    assert tax["name"] == person.name
    assert hall["sub"]
    assert tax["sub"] != hall["sub"]

    # A second visit to the first portal asks nothing at all.
    page.goto(f"{stack.hall}/sign-in")
    assert steps.signed_in_at(page, stack.hall)["sub"] == hall["sub"]


def test_a_higher_level_is_asked_for_when_it_is_needed(stack: Stack, page: Page, scenes: Scenes) -> None:
    camera = install_camera(page, scenes)
    person = stack.person(5)
    steps.ask_portal(page, stack.tax)
    steps.give_password(page, person)
    steps.agree(page)
    assert steps.signed_in_at(page, stack.tax)["level"] == "2"
    # Looking at records needs no more; filing a return does.
    page.goto(f"{stack.tax}/services/records")
    expect(page.locator("#service-title")).to_be_visible()
    page.goto(f"{stack.tax}/services/filing")
    steps.show_live_face(page, camera)
    page.wait_for_url(f"{stack.tax}/services/filing")
    page.goto(f"{stack.tax}/me")
    assert steps.signed_in_at(page, stack.tax)["level"] == "3"


def test_who_refuses_to_share_comes_back_with_nothing_shared(stack: Stack, page: Page) -> None:
    steps.ask_portal(page, stack.tax)
    steps.give_password(page, stack.person(7))
    page.click("#refuse")
    page.wait_for_url(f"{stack.tax}/**")
    expect(page.locator("#message")).to_have_attribute("data-kind", "cancelled")
    page.goto(f"{stack.tax}/me")
    page.wait_for_url(f"{stack.tax}/")


def test_signing_out_at_the_portal_ends_the_sign_in_everywhere(stack: Stack, page: Page) -> None:
    steps.ask_portal(page, stack.tax)
    steps.give_password(page, stack.person(7))
    steps.agree(page)
    steps.signed_in_at(page, stack.tax)
    page.click("#sign-out")
    page.wait_for_url(f"{stack.tax}/signed-out*")
    steps.ask_portal(page, stack.tax)
    expect(page.locator("#password")).to_be_visible()


def test_a_restart_in_the_middle_loses_nothing(stack: Stack, page: Page) -> None:
    steps.ask_portal(page, stack.tax)
    page.wait_for_selector("#password")
    stack.restart_provider()
    steps.give_password(page, stack.person(12))
    stack.restart_provider()
    steps.agree(page)
    assert steps.signed_in_at(page, stack.tax)["level"] == "2"
