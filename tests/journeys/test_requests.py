"""A portal asks by the back channel: a text message, a page on the telephone, an answer."""

import json
from base64 import b64encode
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import pytest
from playwright.sync_api import Page, expect

from tests.journeys import steps
from tests.journeys.stack import Stack
from tests.virtual_person.browser import install_camera
from tests.virtual_person.scenes import Scenes

pytestmark = pytest.mark.browser
CIBA = "urn:openid:params:grant-type:ciba"
REGISTERED = f'grant_types = ["authorization_code", "{CIBA}"]\nbackchannel_token_delivery_mode = "poll"\n'
KEPT_SECONDS = 6
"""A provider keeps what a registration says for a little less."""


def post(stack: Stack, path: str, **form: str) -> dict[str, str]:
    """As the hall's server."""
    secret = (stack.folder / "hall.secret").read_text("ascii").strip()
    proof = b64encode(f"hall:{secret}".encode()).decode()
    asked = Request(stack.issuer + path, urlencode(form).encode(), {"Authorization": f"Basic {proof}"})
    with urlopen(asked) as answer:
        found: dict[str, str] = json.load(answer)
    return found


def test_a_request_comes_by_message_and_is_answered_on_the_telephone(
    stack: Stack, page: Page, scenes: Scenes
) -> None:
    manifest = stack.folder / "hall.toml"
    asks = stack.folder / "hall-asks.toml"
    asks.write_text(REGISTERED + manifest.read_text("utf-8"), "utf-8")
    stack.command("clients", "apply", "--yes", str(asks))
    page.wait_for_timeout(KEPT_SECONDS * 1000)
    person = stack.person(7)
    assert person.phone is not None
    camera = install_camera(page, scenes)
    steps.ask_portal(page, stack.hall)
    steps.give_password(page, person)
    steps.show_live_face(page, camera)
    steps.agree(page)
    sub = steps.signed_in_at(page, stack.hall)["sub"]

    said = post(
        stack,
        "/oauth2/backchannel/authentication",
        scope="openid profile",
        login_hint=sub,
        binding_message="窗口 3 号 W4SCT",
    )
    text = steps.newest_message(page, stack, person.phone)
    assert "W4SCT" in text
    assert f"{stack.issuer}/account/requests" in text
    page.goto(f"{stack.issuer}/account/requests")
    expect(page.locator("#request-1-message")).to_have_text("窗口 3 号 W4SCT")
    page.click("#request-1-agree")
    expect(page.locator("#approved")).to_be_visible()
    given = post(stack, "/oauth2/token", grant_type=CIBA, auth_req_id=said["auth_req_id"])
    assert given["id_token"]
    page.goto(f"{stack.issuer}/account/requests")
    expect(page.locator("#no-requests")).to_be_visible()
