"""`idp sandbox traffic`, from an empty sandbox to a log that verifies."""

import json
import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import func, select

from idp.audit.models import AuditEvent
from idp.cli import idp
from idp.commands.opening import opened
from tests.ports import free_port


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name, value in {
        "IDP_ISSUER": f"http://127.0.0.1:{free_port()}",
        "IDP_DATA_DIRECTORY": str(tmp_path / "var"),
        "IDP_DATABASE__URL": f"sqlite:///{tmp_path}/idp.db",
        "IDP_EPHEMERAL__URL": f"sqlite:///{tmp_path}/ephemeral.db",
        "IDP_SECRETS__FILE": str(tmp_path / "master.json"),
    }.items():
        monkeypatch.setenv(name, value)
    run("keys", "master")
    run("migrate")
    return tmp_path


def run(*arguments: str | Path, code: int = 0) -> Result:
    result = CliRunner().invoke(idp, [str(one) for one in arguments])
    assert result.exit_code == code, result.output
    return result


def rows(*names: str) -> int:
    with opened() as found, found.sessions() as session:
        counted = select(func.count()).select_from(AuditEvent)
        return session.scalar(counted.where(AuditEvent.name.in_(names)) if names else counted) or 0


def test_the_past_is_told_of_and_the_log_says_that_it_is_made_up(place: Path) -> None:
    before, labels = rows(), place / "labels.jsonl"
    result = run(
        *("sandbox", "traffic", "--days", "3", "--people", "40", "--seed", "3"),
        *("--attacks", "spraying,code_replay", "--labels", labels),
    )
    assert "made-up events from here on" in result.output
    assert rows("sandbox_traffic_made") == 1
    written = int(result.output.splitlines()[-1].split()[0])
    assert rows() == before + 1 + written
    kinds = {json.loads(line)["kind"] for line in labels.read_text("utf-8").splitlines()}
    assert {"spraying", "code_replay"} <= kinds <= {"spraying", "code_replay", "drill"}


def test_no_attack_is_planted_where_none_is_wanted(place: Path) -> None:
    result = run("sandbox", "traffic", "--days", "1", "--people", "20", "--attacks", "none")
    assert result.output.strip().endswith("; 0 attacks among them")


def test_an_attack_that_nobody_knows_is_refused(place: Path) -> None:
    assert "no such attack: flooding" in run("sandbox", "traffic", "--attacks", "flooding", code=2).output


def test_outside_a_sandbox_nothing_is_made_up(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IDP_SANDBOX", "false")
    before = rows()
    assert "this is not a sandbox" in run("sandbox", "traffic", code=1).output
    assert rows() == before


def test_live_goes_on_until_it_is_stopped(place: Path) -> None:
    argv = [
        sys.executable,
        "-m",
        "idp",
        "sandbox",
        "traffic",
        "--live",
        "--per-second",
        "60",
        "--people",
        "500",
    ]
    with subprocess.Popen(argv, env=os.environ, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if "Ctrl-C ends it" in line:
                break
        until = time.monotonic() + 60
        while rows("signed_in", "code_issued", "token_issued") < 20 and time.monotonic() < until:
            with suppress(subprocess.TimeoutExpired):
                process.wait(0.2)
        process.send_signal(signal.SIGINT)
        assert process.stdout.read().splitlines()[-1] == "ended"
        assert process.wait(20) == 0
    assert rows("signed_in", "code_issued", "token_issued") >= 20
