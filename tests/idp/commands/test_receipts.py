"""What an operator is told of a receipt that somebody brings."""

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from idp.commands.receipts import receipts
from liveness import Receipt
from tests.idp.oidc.claims.evidence import sign_in_by_face
from tests.idp.oidc.claims.test_receipts import JWKS, claims_of, receipt_of
from tests.idp.oidc.conftest import (
    clock,
    configuration,
    engine,
    master_document,
    master_keys,
    prepared,
    world,
)
from tests.idp.oidc.world import HALL, TAX, World

__all__ = ["clock", "configuration", "engine", "master_document", "master_keys", "prepared", "world"]


@pytest.fixture
def token(
    world: World,
    prepared: tuple[Path, str],
    master_document: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> str:
    """A receipt, and the command line of the provider that signed it."""
    (tmp_path / "master.json").write_text(master_document)
    shutil.copy(prepared[0], tmp_path / "copy.db")
    for name, value in {
        "IDP_ISSUER": world.provider.issuer,
        "IDP_DATABASE__URL": f"sqlite:///{tmp_path}/copy.db",
        "IDP_EPHEMERAL__URL": f"sqlite:///{tmp_path}/ephemeral.db",
        "IDP_SECRETS__FILE": str(tmp_path / "master.json"),
    }.items():
        monkeypatch.setenv(name, value)
    sign_in_by_face(world)
    return receipt_of(world)


def run(*arguments: str, stdin: str | None = None) -> Result:
    return CliRunner().invoke(receipts, ["verify", *arguments], input=stdin)


def test_a_genuine_one_is_told_in_full(token: str) -> None:
    result = run("-", "--client", HALL, stdin=f"{token}\n")
    assert result.exit_code == 0, result.output
    claims = claims_of(token)
    assert f"for {HALL}, about {claims['sub']}" in result.output
    assert "face: live, matched by engine, camera live" in result.output
    assert "antispoof: " in result.output
    assert Receipt.from_claims(claims["receipt"]).digest in result.output
    assert claims["jti"] in result.output


def test_public_keys_may_be_given(token: str, world: World, tmp_path: Path) -> None:
    from idp.oidc.http import Request

    (tmp_path / "receipt.jwt").write_text(token)
    (tmp_path / "jwks.json").write_bytes(world.endpoints[JWKS](Request("GET", JWKS)).body)
    file, keys = str(tmp_path / "receipt.jwt"), str(tmp_path / "jwks.json")
    assert run(file, "--jwks", keys).exit_code == 0
    (tmp_path / "jwks.json").write_text(json.dumps({"keys": []}))
    assert run(file, "--jwks", keys).exit_code == 1
    (tmp_path / "jwks.json").write_text("no JSON")
    assert run(file, "--jwks", keys).exit_code == 1


def test_anything_else_is_refused_in_a_line(token: str) -> None:
    for text, arguments in ((token[:-4] + "AAAA", ()), ("", ()), (token, ("--client", TAX))):
        result = run("-", *arguments, stdin=text)
        assert result.exit_code == 1
        assert result.output.startswith("Error: not a receipt of https://id.example")
        assert result.output.count("\n") == 1
