"""Proofs that somebody checks who has nothing of the provider but its public key."""

import ast
import json
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.orm import Session

from clients.audit_check import check as checker
from clients.audit_check.check import ProofRefused, check, read_heads, read_keys
from idp.audit.tree.heads import read
from idp.audit.tree.keys import public_keys, rotate, signing
from idp.audit.tree.proving import NoProof, prove, prove_consistency
from idp.audit.tree.verifying import snapshot
from idp.crypto.fields import FieldCipher
from idp.crypto.master_key import KeyRing
from tests.idp.audit.tree.conftest import Log

SIZES = (3, 6, 520)


@pytest.fixture
def events(log: Log) -> list[str]:
    return log.grow(*SIZES)


def proof_of(log: Log, event: str, size: int | None = None) -> dict[str, Any]:
    with snapshot(log.engine) as connection:
        return prove(connection, event, size)


def keys_of(log: Log) -> checker.Keys:
    return read_keys(jwks_of(log))


def jwks_of(log: Log) -> dict[str, Any]:
    with Session(log.engine) as session:
        return {"keys": list(public_keys(session).values())}


def given_away(log: Log) -> str:
    return "".join(path.read_text() for path in sorted(log.folder.glob("*.jsonl")))


def test_a_proof_of_any_event_holds_under_any_later_head(log: Log, events: list[str]) -> None:
    keys = keys_of(log)
    heads = read_heads(given_away(log), keys)
    assert list(heads) == [3, 3 + 6 + 1, 3 + 6 + 520 + 1]
    for event in (*events[:9], events[255], events[256], events[-1]):
        assert event in check(proof_of(log, event), keys, heads)
    assert "of 3 rows" in check(proof_of(log, events[0], 3), keys, heads)


def test_older_logs_are_beginnings_of_newer_ones(log: Log, events: list[str]) -> None:
    keys = keys_of(log)
    for old, new in ((3, 3), (3, 10), (3, 530), (10, 530)):
        with snapshot(log.engine) as connection:
            assert "is the beginning of" in check(prove_consistency(connection, old, new), keys)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_proof_that_was_changed_is_refused(log: Log, events: list[str]) -> None:
    keys = keys_of(log)
    proof = proof_of(log, events[5])
    head = proof["head"]
    changes: tuple[dict[str, Any], ...] = (
        {"event": proof["event"].replace("203.0.113.7", "203.0.113.8")},
        {"position": proof["position"] + 1},
        {"position": True},
        {"path": proof["path"][:-1]},
        {"path": [*proof["path"], "A" * 43]},
        {"path": ["A" * 44]},
        {"path": None},
        {"head": {**head, "size": head["size"] - 1}},
        {"head": {**head, "root": "A" * 43}},
        {"head": {**head, "log": "https://other.example"}},
        {"head": {**head, "signature": "A" * 86}},
        {"head": {**head, "signature": ""}},
        {"head": {**head, "kid": "A" * 43}},
        {"head": []},
        {"proof": "consistency"},
        {"version": 2},
    )
    for changed in changes:
        with pytest.raises(ProofRefused):
            check({**proof, **changed}, keys)
    nonsense: tuple[Any, ...] = (None, [], "", {"version": 1})
    for wrong in nonsense:
        with pytest.raises(ProofRefused):
            check(wrong, keys)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_head_that_nobody_else_has_is_refused(log: Log, events: list[str]) -> None:
    """Whoever has the key may show each a log of its own: the heads given away are the same for all."""
    keys = keys_of(log)
    lines = given_away(log).splitlines()
    with pytest.raises(ProofRefused):
        check(proof_of(log, events[0]), keys, read_heads("\n".join(lines[:-1]), keys))


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_attack_a_proof_by_a_back_dated_head_of_the_same_root(log: Log, events: list[str]) -> None:
    """Whoever has the key signs that the event was in the log years ago, with the genuine root and size."""
    keys, proof = keys_of(log), proof_of(log, events[0])
    with Session(log.engine) as session:
        _, key = signing(session, log.cipher, log.clock())
    genuine = read(json.dumps(proof["head"], sort_keys=True, separators=(",", ":")))
    older = replace(genuine, at=genuine.at - timedelta(days=2000)).signed_by(key)
    proof["head"] = json.loads(older.line)
    assert "signed 2020" in check(proof, keys)
    with pytest.raises(ProofRefused, match="given away"):
        check(proof, keys, read_heads(given_away(log), keys))
    with pytest.raises(ProofRefused, match="two heads"):
        read_heads(given_away(log) + older.line, keys)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_nothing_is_proved_that_does_not_hold(log: Log, events: list[str]) -> None:
    for event, size in (("01890a5d-ac96-774b-bcce-b302099a8057", None), (events[20], 10), (events[0], 4)):
        with pytest.raises(NoProof):
            proof_of(log, event, size)
    with pytest.raises(NoProof, match="each minute"):
        proof_of(log, log.write(1)[0])
    log.harm(f"UPDATE audit_events SET actor = 'x' WHERE id = '{events[7]}'")
    with pytest.raises(NoProof, match="not what it was"):
        proof_of(log, events[7])
    log.harm("DELETE FROM audit_subtrees")
    with snapshot(log.engine) as connection, pytest.raises(NoProof):
        prove_consistency(connection, 3, 530)
    with snapshot(log.engine) as connection, pytest.raises(NoProof):
        prove_consistency(connection, 10, 3)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_proofs_hold_over_a_change_of_the_key(log: Log, events: list[str]) -> None:
    with Session(log.engine) as session, session.begin():
        rotate(session, log.cipher, log.clock(), actor="operator")
    later = log.grow(2)
    assert log.verify(anchored=True).finding is None
    assert len({json.loads(line)["kid"] for line in given_away(log).splitlines()}) == 2
    keys = keys_of(log)
    for event in (events[0], later[0]):
        check(proof_of(log, event), keys)
    # The private part of the one before is gone.
    sealed = log.ask("SELECT private_sealed FROM audit_keys ORDER BY number")
    assert [one is None for (one,) in sealed] == [True, False]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_checker_stands_alone(log: Log, events: list[str], tmp_path: Path) -> None:
    file = Path(checker.__file__)
    imported = {
        name.name.split(".")[0]
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.Import)
        for name in node.names
    } | {
        str(node.module).split(".")[0]
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.ImportFrom)
    }
    assert imported <= {*sys.stdlib_module_names, "cryptography"}
    (tmp_path / "check.py").write_text(file.read_text())
    (tmp_path / "proof.json").write_text(json.dumps(proof_of(log, events[1])))
    (tmp_path / "keys.json").write_text(json.dumps(jwks_of(log)))
    (tmp_path / "heads.jsonl").write_text(given_away(log) + '{"half')
    command = [
        sys.executable,
        "-I",
        "check.py",
        "proof.json",
        "--keys",
        "keys.json",
        "--heads",
        "heads.jsonl",
    ]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert f"event {events[1]}" in done.stdout
    refused = subprocess.run(
        [*command, "--kid", "another"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert refused.returncode == 1


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_next_head_seals_its_key_with_the_encryption_key_in_use(log: Log, events: list[str]) -> None:
    both = {"k": bytes(32), "next": bytes([1]) * 32}
    log.cipher = FieldCipher(KeyRing("next", both))
    log.grow(1)
    # The older encryption key is in the ring no more.
    log.cipher = FieldCipher(KeyRing("next", {"next": both["next"]}))
    log.grow(1)
    assert log.verify(anchored=True).finding is None
    assert len(log.ask("SELECT kid FROM audit_keys")) == 1
