"""What the anchor kept, as far as a run holds the log to it."""

import json
from collections import deque
from collections.abc import Iterator
from pathlib import Path

from idp.audit.tree.verifying import Outside

LINES_OF_A_FILE = 2000
"""The last ones. A head holds all rows before it, so the last head that agrees says it of all; the ones
between only tell better where it is that they do not agree."""


def given_away(directory: Path, log: str) -> Outside:
    """Of this log; others may use the same folder. Raises OSError where it is there and cannot be read."""
    return Outside.of(_lines(directory, f'"log":{json.dumps(log)}'))


def _lines(directory: Path, named: str) -> Iterator[str]:
    if directory.is_dir():
        for path in sorted(directory.glob("heads-*.jsonl")):
            with path.open(encoding="utf-8", errors="replace") as file:
                yield from deque((line for line in file if named in line), LINES_OF_A_FILE)
