"""What the anchor's folder says of this log, and how much of it is read."""

from pathlib import Path

from idp.audit.verifications.outside import LINES_OF_A_FILE, given_away
from tests.idp.audit.tree.conftest import LOG, Log, log

__all__ = ["log"]


def test_a_folder_that_is_not_there_has_nothing(tmp_path: Path) -> None:
    assert given_away(tmp_path / "none", LOG).lines == ()


def test_heads_of_this_log_alone_are_read(log: Log) -> None:
    log.grow(3, 2)
    (file,) = log.folder.glob("*.jsonl")
    own = file.read_text().splitlines()
    file.write_text("".join(f"{line.replace(LOG, 'https://other.example')}\n{line}\n" for line in own))
    assert given_away(log.folder, LOG).lines == tuple(own)
    assert len(own) == 2
    assert log.verify().finding is None


def test_of_each_month_the_last_heads_are_read(tmp_path: Path) -> None:
    for month in ("2026-10", "2026-11"):
        lines = [f'{{"log":"{LOG}","at":"{month}-{number}"}}' for number in range(LINES_OF_A_FILE + 5)]
        (tmp_path / f"heads-{month}.jsonl").write_text("\n".join(lines))
    found = given_away(tmp_path, LOG).lines
    assert len(found) == 2 * LINES_OF_A_FILE
    assert f"2026-11-{LINES_OF_A_FILE + 4}" in found[-1]
