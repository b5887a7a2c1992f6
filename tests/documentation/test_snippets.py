"""The code of the quick starts, as it stands on their pages, against a running provider; and these pages in a
browser, which share the provider."""

import json
import os
import secrets
import shlex
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from playwright.sync_api import Page

from idp.apps.kinds import OF_KIND, Kind
from idp.people.sandbox.population import SandboxPerson
from tests.clients.sdk import readme
from tests.documentation.conftest import SNIPPETS
from tests.documentation.portals import PORTALS, running, told
from tests.interop.provider import Registered
from tests.interop.visitor import Visitor
from tests.journeys import steps
from tests.journeys.stack import ROOT, Stack
from tests.ports import free_ports

pytestmark = pytest.mark.interop

LATER = {"express": ("new-key",)}
"""openid-client reads keys again after a minute, where a kid is unknown: longer than a test waits."""


@pytest.mark.parametrize("name", PORTALS)
def test_a_portal_signs_somebody_in_and_asks_for_more_where_it_needs_more(
    name: str,
    stack: Stack,
    apps: dict[str, Registered],
    visitor: Visitor,
    person: SandboxPerson,
    tmp_path: Path,
) -> None:
    app = apps[name]
    with running(name, app, stack.issuer, tmp_path) as newcomer:
        log = tmp_path / "log"
        assert "Sign in" in newcomer.get("/").text
        asked = newcomer.get("/me")
        assert asked.status_code == 302, log.read_text("utf-8")
        back = visitor.answer(asked.headers["Location"], app.redirect_uri)
        path = back.removeprefix(app.origin)
        signed_in = newcomer.get(path)
        assert signed_in.status_code == 302, signed_in.text + log.read_text("utf-8")
        assert signed_in.headers["Location"].partition("?")[0].endswith("/me")
        assert person.name in newcomer.get("/me").content.decode()
        # The same answer once more, and an answer that this browser did not ask for.
        assert refused(newcomer.get(path))
        assert person.name in newcomer.get("/me").content.decode()
        # Signed in at level 2; to file a return one proves to be there.
        step_up = newcomer.get("/filing")
        query = parse_qs(urlsplit(step_up.headers["Location"]).query)
        assert query["acr_values"] == ["urn:yitong:acr:3"]
        # An answer of another provider is not taken (RFC 9207).
        callback = app.redirect_uri.removeprefix(app.origin)
        mixed_up = f"{callback}?code=x&state={query['state'][0]}&iss=https%3A%2F%2Fattacker.example"
        assert refused(newcomer.get(mixed_up))


