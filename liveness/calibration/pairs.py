"""Read a list of pairs: a CSV file with the columns `a`, `b` (pictures, relative to it) and `same`.

`same` is 1, true or yes where both show one person, 0, false or no where they show two.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

MOST_PAIRS = 5_000_000
_COLUMNS = {"a", "b", "same"}
_WORDS = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}


class PairsInvalid(Exception):
    """The list cannot be read. Unlike a data set's, it is refused whole: a threshold is made of it."""


@dataclass(frozen=True, slots=True)
class Pair:
    a: Path
    b: Path
    same: bool


def read_pairs(path: Path, *, most: int = MOST_PAIRS) -> tuple[Pair, ...]:
    """:raises PairsInvalid: says the line."""
    pairs: list[Pair] = []
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file, strict=True, skipinitialspace=True)
            if missing := _COLUMNS - set(reader.fieldnames or ()):
                raise PairsInvalid(f"{path}: no column {', '.join(sorted(missing))}; needed are a,b,same")
            for row in reader:
                if len(pairs) == most:
                    raise PairsInvalid(f"{path}: over {most} pairs")
                pairs.append(_pair(row, path, reader.line_num))
    except OSError as error:
        raise PairsInvalid(f"{path}: {error.strerror}") from error
    except (csv.Error, UnicodeDecodeError) as error:
        raise PairsInvalid(f"{path}: {error}") from error
    return tuple(pairs)


def _pair(row: dict[str, str | None], path: Path, line: int) -> Pair:
    a, b, same = ((row[name] or "").strip() for name in ("a", "b", "same"))
    if not a or not b or "\0" in a + b:
        raise PairsInvalid(f"{path}, line {line}: needs two pictures")
    if same.lower() not in _WORDS:
        raise PairsInvalid(f"{path}, line {line}: same is 1 or 0")
    if a == b:
        raise PairsInvalid(f"{path}, line {line}: a picture says nothing about itself")
    return Pair(path.parent / a, path.parent / b, _WORDS[same.lower()])
