from pathlib import Path

import pytest

from liveness.evaluation.journal import Journal, Key
from liveness.evaluation.scoring import Outcome
from liveness.types import Action
from tests.liveness.evaluation.samples import row

SETUP = "5" * 64
FULL = Outcome("video", 30, 0.123456789, "", False, "flat", ("planarity", "antispoof"), ("flash",))
SILENT = Outcome("still", no_answer="no_face")


def key(number: int) -> Key:
    return Key.of(row(number, actions=(Action.BLINK, Action.NOD)), f"{number:064}", SETUP)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    with Journal.open(tmp_path / "scores.csv") as journal:
        journal.add(row(1), key(1), FULL)
        journal.add(row(2, 'a,b\n"c"'), key(2), SILENT)
    return tmp_path / "scores.csv"


def test_what_was_written_is_found_again(path: Path):
    with Journal.open(path) as journal:
        assert journal.find(key(1)) == FULL
        assert journal.find(key(2)) == SILENT
        assert journal.find(key(3)) is None


@pytest.mark.parametrize(
    "change", [{"sha256": "0" * 64}, {"setup": "6" * 64}, {"actions": ""}, {"fps": 15.0}]
)
def test_a_score_belongs_to_content_question_and_setup(path: Path, change: dict[str, object]):
    with Journal.open(path) as journal:
        assert journal.find(key(1)._replace(**change)) is None


def test_a_line_that_was_cut_off_is_lost_alone_and_harms_no_later_one(path: Path):
    content = path.read_bytes()
    for cut in range(1, 60, 4):
        broken = path.with_name("broken.csv")
        broken.write_bytes(content[:-cut])
        with Journal.open(broken) as journal:
            assert journal.find(key(1)) == FULL
            journal.add(row(3), key(3), SILENT)
        with Journal.open(broken) as journal:
            assert journal.find(key(1)) == FULL
            assert journal.find(key(3)) == SILENT


@pytest.mark.parametrize("content", [b"", b"\x00\xff\n", b"a,b\n1,2\n", b'"' * 1001, b"," * 15 + b"\n"])
def test_a_file_that_is_no_journal_is_an_empty_one(content: bytes, tmp_path: Path):
    path = tmp_path / "scores.csv"
    path.write_bytes(content)
    with Journal.open(path) as journal:
        assert journal.find(key(1)) is None


@pytest.mark.parametrize("score", ["nan", "2", "x", ""])
def test_a_score_that_is_none_is_made_anew(score: str, path: Path):
    path.write_text(path.read_text().replace("0.123456789", score))
    with Journal.open(path) as journal:
        assert journal.find(key(1)) is None


def test_in_the_end_it_holds_this_run_alone_in_its_order(path: Path):
    with Journal.open(path) as journal:
        journal.finish([(row(3), key(3), SILENT), (row(1), key(1), FULL)])
    assert [line.split(",")[0] for line in path.read_text().splitlines()] == ["path", "3.jpg", "1.jpg"]
    with Journal.open(path) as journal:
        assert journal.find(key(2)) is None