@pytest.mark.parametrize("name", PORTALS)
def test_a_portal_takes_no_hostile_answer(name: str, tmp_path: Path) -> None:
    """By the checker that developers have, with a provider that lies in every way it knows."""
    port, lies = free_ports(2)
    origin, issuer = f"http://localhost:{port}", f"http://localhost:{lies}"
    folder = tmp_path / name
    shutil.copytree(SNIPPETS / name, folder)
    environment = told(issuer, "app", secrets.token_hex(), origin, port)
    page, report = f"{origin}/me", tmp_path / "report.json"
    command = [sys.executable, "-m", "clients.checker", "--local", "--port", str(lies), "--client-id", "app"]
    command += ["--sign-in", page, "--page", page, "--json", str(report), "--quiet"]
    command += ["--start", shlex.join(PORTALS[name](folder, port))]
    for check in LATER.get(name, ()):
        command += ["--skip", check]
    done = subprocess.run(
        command,
        cwd=folder,
        env={**environment, "PYTHONPATH": f"{ROOT}:."},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout + done.stderr + report.read_text("utf-8")


def refused(answer: requests.Response) -> bool:
    """By an error, or by Spring's page for it."""
    return answer.status_code == 400 or answer.headers.get("Location", "").endswith("/login?error")


def test_a_page_without_a_server_signs_somebody_in(
    stack: Stack, apps: dict[str, Registered], page: Page, person: SandboxPerson, tmp_path: Path
) -> None:
    app = apps["spa"]
    for file in ("app.js", "index.html"):
        text = (SNIPPETS / "spa" / file).read_text("utf-8")
        (tmp_path / file).write_text(text.replace("http://localhost:8000", stack.issuer), "utf-8")
    library = "node_modules/oidc-client-ts/dist/browser/oidc-client-ts.min.js"
    (tmp_path / "oidc-client-ts.min.js").write_bytes((ROOT / library).read_bytes())
    with _files_served(tmp_path, app.port):
        page.goto(app.redirect_uri)
        page.click("#sign-in")
        steps.give_password(page, person)
        steps.agree(page)
        page.wait_for_url(app.redirect_uri)
        page.wait_for_selector(f"#person:has-text('{person.name}, level 2')")
        page.click("#sign-out")
        page.wait_for_url(f"{app.redirect_uri}**")
        page.wait_for_selector("#person:has-text('Nobody')")


def test_a_program_gets_a_token_by_curl(stack: Stack, apps: dict[str, Registered]) -> None:
    assert json.loads(_shell("discover.sh", stack, apps["curl"]))["issuer"] == stack.issuer
    said = json.loads(_shell("token.sh", stack, apps["curl"]))
    assert said["active"] is True
    assert said["scope"] == "licences:read"


def test_a_device_waits_by_curl(
    stack: Stack, apps: dict[str, Registered], visitor: Visitor, person: SandboxPerson
) -> None:
    said = _device(_environment(stack, apps["curl"]), visitor)
    assert said["name"] == person.name


def test_a_kiosk_as_the_console_makes_it_waits_by_curl(
    stack: Stack, apps: dict[str, Registered], visitor: Visitor
) -> None:
    """Without a secret, and for nobody's name."""
    fields = {**OF_KIND[Kind.KIOSK].fields, "client_id": "a-kiosk", "client_name": "A kiosk"}
    fields |= {"sector": "kiosk.localhost", "redirect_uris": (), "purpose": "To try how it is done."}
    file = stack.folder / "a-kiosk.toml"
    file.write_text("".join(f"{name} = {json.dumps(value)}\n" for name, value in fields.items()), "utf-8")
    stack.command("clients", "apply", "--yes", str(file))
    environment = _environment(stack, Registered({"client_id": "a-kiosk"}))
    said = _device({**environment, "SCOPE": "openid"}, visitor)
    assert "sub" in said
    assert "name" not in said


def _device(environment: dict[str, str], visitor: Visitor) -> dict[str, object]:
    script = SNIPPETS / "curl" / "device.sh"
    with subprocess.Popen(["sh", str(script)], env=environment, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        address = process.stdout.readline().removeprefix("Open ").strip()
        assert "compare" in process.stdout.readline()
        visitor.answer(address, "/oauth2/answered?")
        said: dict[str, object] = json.loads(process.stdout.readline())
        return said


def test_the_search_finds_as_one_types_and_leads_there(stack: Stack, page: Page) -> None:
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.goto(f"{stack.issuer}/docs/zh-Hant/")
    page.fill("#q", "升級認證 acr")
    page.wait_for_selector("#search-results a")
    page.click("#search-results a >> nth=0")
    page.wait_for_selector(".docs-article")
    assert "acr" in page.inner_text(".docs-article")
    # Nothing that the policy of the page forbids was tried.
    assert said == []


def test_flask_is_the_quick_start_of_the_package() -> None:
    """Which `tests/interop/test_quick_start.py` runs, with the package as it is installed."""
    assert (SNIPPETS / "flask/portal.py").read_text("utf-8") == readme.block("python", "from_prefixed_env")
    registered = (SNIPPETS / "flask/client.toml").read_text("utf-8")
    assert registered in readme.block("toml", "client_id")
    assert readme.block("sh", "FLASK_YITONG_ISSUER") in (SNIPPETS / "flask/start.sh").read_text("utf-8")


def _environment(stack: Stack, app: Registered) -> dict[str, str]:
    told = {"ISSUER": stack.issuer, "CLIENT_ID": app.client_id, "CLIENT_SECRET": app.secret}
    return {"PATH": os.environ["PATH"], **told}


def _shell(script: str, stack: Stack, app: Registered) -> str:
    done = subprocess.run(
        ["sh", str(SNIPPETS / "curl" / script)],
        env=_environment(stack, app),
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_arguments: object) -> None:
        """Into no log."""


@contextmanager
def _files_served(folder: Path, port: int) -> Iterator[None]:
    """As `python3 -m http.server` would."""
    server = ThreadingHTTPServer(("127.0.0.1", port), partial(_Quiet, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
