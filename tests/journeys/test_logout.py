"""Signed out at one portal is signed out at the other: the provider's worker tells it."""

import time

import pytest
from playwright.sync_api import Page, expect

from tests.journeys import steps
from tests.journeys.stack import Stack
from tests.virtual_person.browser import install_camera
from tests.virtual_person.scenes import Scenes

pytestmark = pytest.mark.browser
TOLD_WITHIN_SECONDS = 15


def test_signing_out_at_one_portal_signs_out_at_the_other(stack: Stack, page: Page, scenes: Scenes) -> None:
    camera = install_camera(page, scenes)
    steps.ask_portal(page, stack.hall)
    steps.give_password(page, stack.person(9))
    steps.show_live_face(page, camera)
    steps.agree(page)
    steps.signed_in_at(page, stack.hall)
    steps.ask_portal(page, stack.tax)
    steps.agree(page)
    steps.signed_in_at(page, stack.tax)

    page.click("#sign-out")
    page.wait_for_url(f"{stack.tax}/signed-out*")
    end = time.monotonic() + TOLD_WITHIN_SECONDS
    while time.monotonic() < end:
        page.goto(f"{stack.hall}/me")
        if page.url == f"{stack.hall}/":
            break
        page.wait_for_timeout(200)
    expect(page).to_have_url(f"{stack.hall}/")
