"""Read the list of a data set: a CSV file with a header and one presentation a line.

| column | |
|---|---|
| path | a picture, a directory of frames or a video; relative to the CSV file |
| label | `live` (or `bona fide`), or `attack` |
| attack | the kind of attack, such as `print`; empty for live |
| source | where it comes from: a camera, a site, a published set; what is left out together |
| actions | optional: what a session was asked to do, such as `turn_left,blink` |
| fps | optional: frames a second of a directory (12) |
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from liveness.asked import parse_actions
from liveness.types import Action

REQUIRED = ("path", "label", "attack", "source")
OPTIONAL = ("actions", "fps")
MOST_BYTES = 256 << 20
MOST_ROWS = 1_000_000
_LONGEST_WORD = 100
_LIVE = frozenset({"live", "bona fide", "bona_fide", "bona-fide", "bonafide"})
UNNAMED_SOURCE = "(none)"


class DatasetInvalid(Exception):
    """The list as a whole cannot be read. The message names the line where there is one."""


@dataclass(frozen=True, slots=True)
class Row:
    """One presentation. `attack`: None for a live one. `name`: the path as it stands in the list."""

    line: int
    name: str
    path: Path
    attack: str | None
    source: str
    actions: tuple[Action, ...] = ()
    fps: float = 12.0

    @property
    def is_live(self) -> bool:
        return self.attack is None


@dataclass(frozen=True, slots=True)
class Complaint:
    """A line that cannot be counted, because it does not say what it is."""

    line: int
    words: str


@dataclass(frozen=True, slots=True)
class Dataset:
    name: str
    rows: tuple[Row, ...]
    complaints: tuple[Complaint, ...]


def read_dataset(path: Path) -> Dataset:
    """A line that says too little is passed over and complained of; the others are read.

    :raises DatasetInvalid: no such file, no such columns, or no CSV.
    """
    try:
        if path.stat().st_size > MOST_BYTES:
            raise DatasetInvalid(f"{path} is over {MOST_BYTES >> 20} MB")
        with path.open(encoding="utf-8-sig", newline="") as file:
            return _read(file, path)
    except OSError as error:
        raise DatasetInvalid(f"{path} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise DatasetInvalid(f"{path} is not UTF-8") from error


def _read(file: TextIO, path: Path) -> Dataset:
    reader = csv.reader(file, strict=True)
    rows: list[Row] = []
    complaints: list[Complaint] = []
    try:
        lines = ((reader.line_num, cells) for cells in reader)
        _, header = next(lines, (1, []))
        columns = _columns(header)
        for line, cells in lines:
            if not any(cells):
                continue
            if len(rows) + len(complaints) == MOST_ROWS:
                raise DatasetInvalid(f"line {line}: over {MOST_ROWS} presentations")
            try:
                rows.append(_row(line, cells, columns, path.parent))
            except ValueError as error:
                complaints.append(Complaint(line, str(error)))
    except csv.Error as error:
        raise DatasetInvalid(f"line {reader.line_num}: {error}") from error
    return Dataset(path.name, tuple(rows), tuple(complaints))


def _columns(header: list[str]) -> dict[str, int]:
    names = [name.strip().lower() for name in header]
    if missing := [name for name in REQUIRED if name not in names]:
        raise DatasetInvalid(f"line 1: no column {', '.join(missing)}; needed are {','.join(REQUIRED)}")
    if len(set(names)) < len(names):
        raise DatasetInvalid("line 1: a column is named twice")
    return {name: names.index(name) for name in (*REQUIRED, *OPTIONAL) if name in names}


def _row(line: int, cells: list[str], columns: dict[str, int], directory: Path) -> Row:
    """:raises ValueError: with what is wrong, in words."""
    values = dict(_named(cells, columns))
    name, label, attack = values["path"], values["label"].lower(), values["attack"].lower()
    if not name or "\0" in name:
        raise ValueError("no path")
    for column in ("attack", "source"):
        if len(values[column]) > _LONGEST_WORD or not values[column].isprintable():
            raise ValueError(f"{column} is over {_LONGEST_WORD} characters long, or not printable")
    if label not in {*_LIVE, "attack"}:
        raise ValueError(f"label {label[:_LONGEST_WORD]!r} is neither live nor attack")
    if label == "attack" and not attack:
        raise ValueError("an attack needs its kind in the column attack")
    if label != "attack" and attack:
        raise ValueError(f"a live presentation has the attack {attack!r}")
    return Row(
        line=line,
        name=name,
        path=directory / name,
        attack=attack or None,
        source=values["source"] or UNNAMED_SOURCE,
        actions=parse_actions(values.get("actions", "")),
        fps=_fps(values.get("fps", "")),
    )


def _named(cells: list[str], columns: dict[str, int]) -> Iterator[tuple[str, str]]:
    for column, index in columns.items():
        if index >= len(cells):
            raise ValueError(f"no {column}: the line has {len(cells)} cells")
        yield column, cells[index].strip()


def _fps(words: str) -> float:
    value = float(words) if words else 12.0
    if not 0.1 <= value <= 240:
        raise ValueError(f"fps {words!r} is not from 0.1 to 240")
    return value
