"""The command line: what it ends with, and what it refuses to begin."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from clients.checker.command import main
from tests.clients.checker.broken_app import Fault
from tests.ports import free_ports

ROOT = Path(__file__).resolve().parents[3]
PAGES = ["--sign-in", "http://app.test/sign-in", "--page", "http://app.test/me"]
FEW = ["pkce", "iss-wrong", "session-cookie"]


def ends_with(*faults: Fault, more: tuple[str, ...] = ()) -> int:
    """The status, with an application that has these faults, started by the command itself."""
    provider_port, port = free_ports(2)
    origin, issuer = (f"http://127.0.0.1:{one}" for one in (port, provider_port))
    start = f"{sys.executable} -m tests.clients.checker.serving_broken_app {issuer} {port}"
    return main(
        [
            *("--local", "--port", str(provider_port), "--issuer", issuer),
            *("--start", " ".join([start, *faults]), "--quiet"),
            *("--sign-in", f"{origin}/sign-in", "--page", f"{origin}/me", "--marker", "Signed in as"),
            *(part for name in FEW for part in ("--only", name)),
            *more,
        ],
        {},
    )


def test_it_ends_with_0_where_nothing_failed(tmp_path: Path) -> None:
    assert ends_with(more=("--json", str(tmp_path / "report.json"), "--strict")) == 0
    told = json.loads((tmp_path / "report.json").read_text("utf-8"))
    assert [one["check"] for one in told["checks"]] == ["page-is-guarded", "sign-in-works", *FEW]


def test_it_ends_with_1_where_something_failed(tmp_path: Path) -> None:
    assert ends_with(Fault.ISS_WRONG, more=("--junit", str(tmp_path / "report.xml"))) == 1
    assert 'failures="1"' in (tmp_path / "report.xml").read_text("utf-8")


def test_an_advice_fails_only_whoever_is_strict() -> None:
    assert ends_with(Fault.COOKIE_FOR_SCRIPTS) == 0
    assert ends_with(Fault.COOKIE_FOR_SCRIPTS, more=("--strict",)) == 1


def test_it_ends_with_3_where_nobody_can_sign_in() -> None:
    assert ends_with(Fault.EVERYTHING_REFUSED) == 3


def test_it_ends_with_3_where_the_application_does_not_start(capsys: pytest.CaptureFixture[str]) -> None:
    (port,) = free_ports(1)
    start = f"{sys.executable} -c raise(SystemExit(4))"
    assert (
        main([*PAGES, "--local", "--port", str(port), "--start", start, "--page", "http://127.0.0.1:1/"]) == 3
    )
    assert "has ended with 4" in capsys.readouterr().err


@pytest.mark.parametrize(
    "asked",
    [
        [],
        PAGES,
        [*PAGES, "--local", "--sandbox", "http://id.test"],
        [*PAGES, "--local", "--only", "no-such-check"],
        ["--sign-in", "ftp://app.test/", "--page", "http://app.test/me", "--local"],
        [*PAGES, "--sandbox", "http://id.test"],
        [*PAGES, "--sandbox", "http://id.test", "--client-id", "hall"],
        # What scripts have drawn has the status 200 for everybody.
        [*PAGES, "--local", "--browser"],
        [*PAGES, "--local", "--press", "#sign-in"],
        [*PAGES, "--local", "--signed-in", "Sign out"],
    ],
)
def test_it_ends_with_2_where_it_cannot_be_understood(
    asked: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(asked, {})
    assert ended.value.code == 2
    assert "usage" in capsys.readouterr().err


WITHOUT = """
import sys
sys.modules["playwright"] = None
from clients.checker.command import main
raise SystemExit(main(sys.argv[1:], {}))
"""
IN_A_BROWSER = [*PAGES, "--local", "--issuer", "http://localhost:1", "--signed-in", "Sign out", "--browser"]


def test_it_says_what_is_missing_where_there_is_no_playwright() -> None:
    (port,) = free_ports(1)
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT, *IN_A_BROWSER, "--port", str(port)],
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=False,
    )
    assert (done.returncode, done.stdout) == (3, "")
    assert "pip install 'yitong-check[browser]'" in done.stderr


def test_it_says_that_there_is_no_browser_at_that_path() -> None:
    (port,) = free_ports(1)
    done = subprocess.run(
        [sys.executable, "-m", "clients.checker", *IN_A_BROWSER, "/nowhere/chromium", "--port", str(port)],
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=False,
    )
    assert done.returncode == 3
    assert "Chromium does not start" in done.stderr
