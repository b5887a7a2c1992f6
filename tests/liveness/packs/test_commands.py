"""`python -m liveness models` with packs beside the built-in networks."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from liveness import ModelPack
from liveness.__main__ import main
from tests.liveness.networks import write_pad_override


@pytest.fixture
def models(pack: ModelPack, tmp_path: Path) -> Path:
    installed = pack.one("detector").path.parent
    return shutil.copytree(installed, tmp_path / "models", ignore=shutil.ignore_patterns("packs"))


def test_an_own_pack_is_added_listed_and_verified(
    models: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    source = write_pad_override(tmp_path / "own", (0.0, 5.0, 0.0)).parent
    where = ["--directory", str(models)]
    assert main(["models", "add", str(source), "--name", "certified", *where]) == 0
    assert 'packs = ["certified"]' in capsys.readouterr().out
    assert main(["models", "verify", *where]) == 0
    assert "ok    certified/own_0.onnx" in capsys.readouterr().out
    assert main(["models", "list", *where]) == 0
    assert "certified/own_0" in capsys.readouterr().out
    (models / "packs" / "certified" / "own_0.onnx").write_bytes(b"other")
    assert main(["models", "verify", *where]) == 1
    assert "FAIL  own_0: own_0.onnx does not have the pinned sha256" in capsys.readouterr().out


def test_a_directory_of_something_else_is_refused_with_what_is_wanted(
    models: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    empty = tmp_path / "empty"
    empty.mkdir()
    assert main(["models", "add", str(empty), "--directory", str(models)]) == 1
    said = capsys.readouterr().err
    assert "no models.toml" in said
    assert "4_0_0_80x80_MiniFASNetV1SE.onnx with sha256 ebab7f" in said


def test_a_pack_that_is_whole_is_not_fetched_again(
    models: Path, shared: Path, capsys: pytest.CaptureFixture[str]
):
    where = ["--directory", str(models)]
    assert main(["models", "add", str(shared / "models" / "minivision"), *where]) == 0
    assert main(["models", "install", "--pack", "minivision", *where]) == 0
    assert "0 files written, the pack minivision is whole" in capsys.readouterr().out
    assert main(["models", "verify", *where]) == 0
    # Our pins count, not what lies beside the files.
    file = models / "packs" / "minivision" / "2.7_80x80_MiniFASNetV2.onnx"
    file.write_bytes(file.with_name("4_0_0_80x80_MiniFASNetV1SE.onnx").read_bytes())
    assert main(["models", "verify", *where]) == 1
    assert "minifasnet_v2" in capsys.readouterr().out
