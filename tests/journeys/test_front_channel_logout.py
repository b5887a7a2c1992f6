"""The signed-out page in a real browser: it loads each portal's address and waits for none too long."""

from urllib.parse import urlencode

import pytest
from playwright.sync_api import Page

from tests.journeys import steps
from tests.journeys.stack import Stack

pytestmark = pytest.mark.browser
PORTAL = "http://frames.localhost:9"
MANIFEST = f"""
client_id = "frames"
sector = "frames.localhost"
client_name = "A portal that browsers tell"
redirect_uris = ["{PORTAL}/callback"]
post_logout_redirect_uris = ["{PORTAL}/after"]
frontchannel_logout_uri = "{PORTAL}/bye"
frontchannel_logout_session_required = true
token_endpoint_auth_method = "client_secret_basic"
scope = "openid"
"""


@pytest.fixture(scope="module")
def registered(stack: Stack) -> None:
    file = stack.folder / "frames.toml"
    file.write_text(MANIFEST, "utf-8")
    stack.command("clients", "apply", "--yes", str(file))


def sign_out(stack: Stack, page: Page) -> None:
    """Sign in at a portal that answers nothing but its own addresses, and out again."""
    page.route(f"{PORTAL}/callback*", lambda route: route.fulfill(body="signed in"))
    page.route(f"{PORTAL}/after*", lambda route: route.fulfill(body="signed out"))
    asked = {
        "client_id": "frames",
        "redirect_uri": f"{PORTAL}/callback",
        "response_type": "code",
        "scope": "openid",
        "code_challenge": "c" * 43,
        "code_challenge_method": "S256",
    }
    page.goto(f"{stack.issuer}/oauth2/authorize?{urlencode(asked)}")
    steps.give_password(page, stack.person(14))
    page.wait_for_url(lambda url: "/consent" in url or url.startswith(PORTAL))
    if "/consent" in page.url:
        steps.agree(page)
    page.wait_for_url(f"{PORTAL}/callback*")
    back = {"client_id": "frames", "post_logout_redirect_uri": f"{PORTAL}/after", "state": "s"}
    page.goto(f"{stack.issuer}/oauth2/end_session?{urlencode(back)}")
    page.click("#sign-out")


@pytest.mark.usefixtures("registered")
def test_a_frame_that_never_answers_does_not_keep_the_person(stack: Stack, page: Page) -> None:
    asked: list[str] = []
    page.route(f"{PORTAL}/bye*", lambda route: asked.append(route.request.url))
    sign_out(stack, page)
    page.wait_for_url(f"{PORTAL}/after?state=s", timeout=10_000)
    (frame,) = asked
    assert "iss=" in frame
    assert "sid=" in frame
