"""The checker as a program against the running sandbox: by its pages, its forced outcomes and its notices."""

import json
import os
import secrets
import subprocess
import sys
from pathlib import Path

import pytest

from idp.people.sandbox.population import SandboxPerson
from tests.clients.sdk import building, readme
from tests.interop.provider import Registered
from tests.journeys.stack import ROOT, Stack

pytestmark = pytest.mark.interop


def test_the_quick_start_passes_all_that_the_sandbox_can_play(
    stack: Stack, clients: dict[str, Registered], person: SandboxPerson, tmp_path: Path
) -> None:
    client = clients["newcomer"]
    assert person.account is not None
    (tmp_path / "portal.py").write_text(readme.block("python", "from_prefixed_env"), "utf-8")
    token = stack.command("sandbox", "test-token", client.client_id).split()[-1]
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": f"{building.installed(building.wheel(tmp_path), tmp_path)}:{ROOT}",
        "FLASK_SECRET_KEY": secrets.token_hex(),
        "FLASK_YITONG_ISSUER": stack.issuer,
        "FLASK_YITONG_CLIENT_ID": client.client_id,
        "FLASK_YITONG_CLIENT_SECRET": client.secret,
        "FLASK_YITONG_SCOPE": client.metadata["scope"],
        "FLASK_YITONG_ORIGIN": client.origin,
        "YITONG_TEST_TOKEN": token,
        "YITONG_CITIZEN_NUMBER": person.number.value,
        "YITONG_CITIZEN_PASSWORD": person.account.password,
    }
    command = [
        *(
            sys.executable,
            "-m",
            "clients.checker",
            "--sandbox",
            stack.issuer,
            "--client-id",
            client.client_id,
        ),
        *("--start", f"{sys.executable} -m flask --app portal run --port {client.port}"),
        *("--sign-in", f"{client.origin}/sign-in", "--page", f"{client.origin}/me", "--marker", "Sign out"),
        *("--logout-uri", f"http://127.0.0.1:{client.port}/back-channel-logout"),
        *("--json", "report.json", "--patience", "15"),
    ]
    done = subprocess.run(
        command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    told = json.loads((tmp_path / "report.json").read_text("utf-8"))
    others = {one["check"]: one["reason"] for one in told["checks"] if one["verdict"] != "passed"}
    assert others == {}
