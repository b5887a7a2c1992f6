"""The command from list to report."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from liveness import ModelPack
from liveness.__main__ import main
from liveness.evaluation.dataset import read_dataset
from liveness.evaluation.fingerprint import of_setup
from liveness.evaluation.journal import Journal, Key
from liveness.evaluation.scoring import Outcome
from liveness.files import file_sha256
from tests.liveness.evaluation.samples import spread
from tests.liveness.playing import Session


@pytest.fixture(scope="module")
def directory(pack: ModelPack) -> str:
    return str(pack.one("detector").path.parent)


@pytest.fixture
def listed(passed: Session, tmp_path: Path) -> Path:
    """Pictures, a session, a file that is not there, one that is no picture, a line that says nothing."""
    for index in range(3):
        (tmp_path / f"{index}.jpg").write_bytes(passed.images[index])
    (tmp_path / "frames").mkdir()
    for index, image in enumerate(passed.images[:20]):
        (tmp_path / "frames" / f"{index}.jpg").write_bytes(image)
    (tmp_path / "text.jpg").write_text("no picture")
    path = tmp_path / "set.csv"
    path.write_text(
        "path,label,attack,source\n0.jpg,live,,a\n1.jpg,live,,b\n2.jpg,attack,render,a\nframes,attack,render,b\n"
        "gone.jpg,live,,a\ntext.jpg,attack,render,b\n0.jpg,perhaps,,a\n"
    )
    return path


def test_a_data_set_is_evaluated_whatever_single_rows_are(
    listed: Path, directory: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    out = tmp_path / "out"
    assert main(["evaluate", str(listed), "--out", str(out), "--directory", directory, "--jobs", "2"]) == 0
    said = capsys.readouterr()
    assert said.out == (out / "report.md").read_text()
    assert said.err == "set.csv, line 8: label 'perhaps' is neither live nor attack\n"
    report = json.loads((out / "report.json").read_text())
    assert report["kinds"] == {"directory": 1, "none": 2, "still": 3}
    assert report["live_no_answer"] == {"count": 1, "total": 3, "rate": None, "interval": None}
    assert report["species"][0]["no_answer"]["count"] == 1
    assert [(row["line"], row["reason"]) for row in report["unanswered"]] == [
        (6, "missing"),
        (7, "unknown_format"),
    ]
    assert report["complaints"][0]["line"] == 8
    assert not (out / "det.png").exists()
    assert str(tmp_path) not in (out / "report.json").read_text() + said.out


def test_a_second_run_asks_no_network_and_says_the_same(
    listed: Path, directory: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    arguments = ["evaluate", str(listed), "--out", str(tmp_path / "out"), "--directory", directory]
    written = []
    for jobs in ("1", "3"):
        assert main([*arguments, "--jobs", jobs]) == 0
        written.append({file.name: file.read_bytes() for file in sorted((tmp_path / "out").iterdir())})
    assert written[0] == written[1]
    assert set(written[0]) == {"report.json", "report.md", "scores.csv"}


def test_scores_of_an_earlier_run_are_taken_and_drawn(
    pack: ModelPack, directory: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    """Files that would have no answer if they were asked again, so that every score is the earlier one."""
    lines = ["path,label,attack,source"]
    for index in range(240):
        (tmp_path / f"{index}.jpg").write_bytes(b"\xff\xd8\xff" + index.to_bytes(2, "big"))
        attack = "" if index < 120 else "print"
        lines.append(f"{index}.jpg,{'attack' if attack else 'live'},{attack},{'ab'[index % 2]}")
    listed, out = tmp_path / "set.csv", tmp_path / "out"
    listed.write_text("\n".join(lines))
    out.mkdir()
    scores = spread(120, 6, right=0.8, other=0.3) + spread(120, 12, right=0.1, other=0.6)
    setup = of_setup(pack)
    with Journal.open(out / "scores.csv") as journal:
        for row, value in zip(read_dataset(listed).rows, scores, strict=True):
            journal.add(row, Key.of(row, file_sha256(row.path), setup), Outcome("still", 1, value))
    assert main(["evaluate", str(listed), "--out", str(out), "--directory", directory]) == 0
    report = json.loads((out / "report.json").read_text())
    assert report["live_refused"]["rate"] == 6 / 120
    assert report["species"][0]["accepted"]["rate"] == 12 / 120
    assert report["worst"]["acer"] == pytest.approx(0.075)
    assert report["leave_one_out"]["live_refused"]["total"] == 120
    picture = cv2.imdecode(np.frombuffer((out / "det.png").read_bytes(), np.uint8), cv2.IMREAD_COLOR)
    assert picture is not None
    assert picture.shape[1] == 950


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("path,label\n", "line 1: no column attack, source"),
        ("path,label,attack,source\n,,,s\n", "no presentation"),
    ],
)
def test_a_list_of_nothing_is_wrong_use(
    content: str, words: str, directory: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    (tmp_path / "set.csv").write_text(content)
    assert main(["evaluate", str(tmp_path / "set.csv"), "--directory", directory]) == 2
    assert words in capsys.readouterr().err


def test_where_nothing_can_be_written_is_wrong_use(
    listed: Path, directory: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    (tmp_path / "out").write_text("a file")
    assert main(["evaluate", str(listed), "--out", str(tmp_path / "out"), "--directory", directory]) == 2
    assert "liveness: " in capsys.readouterr().err


@pytest.mark.parametrize("jobs", ["0", "-1", "x", "1000"])
def test_threads_are_bounded(jobs: str, listed: Path):
    with pytest.raises(SystemExit) as ended:
        main(["evaluate", str(listed), "--jobs", jobs])
    assert ended.value.code == 2


def test_help_shows_an_example(capsys: pytest.CaptureFixture[str]):
    with pytest.raises(SystemExit):
        main(["evaluate", "--help"])
    assert "path,label,attack,source" in capsys.readouterr().out
