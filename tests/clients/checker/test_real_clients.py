"""Applications as they are: the sample portal, and the quick start of the package, pass every check."""

import json
import os
import secrets
import subprocess
import sys
import time
from pathlib import Path

import pytest

from clients.checker import Answer, Application, Fetch, Sent, Verdict, over_the_network, run
from clients.checker.local import LocalProvider, serving
from clients.checker.wire import origin_of
from clients.portal.app import create_app
from clients.portal.configuration import load
from tests.clients.checker.hands import of_flask, verdicts
from tests.clients.sdk import building, readme
from tests.ports import free_ports

ROOT = Path(__file__).resolve().parents[3]
PORTALS = sorted((ROOT / "clients/portal").glob("*.toml"))


@pytest.mark.parametrize("deployment", PORTALS, ids=lambda path: path.stem)
def test_the_sample_portal_passes_all(deployment: Path, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("a-secret-of-the-test")
    (port,) = free_ports(1)
    issuer, origin = f"http://localhost:{port}", "http://portal.localhost"
    environment = {
        "PORTAL_ISSUER": issuer,
        "PORTAL_ORIGIN": origin,
        "PORTAL_SECRET_FILE": str(tmp_path / "secret"),
    }
    portal = of_flask(create_app(load(deployment, environment)))
    fetch = _split(origin, portal, over_the_network())
    provider = LocalProvider(issuer, fetch, time.time)
    app = Application(f"{origin}/sign-in", f"{origin}/me", 'id="sub"', f"{origin}/back-channel-logout")
    with serving(port, provider):
        report = run(app, provider, fetch, pause=lambda _seconds: None, patience_seconds=0.5)
    assert verdicts(report) == {}


def test_the_quick_start_passes_all_from_the_command_line(tmp_path: Path) -> None:
    """As a CI calls it: two processes, and what they leave behind."""
    provider_port, port = free_ports(2)
    origin = f"http://portal.localhost:{port}"
    (tmp_path / "portal.py").write_text(readme.block("python", "from_prefixed_env"), "utf-8")
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": f"{building.installed(building.wheel(tmp_path), tmp_path)}:{ROOT}",
        "FLASK_SECRET_KEY": secrets.token_hex(),
        "FLASK_YITONG_ISSUER": f"http://localhost:{provider_port}",
        "FLASK_YITONG_CLIENT_ID": "newcomer",
        "FLASK_YITONG_CLIENT_SECRET": secrets.token_hex(),
        "FLASK_YITONG_SCOPE": "openid profile",
        "FLASK_YITONG_ORIGIN": origin,
    }
    command = [
        *(sys.executable, "-m", "clients.checker", "--local", "--port", str(provider_port)),
        *("--start", f"{sys.executable} -m flask --app portal run --port {port}"),
        *("--sign-in", f"{origin}/sign-in", "--page", f"{origin}/me", "--marker", "Sign out"),
        *("--logout-uri", f"http://127.0.0.1:{port}/back-channel-logout"),
        *("--json", "report.json", "--junit", "report.xml", "--badge", "badge.svg", "--patience", "2"),
    ]
    done = subprocess.run(
        command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    told = json.loads((tmp_path / "report.json").read_text("utf-8"))
    assert told["passed"]
    assert [one for one in told["checks"] if one["verdict"] != Verdict.PASSED] == []
    assert 'failures="0"' in (tmp_path / "report.xml").read_text("utf-8")
    assert f">{told['summary']['passed']}/" in (tmp_path / "badge.svg").read_text("utf-8")


def _split(origin: str, app: Fetch, others: Fetch) -> Fetch:
    def fetch(sent: Sent) -> Answer:
        return app(sent) if origin_of(sent.url) == origin_of(origin) else others(sent)

    return fetch
