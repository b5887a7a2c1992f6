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


@pytest.fixture
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


@pytest.fixture
def site(stack: Stack, clients: dict[str, Registered], folder: Path) -> Iterator[Registered]:
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


def test_a_web_server_lets_a_person_in_and_signs_out(
    stack: Stack, site: Registered, page: Page, person: SandboxPerson
) -> None:
    page.goto(f"{site.origin}/records")
    steps.give_password(page, person)
    steps.agree(page)
    expect(page.locator("h1")).to_have_text("records")
    page.goto(f"{site.redirect_uri}?info=json")
    found = json.loads(page.inner_text("body"))
    assert found["userinfo"]["name"] == person.name
    assert found["id_token"]["iss"] == stack.issuer
    assert found["id_token"]["sub"] == found["userinfo"]["sub"]

    # Its refresh hook asks for a new access token, and comes back to the page.
    back = quote(f"{site.origin}/records", safe="")
    page.goto(f"{site.redirect_uri}?refresh={back}&access_token={quote(found['access_token'], safe='')}")
    expect(page.locator("h1")).to_have_text("records")
    page.goto(f"{site.redirect_uri}?info=json")
    assert json.loads(page.inner_text("body"))["access_token"] != found["access_token"]

    signed_out = site.metadata["post_logout_redirect_uris"][0]
    page.goto(f"{site.redirect_uri}?logout={quote(signed_out, safe='')}")
    expect(page.locator("h1")).to_have_text("signed-out")
    # The provider's session has ended, too.
    page.goto(f"{site.origin}/records")
    expect(page.locator("#password")).to_be_visible()


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
