"""An app's secrets, keys and history in a real browser: what is private stays there."""

import json

import pytest
from playwright.sync_api import Page, Request

from tests.journeys import steps
from tests.journeys.looking import fits, unfold
from tests.journeys.stack import Stack

pytestmark = pytest.mark.browser

DEVELOPER = 23


@pytest.fixture
def keys(stack: Stack, page: Page) -> str:
    """The page of a new app's secrets and keys."""
    page.goto(f"{stack.issuer}/developer")
    steps.give_password(page, stack.person(DEVELOPER))
    page.click("#team-1-new")
    page.click("#kind-portal")
    page.fill("#field-client_name", "钥匙与密钥")
    page.fill("#field-redirect_uris", "http://keys.localhost:5000/callback")
    page.click("#make")
    page.wait_for_selector("#client-id")
    page.goto(f"{stack.issuer}/developer")
    page.click("#team-1-apps li:last-child a")
    unfold(page, "#app-sections")
    page.click("#app-sections a[href$='/keys']")
    page.wait_for_selector("#secrets")
    return page.url


def test_a_secret_is_made_copied_and_revoked(page: Page, keys: str) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    fits(page)
    page.fill("#label", "第二台服务器")
    page.click("#make-secret")
    fits(page)
    secret = page.inner_text("#secret")
    page.click("#secret-copy")
    page.wait_for_function("text => navigator.clipboard.readText().then(found => found === text)", arg=secret)
    page.click("#done")
    assert secret not in page.content()
    page.click("#secret-1-revoke")
    fits(page)
    page.click("#revoke")
    page.wait_for_selector("#notice")
    assert "第二台服务器" in page.inner_text("#secrets")
    unfold(page, "#app-sections")
    page.click("#app-sections a[href$='/history']")
    fits(page)
    assert page.locator("#history > li").count() >= 3


def _downloaded(page: Page, link: str) -> str:
    """The page's policy lets nothing read it, its own scripts included: it can be saved alone."""
    with page.expect_download() as found:
        page.click(link)
    assert found.value.suggested_filename.startswith("app-")
    return found.value.path().read_text("ascii")


def test_the_private_half_of_a_pair_never_leaves_the_browser(page: Page, keys: str) -> None:
    sent: list[Request] = []
    page.on("request", lambda request: sent.append(request))
    page.click("#pair-part > summary")
    page.click("#make-pair")
    page.wait_for_selector("#pair-made")
    private = json.loads(_downloaded(page, "#private-jwk"))
    pem = _downloaded(page, "#private-pem")
    public = json.loads(page.input_value("#jwks"))["keys"][0]
    assert {**public, "d": private["d"]} == private
    assert pem.startswith("-----BEGIN PRIVATE KEY-----\n")
    fits(page)
    page.click("#put-jwks")
    page.wait_for_selector("#keys")
    assert private["kid"] in page.inner_text("#keys")
    assert any(one.method == "POST" for one in sent)
    body = pem.replace("\n", "").split("-----")[2]
    for one in sent:
        if one.url.startswith("blob:"):
            continue
        for told in (one.url, one.post_data or "", str(one.headers)):
            assert private["d"] not in told
            assert body[:40] not in told
            assert '"d"' not in told
