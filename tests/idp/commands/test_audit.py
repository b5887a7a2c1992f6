"""What an operator and a third party are told of the log."""

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import text

from clients.audit_check.check import main as check
from idp.audit.tree.anchors import AnchorUnavailable
from idp.commands.audit import audit
from idp.commands.database import migrate_to
from idp.commands.opening import opened
from idp.commands.proving import open_proving, open_retention
from idp.crypto import master_key
from idp.storage.database import open_database
from tests.fakes import FakeClock
from tests.idp.audit.tree.conftest import Log


@pytest.fixture
def log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Log:
    """Of the provider that the environment names."""
    url = f"sqlite:///{tmp_path}/idp.db"
    (tmp_path / "master.json").write_text(master_key.generate(FakeClock().now, purpose="development"))
    for name, value in {
        "IDP_ISSUER": "https://id.example.gov.cn",
        "IDP_DATABASE__URL": url,
        "IDP_EPHEMERAL__URL": f"sqlite:///{tmp_path}/ephemeral.db",
        "IDP_SECRETS__FILE": str(tmp_path / "master.json"),
        "IDP_AUDIT__ANCHOR_DIRECTORY": str(tmp_path / "anchors"),
        "IDP_AUDIT__HEAD_SECONDS": "10",
    }.items():
        monkeypatch.setenv(name, value)
    engine = open_database(url)
    migrate_to(engine)
    return Log(engine, tmp_path / "anchors")


def run(*arguments: str) -> Result:
    return CliRunner().invoke(audit, list(arguments))


def work() -> None:
    """What the worker does."""
    with opened() as found:
        open_proving(found, lambda: False).round()
        open_retention(found, lambda: False).round()


def test_from_the_worker_to_a_third_party(log: Log, tmp_path: Path) -> None:
    ids = log.write(300)
    work()
    (anchor,) = log.folder.glob("*.jsonl")
    whole = run("verify", "--anchor", str(anchor))
    assert whole.exit_code == 0, whole.output
    assert "whole: positions 0 to 300, 300 rows, 1 heads" in whole.output
    assert "proved up to 300 by what was given away" in whole.output
    for name, arguments in {"proof": ("prove", ids[7]), "same": ("consistency", "300", "300")}.items():
        (tmp_path / f"{name}.json").write_text(run(*arguments).output)
    (tmp_path / "keys.json").write_text(run("keys").output)
    known = ["--keys", str(tmp_path / "keys.json"), "--heads", str(anchor)]
    assert check([str(tmp_path / "proof.json"), *known]) == 0
    assert check([str(tmp_path / "same.json"), *known]) == 0
    assert run("heads").output == anchor.read_text()
    collected = tmp_path / "audit.log"
    lines = anchor.read_text().splitlines()
    collected.write_text("".join(f"Nov 22 12:00:00 id yitong audit_head {line}\n" for line in lines))
    assert "proved up to 300" in run("verify", "--anchor", str(collected)).output
    assert check([str(tmp_path / "proof.json"), *known[:3], str(collected)]) == 0
    assert "activated" in run("rotate-key").output
    assert len(json.loads(run("keys").output)["keys"]) == 2
    names = [name for (name,) in log.ask("SELECT name FROM audit_events ORDER BY seq DESC LIMIT 5")]
    verified = "audit_verified"
    assert names == ["keys_rotated", verified, "audit_proved", verified, "keys_rotated"]


class Witness(BaseHTTPRequestHandler):
    """Somebody else's service: fails at first, then keeps what it gets."""

    server: "WitnessServer"

    def do_POST(self) -> None:
        sent = self.rfile.read(int(self.headers["content-length"])).decode()
        self.server.asked.append((self.headers["authorization"], self.headers["content-type"], sent))
        self.send_response(503 if len(self.server.asked) == 1 else 204)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its base names it so
        pass


class WitnessServer(HTTPServer):
    asked: list[tuple[str, str, str]]


@pytest.fixture
def witness() -> Iterator[WitnessServer]:
    server = WitnessServer(("127.0.0.1", 0), Witness)
    server.asked = []
    serving = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    serving.start()
    yield server
    server.shutdown()
    serving.join()
    server.server_close()


def test_heads_are_posted_until_they_are_taken_and_held_up_by_no_other(
    log: Log, witness: WitnessServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    origin = f"http://127.0.0.1:{witness.server_port}"
    (tmp_path / "token").write_text("secret\n")
    monkeypatch.setenv("IDP_AUDIT__ANCHOR_URL", f"{origin}/heads")
    monkeypatch.setenv("IDP_AUDIT__ANCHOR_TOKEN_FILE", str(tmp_path / "token"))
    monkeypatch.setenv("IDP_OUTBOUND__ALLOW", origin)
    log.write(3)
    with opened() as found:
        proving = open_proving(found, lambda: False)
        with pytest.raises(AnchorUnavailable, match="it answered 503"):
            proving.round()
        proving.round()
        proving.round()
    (file,) = log.folder.glob("*.jsonl")
    sent = ("Bearer secret", "application/x-ndjson", file.read_text())
    assert witness.asked == [sent, sent]


def test_what_is_wrong_ends_with_1(log: Log) -> None:
    ids = log.write(20)
    work()
    with log.engine.begin() as connection:
        connection.execute(text("UPDATE audit_events SET actor = 'x' WHERE id = :id"), {"id": ids[7]})
    found = run("verify")
    assert found.exit_code == 1
    assert f"NOT WHOLE: changed: row 7, event {ids[7]}" in found.output
    assert run("prove", ids[7]).exit_code == 1
    assert run("prove", "nothing").exit_code == 1
    assert run("consistency", "3", "20").exit_code == 1
    # The other end of the log is as it was; and dates before and behind all heads mean all of it.
    assert run("verify", "--from", "20").exit_code == 0
    assert run("verify", "--from", "2020-01-01", "--to", "2100-01-01").exit_code == 1
    assert "neither a position nor a date" in run("verify", "--from", "yesterday").output
