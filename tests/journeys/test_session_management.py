"""A portal's page watches the sign-in through our frame, in a real browser and across origins."""

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from idp.oidc.session_management.browser_state import calculated
from tests.journeys import steps
from tests.journeys.stack import Stack
from tests.virtual_person.browser import ARGUMENTS, CHROMIUM

pytestmark = pytest.mark.browser
MANIFEST = """
client_id = "watching"
sector = "watching.localhost"
client_name = "A portal that watches"
redirect_uris = ["{portal}/callback"]
token_endpoint_auth_method = "none"
scope = "openid"
"""
AROUND = """<!doctype html><title>Portal</title>
<iframe id="op" src="{issuer}/oauth2/check_session" data-origin="{issuer}"></iframe>
<iframe id="rp" src="{beside}"></iframe>"""
FOREIGN = """<!doctype html><title>waiting</title><script>
addEventListener("message", (event) => {{ document.title = event.data; }});
addEventListener("hashchange", () => {{
  parent.frames[0].postMessage(decodeURIComponent(location.hash.slice(1)), "{issuer}");
}});
</script>"""
ASK = """
([text, from]) => new Promise((resolve) => {
  const asking = from === "page" ? window : document.getElementById("rp").contentWindow;
  asking.addEventListener("message", (event) => resolve([event.data, event.origin]), { once: true });
  asking.eval("(frame, text, origin) => frame.postMessage(text, origin)")(
    document.getElementById("op").contentWindow, text, document.getElementById("op").dataset.origin);
  setTimeout(() => resolve(["no answer", ""]), 2000);
})
"""
"""A message to the frame from the portal's page, or from a frame of the portal's as section 3.1 draws it."""


