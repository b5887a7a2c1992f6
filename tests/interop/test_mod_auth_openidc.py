"""Debian's mod_auth_openidc in a real Apache: any site behind it is signed in to."""

import json
import os
import secrets
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from playwright.sync_api import Page, expect

from idp.people.sandbox.population import SandboxPerson
from tests.interop.provider import Registered
from tests.journeys import steps
from tests.journeys.stack import Stack

pytestmark = [pytest.mark.interop, pytest.mark.browser]

APACHE = Path("/usr/sbin/apache2")
MODULES = Path("/usr/lib/apache2/modules")
CONFIG = Path(__file__).parent / "sites" / "apache.conf"
UNPRIVILEGED = "www-data"
"""Debian's user for web servers: Apache refuses to serve as root."""
READY_SECONDS = 20.0
NOTICE_SECONDS = 20.0


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """Configuration and pages. Of Apache's own user, who cannot reach the folders of pytest under root."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        shutil.copyfile(CONFIG, folder / "apache.conf")
        (folder / "pages").mkdir()
        for page in ("records", "signed-out"):
            (folder / "pages" / page).write_text(f"<h1>{page}</h1>\n", "utf-8")
        if os.geteuid() == 0:
            for path in (folder, *folder.rglob("*")):
                shutil.chown(path, UNPRIVILEGED, UNPRIVILEGED)
        yield folder


@pytest.fixture(scope="module")
def site(stack: Stack, clients: dict[str, Registered], folder: Path) -> Iterator[Registered]:
    """One for all: a client that is away when it is told of a sign-out is told again half a minute later."""
    client = clients["mod-auth-openidc"]
    said = {
        "FOLDER": str(folder),
        "MODULES": str(MODULES),
        "PORT": str(client.port),
        "ISSUER": stack.issuer,
        "CLIENT_ID": client.client_id,
        "CLIENT_SECRET": client.secret,
        "SCOPE": client.metadata["scope"],
        "REDIRECT_URI": client.redirect_uri,
        "PASSPHRASE": secrets.token_urlsafe(),
    }
    user = UNPRIVILEGED if os.geteuid() == 0 else None
    with subprocess.Popen(
        [str(APACHE), "-D", "FOREGROUND", "-f", str(folder / "apache.conf")],
        env={"PATH": os.environ["PATH"], **said},
        user=user,
        group=user,
        extra_groups=None if user is None else [],
        stderr=subprocess.PIPE,
    ) as process:
        try:
            _wait_until_it_listens(process, client.port)
            yield client
        finally:
            process.terminate()
            process.wait(10)


@pytest.fixture
def records(site: Registered, page: Page, person: SandboxPerson) -> Page:
    """A page of the site's that lets in who is signed in: this person is."""
    page.goto(f"{site.origin}/records")
    steps.give_password(page, person)
    page.wait_for_selector("#agree, h1:text-is('records')")
    if page.locator("#agree").count():
        steps.agree(page)
    expect(page.locator("h1")).to_have_text("records")
    return page


def test_a_web_server_lets_a_person_in(
    stack: Stack, site: Registered, records: Page, person: SandboxPerson
) -> None:
    found = _known(records, site)
    assert found["userinfo"]["name"] == person.name
    assert found["id_token"]["iss"] == stack.issuer
    assert found["id_token"]["sub"] == found["userinfo"]["sub"]

    # Its refresh hook asks for a new access token, and comes back to the page.
    back = quote(f"{site.origin}/records", safe="")
    token = quote(found["access_token"], safe="")
    records.goto(f"{site.redirect_uri}?refresh={back}&access_token={token}")
    expect(records.locator("h1")).to_have_text("records")
    assert _known(records, site)["access_token"] != found["access_token"]


def test_who_signs_out_there_is_signed_out_here(site: Registered, records: Page) -> None:
    signed_out = site.metadata["post_logout_redirect_uris"][0]
    records.goto(f"{site.redirect_uri}?logout={quote(signed_out, safe='')}")
    expect(records.locator("h1")).to_have_text("signed-out")
    records.goto(f"{site.origin}/records")
    expect(records.locator("#password")).to_be_visible()


def test_who_signs_out_here_is_signed_out_there(stack: Stack, site: Registered, records: Page) -> None:
    records.goto(f"{stack.issuer}/oauth2/end_session")
    records.click("#sign-out")
    records.wait_for_selector("#signed-out")
    # The worker sends the notice (Back-Channel Logout 1.0); until then the site's own session goes on.
    end = time.monotonic() + NOTICE_SECONDS
    while records.goto(f"{site.origin}/records") and records.locator("#password").count() == 0:
        assert time.monotonic() < end, "the site was not told"
        records.wait_for_timeout(100)


def _known(page: Page, site: Registered) -> dict[str, Any]:
    """What the module knows of the person, by its info hook."""
    page.goto(f"{site.redirect_uri}?info=json")
    found: dict[str, Any] = json.loads(page.inner_text("body"))
    return found


def _wait_until_it_listens(process: subprocess.Popen[bytes], port: int) -> None:
    end = time.monotonic() + READY_SECONDS
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            assert process.poll() is None, process.stderr and process.stderr.read().decode()
            assert time.monotonic() < end, "Apache does not listen"
            time.sleep(0.05)
        else:
            return
