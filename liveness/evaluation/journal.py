"""`scores.csv`: what was scored so far. A run that was broken off goes on from there."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple, TextIO

from liveness.evaluation.dataset import Row
from liveness.evaluation.scoring import Outcome

_COLUMNS = [
    *("path", "label", "attack", "source", "kind", "frames", "score", "no_answer"),
    *("live", "refused_by", "failed", "unproved", "actions", "fps", "sha256", "setup"),
]
_TRUTH = {"yes": True, "no": False, "": None}


class Key(NamedTuple):
    """What a score belongs to. The label is no part of it: no score may depend on it."""

    sha256: str
    actions: str
    fps: float
    setup: str

    @classmethod
    def of(cls, row: Row, sha256: str, setup: str) -> Key:
        return cls(sha256, ",".join(row.actions), row.fps, setup)


class Journal:
    """Appends each outcome as it comes; one line, flushed, so that no more than the last one can be lost."""

    def __init__(self, path: Path, file: TextIO, known: dict[Key, Outcome]) -> None:
        self._path = path
        self._file = file
        self._known = known

    @classmethod
    @contextmanager
    def open(cls, path: Path) -> Iterator[Journal]:
        """:raises OSError: the directory cannot be written to."""
        entries = list(_read(path))
        # Written anew first: a line that was cut off would otherwise swallow the next one.
        _replace(path, (cells for _, _, cells in entries))
        with path.open("a", encoding="utf-8", newline="") as file:
            yield cls(path, file, {key: outcome for key, outcome, _ in entries})

    def find(self, key: Key) -> Outcome | None:
        return self._known.get(key)

    def add(self, row: Row, key: Key, outcome: Outcome) -> None:
        csv.writer(self._file).writerow(_cells(row, key, outcome))
        self._file.flush()

    def finish(self, results: Iterable[tuple[Row, Key, Outcome]]) -> None:
        """Leave the results of this run alone, in the order of the data set."""
        _replace(self._path, (_cells(*result) for result in results))


def _cells(row: Row, key: Key, outcome: Outcome) -> list[Any]:
    return [
        row.name,
        "live" if row.is_live else "attack",
        row.attack or "",
        row.source,
        outcome.kind,
        outcome.frames,
        "" if outcome.score is None else repr(outcome.score),
        outcome.no_answer,
        {True: "yes", False: "no", None: ""}[outcome.live],
        outcome.refused_by,
        " ".join(outcome.failed),
        " ".join(outcome.unproved),
        key.actions,
        key.fps,
        key.sha256,
        key.setup,
    ]


def _read(path: Path) -> Iterator[tuple[Key, Outcome, list[str]]]:
    """Every whole line; what is cut off or was never ours is passed over and made anew."""
    try:
        file = path.open(encoding="utf-8", newline="", errors="replace")
    except FileNotFoundError:
        return
    with file:
        reader = csv.reader(file)
        while True:
            try:
                cells = next(reader, None)
                if cells is None:
                    return
                yield (*_parsed(cells), cells)
            except (csv.Error, ValueError, KeyError):
                continue


def _parsed(cells: list[str]) -> tuple[Key, Outcome]:
    """:raises ValueError, KeyError: no line of ours."""
    value = dict(zip(_COLUMNS, cells, strict=True))
    if len(value["setup"]) != 64 or len(value["sha256"]) != 64:  # the last columns: a shorter one was cut off
        raise ValueError
    outcome = Outcome(
        kind=value["kind"],
        frames=int(value["frames"]),
        score=float(value["score"]) if value["score"] else None,
        no_answer=value["no_answer"],
        live=_TRUTH[value["live"]],
        refused_by=value["refused_by"],
        failed=tuple(value["failed"].split()),
        unproved=tuple(value["unproved"].split()),
    )
    if (outcome.score is None) is (not outcome.no_answer) or not 0 <= (outcome.score or 0) <= 1:
        raise ValueError
    return Key(value["sha256"], value["actions"], float(value["fps"]), value["setup"]), outcome


def _replace(path: Path, lines: Iterable[list[Any]]) -> None:
    draft = path.with_suffix(".draft")
    with draft.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([_COLUMNS, *lines])
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