class Portal:
    """Pages of one site, really served: what stands in for pages may load nothing of this machine."""

    def __init__(self, host: str, issuer: str) -> None:
        self.issuer, self.beside = issuer, "/rp"
        pages = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(200)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.end_headers()
                self.wfile.write(pages.page(urlsplit(self.path).path).encode())

            def log_message(self, *_: object) -> None:
                """Not on the terminal."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.origin = f"http://{host}:{self.server.server_port}"

    def page(self, path: str) -> str:
        if path == "/rp":
            return "<!doctype html>"
        if path == "/foreign":
            return FOREIGN.format(issuer=self.issuer)
        return AROUND.format(issuer=self.issuer, beside=self.beside)


@pytest.fixture(scope="module")
def sites(stack: Stack) -> Iterator[tuple[Portal, Portal]]:
    """A registered portal, and a stranger."""
    found = Portal("watching.localhost", stack.issuer), Portal("stranger.localhost", stack.issuer)
    for site in found:
        Thread(target=site.server.serve_forever, daemon=True).start()
    file = stack.folder / "watching.toml"
    file.write_text(MANIFEST.format(portal=found[0].origin), "utf-8")
    stack.command("clients", "apply", "--yes", str(file))
    yield found
    for site in found:
        site.server.shutdown()
        site.server.server_close()


@pytest.fixture
def portal(sites: tuple[Portal, Portal]) -> Portal:
    sites[0].beside = "/rp"
    return sites[0]


@pytest.fixture
def stranger(sites: tuple[Portal, Portal]) -> Portal:
    return sites[1]


@pytest.fixture
def trusting(browser: Browser, tmp_path: Path) -> Iterator[BrowserContext]:
    """A browser whose owner lets frames of other sites read their cookies: by itself it hides them."""
    preferences = tmp_path / "Default" / "Preferences"
    preferences.parent.mkdir()
    preferences.write_text('{"profile": {"cookie_controls_mode": 0}}', "ascii")
    found = browser.browser_type.launch_persistent_context(
        tmp_path, executable_path=CHROMIUM, args=list(ARGUMENTS)
    )
    found.set_default_timeout(15_000)
    yield found
    found.close()


def enter(stack: Stack, portal: Portal, page: Page, **changes: str) -> dict[str, str]:
    """To the provider and back, signing in where it is asked for; what came back."""
    asked = {
        "client_id": "watching",
        "redirect_uri": f"{portal.origin}/callback",
        "response_type": "code",
        "scope": "openid",
        "code_challenge": "c" * 43,
        "code_challenge_method": "S256",
        **changes,
    }
    page.goto(f"{stack.issuer}/oauth2/authorize?{urlencode(asked)}")
    if "/login" in page.url:
        steps.give_password(page, stack.person(14))
        page.wait_for_url(lambda url: "/consent" in url or url.startswith(portal.origin))
    if "/consent" in page.url:
        steps.agree(page)
    page.wait_for_url(f"{portal.origin}/callback*")
    return {name: values[0] for name, values in parse_qs(urlsplit(page.url).query).items()}


def status(stack: Stack, page: Page, text: Any, *, asked_by: str = "frame") -> str:
    answer, origin = page.evaluate(ASK, [text, asked_by])
    assert origin in {stack.issuer, ""}
    return str(answer)


def test_a_portal_notices_that_its_person_has_signed_out_and_in_again(
    stack: Stack, portal: Portal, trusting: BrowserContext
) -> None:
    page = trusting.new_page()
    text = f"watching {enter(stack, portal, page)['session_state']}"
    assert status(stack, page, text) == "unchanged"
    assert status(stack, page, text, asked_by="page") == "unchanged"
    # In another tab the person signs out; this page asks again, and nothing is loaded for it.
    loaded: list[str] = []
    page.on("request", lambda request: loaded.append(request.url))
    account = trusting.new_page()
    account.goto(f"{stack.issuer}/account")
    account.click("#sign-out")
    account.wait_for_url(f"{stack.issuer}/logout/done*")
    assert status(stack, page, text) == "changed"
    assert loaded == []
    refused = enter(stack, portal, page, prompt="none")
    assert refused["error"] == "login_required"
    nobody = f"watching {refused['session_state']}"
    assert status(stack, page, nobody) == "unchanged"
    again = f"watching {enter(stack, portal, page)['session_state']}"
    assert status(stack, page, again) == "unchanged"
    assert status(stack, page, nobody) == "changed"
    assert status(stack, page, text) == "changed"


def test_what_is_no_question_is_an_error(stack: Stack, portal: Portal, trusting: BrowserContext) -> None:
    page = trusting.new_page()
    state = enter(stack, portal, page)["session_state"]
    for text in ("", "watching", f"watching {state} more", state, f"watching {state[:43]}", {"a": 1}, 7):
        assert status(stack, page, text) == "error", text


def test_a_browser_that_hides_cookies_from_frames_is_not_taken_for_a_sign_out(
    stack: Stack, portal: Portal, context: BrowserContext
) -> None:
    """As this one does by itself. At "changed" the portal would ask us, and again for ever; an
    error has it stop (section 3.1)."""
    page = context.new_page()
    text = f"watching {enter(stack, portal, page)['session_state']}"
    frame = page.frame(url=f"{stack.issuer}/oauth2/check_session")
    assert frame is not None
    assert not frame.evaluate("document.hasStorageAccess()")
    assert status(stack, page, text) == "error"


def test_attack_a_stranger_frames_it_to_find_out_who_is_signed_in(
    stack: Stack, portal: Portal, stranger: Portal, trusting: BrowserContext
) -> None:
    """What a portal was told is the portal's: asked from another origin, it fits nobody."""
    page = trusting.new_page()
    state = enter(stack, portal, page)["session_state"]
    page.goto(stranger.origin)
    assert status(stack, page, f"watching {state}") == "changed"


def test_attack_a_stranger_frames_it_to_find_out_whether_anybody_is_signed_in(
    stack: Stack, portal: Portal, stranger: Portal, trusting: BrowserContext
) -> None:
    """It can reckon with nothing that it knows, and hears the same in any case."""
    page = trusting.new_page()

    def asked() -> set[str]:
        page.goto(stranger.origin)
        texts = [calculated("watching", stranger.origin, state, "salt") for state in ("", ".", "null")]
        return {status(stack, page, f"watching {text}") for text in texts}

    assert asked() == {"changed"}
    assert enter(stack, portal, page, prompt="none")["error"] == "login_required"
    assert asked() == {"changed"}
    enter(stack, portal, page)
    assert asked() == {"changed"}


def test_attack_a_foreign_frame_beside_it_asks(
    stack: Stack, portal: Portal, stranger: Portal, trusting: BrowserContext
) -> None:
    """Section 3.2: who asks has the origin of the page around."""
    portal.beside = f"{stranger.origin}/foreign"
    page = trusting.new_page()
    state = enter(stack, portal, page)["session_state"]
    foreign = page.frame(url=portal.beside)
    assert foreign is not None
    foreign.evaluate("(text) => { location.hash = encodeURIComponent(text); }", f"watching {state}")
    foreign.wait_for_function("document.title !== 'waiting'")
    assert foreign.title() == "error"
