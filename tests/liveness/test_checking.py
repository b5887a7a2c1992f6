"""The command as people use it; what its gates say is tested elsewhere."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest

from liveness import ModelPack
from liveness.__main__ import main
from tests.liveness.playing import FPS, Session
from tests.liveness.recordings.videos import grey, write_video

ASKED = ["--actions", "turn_left,blink,open_mouth"]


@pytest.fixture(scope="module")
def directory(pack: ModelPack) -> str:
    return str(pack.one("detector").path.parent)


@pytest.fixture(scope="module")
def film(passed: Session, tmp_path_factory: pytest.TempPathFactory) -> Path:
    images = [cv2.imdecode(np.frombuffer(image, np.uint8), cv2.IMREAD_COLOR) for image in passed.images]
    return write_video(tmp_path_factory.mktemp("film") / "film.avi", images, fps=FPS)


def test_a_video_is_judged(film: Path, directory: str, capsys: pytest.CaptureFixture[str]):
    assert main(["check", str(film), "--directory", directory, *ASKED]) == 0
    said = capsys.readouterr()
    assert said.out.endswith("live\n")
    assert all(word in said.out for word in ("planarity", "antispoof", "detect", "CPU"))
    assert said.err == ""  # the progress bar is for people at a terminal


def test_a_refusal_says_why_and_ends_with_1(film: Path, directory: str, capsys: pytest.CaptureFixture[str]):
    assert main(["check", str(film), "--directory", directory, "--actions", "blink,turn_left"]) == 1
    out = capsys.readouterr().out
    assert "FAIL" in out
    assert "refused: wrong_order" in out


def test_the_verdict_is_printed_as_json(film: Path, directory: str, capsys: pytest.CaptureFixture[str]):
    assert main(["check", str(film), "--directory", directory, "--json", *ASKED]) == 0
    verdict = json.loads(capsys.readouterr().out)
    assert verdict["live"] is True
    assert {gate["name"] for gate in verdict["gates"]} >= {"challenge", "planarity", "antispoof"}


def test_without_a_challenge_its_gates_are_said_to_be_untried(
    film: Path, directory: str, capsys: pytest.CaptureFixture[str]
):
    assert main(["check", str(film), "--directory", directory]) == 0
    out = capsys.readouterr().out
    assert out.count("not tried") >= 2
    assert "as far as was tried" in out


def test_a_hostile_video_ends_with_2_and_one_line(tmp_path: Path, directory: str):
    """In a process of its own, because the decoder writes past Python and learns once to keep quiet."""
    path = tmp_path / "film.mp4"
    path.write_bytes(b"\x00\x00\x00\x18ftypmp42" + bytes(5_000))
    command = [sys.executable, "-m", "liveness", "check", str(path), "--directory", directory]
    ended = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr == f"liveness: {path} holds no video that can be decoded\n"


def test_frames_that_are_all_refused_are_nothing_to_judge(
    tmp_path: Path, directory: str, capsys: pytest.CaptureFixture[str]
):
    path = write_video(tmp_path / "film.avi", grey(3), fps=10)  # 64 x 48 pixels
    assert main(["check", str(path), "--directory", directory]) == 2
    assert "not a single frame" in capsys.readouterr().err


@pytest.mark.parametrize("fps", ["0", "-1", "nan", "x", "inf"])
def test_a_frame_rate_must_be_one(fps: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    with pytest.raises(SystemExit) as ended:
        main(["check", str(tmp_path), "--fps", fps])
    assert ended.value.code == 2
    assert "frames a second" in capsys.readouterr().err


def test_a_reference_that_is_not_there_is_wrong_use(film: Path, directory: str, tmp_path: Path):
    assert main(["check", str(film), "--directory", directory, "--reference", str(tmp_path / "no.jpg")]) == 2
