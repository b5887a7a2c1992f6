"""The command, on a few frames of the rendered person."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from liveness import ModelPack
from liveness.__main__ import main
from liveness.benchmark.measuring import Measured
from tests.liveness.playing import Session


@pytest.fixture
def frames(passed: Session, tmp_path: Path) -> Path:
    for index, image in enumerate(passed.images[:8]):
        (tmp_path / f"{index:03}.jpg").write_bytes(image)
    return tmp_path


@pytest.fixture
def networks(pack: ModelPack) -> list[str]:
    return ["--directory", str(pack.one("detector").path.parent)]


def test_stages_memory_and_threads_are_measured(
    frames: Path, networks: list[str], capsys: pytest.CaptureFixture[str]
):
    asked = ["bench", str(frames), "--rounds", "1", "--full", "--threads", "3", "--json", *networks]
    assert main(asked) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["frames"], found["rounds"]) == (8, 1)
    assert found["runs"]["decode"] == found["full"]["runs"]["embedding"] == 8
    assert 1 <= found["runs"]["embedding"] < 8
    assert found["cpu_ms"]["all"] < found["full"]["cpu_ms"]["all"]
    assert found["cpu_ms"]["all"] >= found["cpu_ms"]["decode"] + found["cpu_ms"]["embedding"]
    assert found["full"]["scores_apart"] == 0
    assert [pace["threads"] for pace in found["threads"]] == [1, 2, 3]
    assert found["threads"][0]["times_one_thread"] == 1
    assert found["memory_mb"]["growth_in_1000_sessions"] is None


def test_a_person_reads_tables(frames: Path, networks: list[str], capsys: pytest.CaptureFixture[str]):
    assert main(["bench", str(frames), "--frames", "4", "--rounds", "1", *networks]) == 0
    out = capsys.readouterr().out
    assert "4 frames over 0.3 s" in out
    assert "Memory" in out
    assert "in full" not in out
    assert "verdict: frames_too_few" in out


def test_what_cannot_be_measured_is_said(
    tmp_path: Path, networks: list[str], capsys: pytest.CaptureFixture[str]
):
    assert main(["bench", str(tmp_path), *networks]) == 2
    assert "no pictures" in capsys.readouterr().err
    (tmp_path / "0.jpg").write_bytes(b"no picture")
    assert main(["bench", str(tmp_path), *networks]) == 2
    assert "unknown_format" in capsys.readouterr().err


def test_growth_is_told_from_a_hundred_rounds_on_without_the_warm_up():
    rising = [float(index) for index in range(10)] + [10.0 + 0.5 * index for index in range(90)]
    assert Measured(resident_mb=rising).growth_mb() == pytest.approx(500)
    assert Measured(resident_mb=rising[:99]).growth_mb() is None
