"""A newcomer's portal: the README's twenty lines as they stand there, with the package as it is installed."""

import os
import secrets
import subprocess
import sys
import time
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from idp.people.sandbox.population import SandboxPerson
from tests.clients.sdk import building, readme
from tests.interop.provider import MANIFESTS, Registered
from tests.interop.visitor import Visitor
from tests.journeys.stack import Stack

pytestmark = pytest.mark.interop

READY_SECONDS = 20.0
NOTICE_SECONDS = 20.0


@pytest.fixture(scope="module")
def portal(
    stack: Stack, clients: dict[str, Registered], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Registered]:
    client = clients["newcomer"]
    folder = tmp_path_factory.mktemp("newcomer")
    (folder / "portal.py").write_text(readme.block("python", "from_prefixed_env"), "utf-8")
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(building.installed(building.wheel(folder), folder)),
        "FLASK_SECRET_KEY": secrets.token_hex(),
        "FLASK_YITONG_ISSUER": stack.issuer,
        "FLASK_YITONG_CLIENT_ID": client.client_id,
        "FLASK_YITONG_CLIENT_SECRET": client.secret,
        "FLASK_YITONG_SCOPE": client.metadata["scope"],
        "FLASK_YITONG_ORIGIN": client.origin,
    }
    command = [sys.executable, "-m", "flask", "--app", "portal", "run", "--port", str(client.port)]
    with (
        (folder / "log").open("wb") as log,
        subprocess.Popen(command, cwd=folder, env=environment, stdout=log, stderr=log) as process,
    ):
        try:
            _wait(process, client.port, folder / "log")
            yield client
        finally:
            process.terminate()
            process.wait(10)


class Newcomer:
    """A browser at the portal, whose name browsers alone resolve."""

    def __init__(self, portal: Registered) -> None:
        self._portal = portal
        self._session = requests.Session()
        self._cookie = ""

    def ask(self, method: str, path: str, **form: str) -> requests.Response:
        headers = {"Host": self._portal.origin.removeprefix("http://"), "Accept": "text/html"}
        if self._cookie:
            headers["Cookie"] = self._cookie
        address = f"http://127.0.0.1:{self._portal.port}{path}"
        answer = self._session.request(
            method, address, headers=headers, data=form, allow_redirects=False, timeout=10
        )
        self._cookie = answer.headers.get("Set-Cookie", self._cookie).partition(";")[0]
        self._session.cookies.clear()
        return answer


def test_from_an_empty_file_to_a_person_signed_in_and_out_again(
    portal: Registered, visitor: Visitor, person: SandboxPerson
) -> None:
    newcomer = Newcomer(portal)
    assert "Sign in" in newcomer.ask("GET", "/").text
    _sign_in(newcomer, visitor, portal)
    page = newcomer.ask("GET", "/me")
    assert person.name in page.text
    assert page.headers["Cache-Control"] == "no-store"
    # Signed in at level 2; to file a return one proves to be there.
    step_up = newcomer.ask("GET", "/filing")
    assert step_up.status_code == 302
    assert "acr%3A3" in step_up.headers["Location"]
    out = newcomer.ask("POST", "/sign-out", csrf_token=_csrf_token(page.text))
    assert out.status_code == 303
    assert "id_token_hint" in out.headers["Location"]
    assert newcomer.ask("GET", "/me").status_code == 302


def test_it_hears_when_the_session_ends_elsewhere(portal: Registered, visitor: Visitor, stack: Stack) -> None:
    """In one browser the portal's visit is on one side, the provider's session on the other."""
    newcomer, elsewhere = Newcomer(portal), Newcomer(portal)
    _sign_in(newcomer, visitor, portal)
    _sign_in(elsewhere, visitor, portal)
    out = elsewhere.ask("POST", "/sign-out", csrf_token=_csrf_token(elsewhere.ask("GET", "/me").text))
    visitor.follow(out.headers["Location"])
    end = time.monotonic() + NOTICE_SECONDS
    while newcomer.ask("GET", "/me").status_code == 200:
        assert time.monotonic() < end, "the portal was not told"
        time.sleep(0.2)


def test_the_readme_registers_what_was_tried() -> None:
    shown = tomllib.loads(readme.block("toml", "client_id"))
    (tried,) = [tomllib.loads(file.read_text("utf-8")) for file in MANIFESTS if file.stem == "newcomer"]
    assert {name: str(value).replace("5000", "8107") for name, value in shown.items()} == {
        name: str(value) for name, value in tried.items()
    }


def _sign_in(newcomer: Newcomer, visitor: Visitor, portal: Registered) -> None:
    sent = newcomer.ask("GET", "/me")
    assert sent.status_code == 302
    back = visitor.answer(sent.headers["Location"], portal.redirect_uri)
    answer = newcomer.ask("GET", back.removeprefix(portal.origin))
    assert (answer.status_code, answer.headers["Location"]) == (302, "/me")


def _csrf_token(page: str) -> str:
    return page.partition('name="csrf_token" value="')[2].partition('"')[0]


def _wait(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    end = time.monotonic() + READY_SECONDS
    while True:
        try:
            requests.get(f"http://127.0.0.1:{port}/", timeout=2)
        except requests.RequestException:
            assert process.poll() is None, log.read_text("utf-8")
            assert time.monotonic() < end, log.read_text("utf-8")
            time.sleep(0.05)
        else:
            return
