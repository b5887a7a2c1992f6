"""What goes wrong at a newcomer's, found by its reference alone and mended: an address, a secret."""

import re
import shlex
import time
import urllib.request
from base64 import b64encode
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.error import HTTPError
from urllib.parse import urlencode

from idp.people.sandbox.population import SandboxPerson
from tests.journeys import newcomer_programs
from tests.journeys.newcomer import comes_to_the_portal, make_app
from tests.journeys.newcomer_walk import Walk
from tests.journeys.stack import Stack
from tests.ports import free_port

CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
"""RFC 7636 appendix B."""
SECRET = re.compile(r"(?m)^(export FLASK_YITONG_CLIENT_SECRET=)(.*)$")
NEW_SECRET = "二号服务器"
WITHIN_SECONDS = 30.0


def wrong_address(walk: Walk, stack: Stack, developer: SandboxPerson) -> None:
    """From the error page to the doctor, to the field, and the same request works."""
    page = walk.page
    registered, sent = "http://portal.localhost:5000/callback", "http://portal.localhost:5000/calback"
    told = make_app(walk, stack, developer, "portal", registered)
    query = {
        "response_type": "code",
        "client_id": told.client_id,
        "redirect_uri": sent,
        "scope": told.scope,
        "state": "s",
        "code_challenge": CHALLENGE,
        "code_challenge_method": "S256",
    }
    request = f"{stack.issuer}/oauth2/authorize?{urlencode(query)}"
    walk.goto(request)
    walk.at("error", "#reference")
    walk.click("#to-doctor")
    walk.at("doctor", "#diagnosis")
    assert "".join(page.locator(".diagnosis-diff ins").all_inner_texts()) == "l"
    walk.click("#diagnosis a[href*='/settings#']")
    walk.at("mending", "#field-redirect_uris")
    walk.fill("#field-redirect_uris", f"{registered}\n{sent}")
    walk.click("#save")
    walk.at("mended", "#notice")
    walk.goto(request)
    walk.at("works", "#agree")


def rotate(walk: Walk, stack: Stack, people: tuple[SandboxPerson, SandboxPerson], citizen: Walk) -> None:
    """One secret takes over from another while people sign in; a server that was forgotten is found."""
    port = free_port()
    origin = f"http://portal.localhost:{port}"
    told = make_app(walk, stack, people[0], "portal", f"{origin}/callback")
    with TemporaryDirectory() as folder:
        citizen.begin()
        program = newcomer_programs.flask(Path(folder), port)
        with program.started(told.together):
            comes_to_the_portal(citizen, origin, people[1])
            changed = SECRET.sub(rf"\g<1>{_another_secret(walk, told.app)}", told.together)
            # The one that the program has is good as before.
            comes_again(citizen, origin, people[1], "old-secret")
        with program.started(changed):
            comes_again(citizen, origin, people[1], "new-secret")
            _revoke_the_first(walk)
            wait_until_refused(stack, told.client_id, told.together)
            comes_again(citizen, origin, people[1], "after-revoking")
        with program.started(told.together):
            citizen.begin()
            citizen.goto(f"{origin}/sign-in?to=/me")
            citizen.at("forgotten-server", "h1:has-text('登录未成功')")
            reference = reference_in(program.log())
        walk.begin()
        walk.click("#console-sections a[href='/developer/errors']")
        walk.at("where-to-ask", "#ref")
        walk.fill("#ref", reference)
        walk.click("#look-up")
        walk.at("doctor", "#diagnosis")
        said = walk.page.inner_text("#diagnosis")
        assert "“随应用创建”" in said, "which of the secrets it is"
        assert "已于" in said, "what became of it"
        walk.click("#diagnosis a[href$='/keys']")
        walk.at("which-is-good", "#secrets")
        assert NEW_SECRET in walk.page.inner_text("#secrets")
        with program.started(changed):
            comes_again(citizen, origin, people[1], "mended")


def comes_again(citizen: Walk, origin: str, person: SandboxPerson, name: str) -> None:
    """Signed in at the provider still: a code is redeemed, and nothing is asked."""
    citizen.begin()
    citizen.goto(f"{origin}/sign-in?to=/me")
    citizen.page.wait_for_url(f"{origin}/me")
    citizen.at(name, f"h1:has-text('{person.name}')")


def _another_secret(walk: Walk, app: str) -> str:
    walk.begin()
    walk.goto(app)
    walk.click("#app-sections a[href$='/keys']")
    walk.at("secrets", "#secret-form")
    walk.fill("#label", NEW_SECRET)
    walk.click("#make-secret")
    walk.at("secret-made", "#secret")
    made = walk.copy("secret")
    walk.click("#done")
    walk.at("two-secrets", "#secret-2")
    return made


def _revoke_the_first(walk: Walk) -> None:
    """As soon as the page says that the new one is used: a use is written within seconds."""
    walk.begin()
    end = time.monotonic() + WITHIN_SECONDS
    while "上次使用" not in walk.page.inner_text("#secret-2"):
        assert time.monotonic() < end, "no use of the new secret was written"
        walk.page.wait_for_timeout(250)
        walk.page.reload()
    walk.at("both-used", "#secret-1-revoke")
    walk.click("#secret-1-revoke")
    walk.at("revoking", "#revoke")
    assert walk.page.locator("#last-one").count() == 0
    walk.click("#revoke")
    walk.at("revoked", "#notice")


def wait_until_refused(stack: Stack, client_id: str, together: str) -> None:
    """Processes that were not told look again within seconds (`idp.oidc.clients.cache`)."""
    (secret,) = shlex.split(found.group(2)) if (found := SECRET.search(together)) else ("",)
    proof = b64encode(f"{client_id}:{secret}".encode()).decode()
    request = urllib.request.Request(
        f"http://127.0.0.1:{stack.ports['provider']}/oauth2/revoke",
        b"token=any",
        {"Authorization": f"Basic {proof}", "Content-Type": "application/x-www-form-urlencoded"},
    )
    end = time.monotonic() + WITHIN_SECONDS
    while time.monotonic() < end:
        try:
            urllib.request.urlopen(request, timeout=10).close()
        except HTTPError as refused:
            if refused.code == 401:
                return
            raise
        time.sleep(0.1)
    raise AssertionError("the revoked secret is taken still")


def reference_in(log: str) -> str:
    """The last one that a program's log names."""
    found = re.findall(r"\b[0-9A-Z]{4}-[0-9A-Z]{4}\b", log)
    assert found, f"the log names no reference:\n{log}"
    return str(found[-1])
