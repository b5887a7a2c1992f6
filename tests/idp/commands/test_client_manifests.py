"""Registrations as files: the plan comes first and is what happens; what is written down applies again."""

import json
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, select, update
from sqlalchemy.orm import Session

from idp.audit.models import AuditEvent
from idp.commands.client_manifests import ChangedMeanwhile, apply_files, plan
from idp.commands.opening import opened
from idp.extensions import Services
from idp.oidc.clients.metadata import read
from idp.oidc.clients.models import ClientRecord
from tests.idp.commands.test_clients import client, database, run
from tests.idp.oidc.clients.secret_rows import secrets_of
from tests.idp.oidc.conftest import HALL, SPA

__all__ = ["database"]

LIBRARY = """
client_id = "library"
sector = "library.example"
client_name = "Library"
"client_name#zh-CN" = "图书馆"
redirect_uris = ["https://library.example/callback"]
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "library.toml"
    path.write_text(LIBRARY, "utf-8")
    return path


@pytest.fixture
def found(database: Engine) -> Iterator[Services]:
    with opened() as services:
        yield services


def test_a_plan_changes_nothing_and_says_what_would_be_made(database: Engine, file: Path) -> None:
    result = run("diff", str(file))
    assert result.exit_code == 1
    assert '+ client_name#zh-CN = "图书馆"' in result.output
    assert "client_secret: anew" in result.output
    with Session(database) as session:
        assert session.get(ClientRecord, "library") is None
        assert session.scalars(select(AuditEvent)).all() == []


def test_what_was_applied_leaves_nothing_to_do(database: Engine, file: Path) -> None:
    assert run("apply", "--yes", str(file)).exit_code == 0
    assert run("diff", str(file)).exit_code == 0
    again = run("apply", str(file))
    assert (again.exit_code, "1 unchanged" in again.output) == (0, True)


def test_a_plan_shows_each_changed_field_before_and_after(database: Engine, file: Path) -> None:
    run("apply", "--yes", str(file))
    file.write_text(LIBRARY.replace("图书馆", "市图书馆") + "minimum_level = 2\n", "utf-8")
    output = run("diff", str(file)).output
    assert '- client_name#zh-CN = "图书馆"' in output
    assert '+ client_name#zh-CN = "市图书馆"' in output
    assert "+ minimum_level = 2" in output
    assert "redirect_uris" not in output
    planned = json.loads(run("diff", "--json", str(file)).output)
    assert {one["name"]: one["now"] for one in planned[0]["differences"]} == {
        "client_name#zh-CN": "市图书馆",
        "minimum_level": 2,
    }
    run("apply", "--yes", str(file))
    with Session(database) as session:
        last = session.scalars(select(AuditEvent).where(AuditEvent.name == "client_changed")).one()
    assert json.loads(last.payload)["changed"] == ["client_name", "minimum_level"]


def test_nobody_is_asked_where_nobody_sits(database: Engine, file: Path) -> None:
    result = run("apply", str(file))
    assert result.exit_code == 1
    assert "--yes" in result.output
    with Session(database) as session:
        assert session.get(ClientRecord, "library") is None


def test_a_plan_that_something_else_came_between_is_not_carried_out(found: Services, file: Path) -> None:
    apply_files(found, [file], secret_root=None)
    file.write_text(LIBRARY + "minimum_level = 3\n", "utf-8")
    known, _ = plan(found, [file], secret_root=None)
    with found.sessions.begin() as session:
        changed = session.get_one(ClientRecord, "library").metadata_json | {"minimum_level": 4}
        session.execute(
            update(ClientRecord).where(ClientRecord.client_id == "library").values(metadata_json=changed)
        )
    with pytest.raises(ChangedMeanwhile):
        apply_files(found, [file], secret_root=None, planned_from=known)
    with found.sessions() as session:
        assert session.get_one(ClientRecord, "library").metadata_json["minimum_level"] == 4


def test_a_plan_writes_no_secret_file(found: Services, file: Path, tmp_path: Path) -> None:
    file.write_text(LIBRARY + 'secret_file = "library.secret"\n', "utf-8")
    plan(found, [file], secret_root=tmp_path)
    assert not (tmp_path / "library.secret").exists()
    apply_files(found, [file], secret_root=tmp_path)
    assert (tmp_path / "library.secret").exists()


def test_a_wrong_file_is_refused_with_its_name(database: Engine, file: Path) -> None:
    file.write_text(LIBRARY + "minimum_levle = 2\n", "utf-8")
    result = run("diff", str(file))
    assert result.exit_code == 2
    assert "library.toml" in result.output
    assert "minimum_levle" in result.output


def test_what_is_exported_applies_again_and_changes_nothing(database: Engine, tmp_path: Path) -> None:
    folder = tmp_path / "manifests"
    assert run("export", "--to", str(folder)).exit_code == 0
    files = sorted(map(str, folder.iterdir()))
    assert len(files) >= 2
    result = run("diff", *files)
    assert (result.exit_code, result.output.splitlines()[-1]) == (
        0,
        f"0 created, 0 changed, {len(files)} unchanged",
    )
    for client_id in (HALL, SPA):
        fields = tomllib.loads((folder / f"{client_id}.toml").read_text("utf-8"))
        assert read(fields).to_json() == client(database, client_id).metadata_json


def test_an_export_holds_no_secret(database: Engine, tmp_path: Path) -> None:
    run("apply", "--yes", str(_shared_key(tmp_path)))
    text = run("export", "library").output
    assert "secret" not in tomllib.loads(text)
    with Session(database) as session:
        [kept] = secrets_of(session, "library")
    assert kept.mac not in text


def test_an_unknown_client_is_not_exported(database: Engine) -> None:
    result = run("export", "nobody")
    assert result.exit_code == 1
    assert "there is no client nobody" in result.output


def _shared_key(tmp_path: Path) -> Path:
    path = tmp_path / "library.toml"
    path.write_text(LIBRARY + 'token_endpoint_auth_method = "client_secret_jwt"\n', "utf-8")
    return path
