"""The quick start for pages without a server, checked as its reader would: in Chromium, by the sandbox."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from idp.people.sandbox.population import SandboxPerson
from tests.interop.provider import Registered
from tests.journeys.stack import ROOT, Stack
from tests.virtual_person.browser import CHROMIUM

pytestmark = [pytest.mark.interop, pytest.mark.browser, pytest.mark.slow]

SNIPPET = ROOT / "docs/site/snippets/spa"
LIBRARY = ROOT / "node_modules/oidc-client-ts/dist/browser/oidc-client-ts.min.js"
LEFT_TO_TLS = {"id-token-unsigned", "id-token-mac-with-public-key", "id-token-mac-with-client-secret"}
"""alg, which the library does not compare: a SHOULD."""


def test_the_quick_start_for_pages_fails_nothing_that_the_sandbox_plays(
    stack: Stack, apps: dict[str, Registered], person: SandboxPerson, tmp_path: Path
) -> None:
    app = apps["spa"]
    assert person.account is not None
    for file in ("app.js", "index.html"):
        text = (SNIPPET / file).read_text("utf-8")
        (tmp_path / file).write_text(text.replace("http://localhost:8000", stack.issuer), "utf-8")
    (tmp_path / LIBRARY.name).write_bytes(LIBRARY.read_bytes())
    command = [
        *(sys.executable, "-m", "clients.checker", "--browser", str(CHROMIUM)),
        *("--sandbox", stack.issuer, "--client-id", app.client_id),
        *("--start", f"{sys.executable} -m http.server {app.port} --bind 127.0.0.1"),
        *("--sign-in", app.redirect_uri, "--press", "#sign-in"),
        *("--page", app.redirect_uri, "--signed-in", ", level "),
        *("--json", "report.json"),
    ]
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path),
        "PYTHONPATH": str(ROOT),
        "YITONG_TEST_TOKEN": stack.command("sandbox", "test-token", app.client_id).split()[-1],
        "YITONG_CITIZEN_NUMBER": person.number.value,
        "YITONG_CITIZEN_PASSWORD": person.account.password,
    }
    done = subprocess.run(
        command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=280, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    told = json.loads((tmp_path / "report.json").read_text("utf-8"))
    verdicts = {one["check"]: one["verdict"] for one in told["checks"]}
    assert {name for name, one in verdicts.items() if one == "advised"} == LEFT_TO_TLS
    # What was tried by wrong answers was tried.
    assert verdicts["id-token-wrong-aud"] == verdicts["state-wrong"] == verdicts["iss-wrong"] == "passed"
