"""Files of registers, read line by line within bounds.

UTF-8 CSV (RFC 4180; a byte order mark is allowed, line breaks inside quotes are not, so that one lost quote
spoils one line) with a header line that names the columns, in any order.

Memory is bounded whatever the file holds: lines by length, batches and the list of bad lines by count. A bad
line is told by its place and its reason, never by what stands in it.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import BinaryIO, Final, Generic, TypeVar

LONGEST_LINE_BYTES: Final = 4096
BAD_LINES_KEPT: Final = 1000
BATCH_RECORDS: Final = 500

Record = TypeVar("Record")


class Fault(StrEnum):
    """What is wrong with a line before its values are looked at."""

    TOO_LONG = "line too long"
    NOT_UTF8 = "not UTF-8"
    NOT_CSV = "quotes that do not close, or text after them"
    COLUMNS = "not as many values as there are columns"


class WrongHeader(ValueError):
    """The first line does not name the columns, so that no line after it can be understood."""


class LineRefused(Exception):
    """Raised by whoever makes a record of a line's values."""

    def __init__(self, reason: StrEnum, detail: str | None = None) -> None:
        super().__init__(reason.value)
        self.reason = reason
        self.detail = detail


@dataclass(frozen=True, slots=True)
class BadLine:
    line: int
    """Counted from 1, the header included."""
    reason: StrEnum
    detail: str | None = None
    """Which rule failed."""


@dataclass(frozen=True, slots=True)
class Progress:
    lines: int
    bytes_read: int
    bytes_in_all: int


@dataclass(frozen=True, slots=True)
class ImportReport:
    lines: int
    """Without the header and empty lines."""
    stored: int
    bad: int
    bad_lines: tuple[BadLine, ...]
    """The first thousand."""


@dataclass(frozen=True, slots=True)
class Columns(Generic[Record]):
    """What a file's header names, and what becomes of a line."""

    required: tuple[str, ...]
    optional: frozenset[str]
    record: Callable[[dict[str, str]], Record]
    """Raises LineRefused."""


def import_lines(
    path: Path,
    columns: Columns[Record],
    *,
    store: Callable[[Sequence[Record]], object],
    progress: Callable[[Progress], object],
) -> ImportReport:
    """Read a file and hand its records to `store` in batches; each call should be one transaction.

    Good lines are stored though others are bad: a register has millions, and the report says which to mend.
    Raises WrongHeader, OSError.
    """
    lines = stored = bad = 0
    kept: list[BadLine] = []
    batch: list[Record] = []
    size = path.stat().st_size
    with path.open("rb") as file:
        for outcome in read_lines(file, columns):
            lines += 1
            if isinstance(outcome, BadLine):
                bad += 1
                kept.extend([outcome] if bad <= BAD_LINES_KEPT else [])
            else:
                batch.append(outcome)
            if len(batch) == BATCH_RECORDS:
                store(batch)
                stored += len(batch)
                batch = []
            if lines % BATCH_RECORDS == 0:
                progress(Progress(lines, file.tell(), size))
    if batch:
        store(batch)
        stored += len(batch)
    progress(Progress(lines, size, size))
    return ImportReport(lines, stored, bad, tuple(kept))


def read_lines(file: BinaryIO, columns: Columns[Record]) -> Iterator[Record | BadLine]:
    """Each line after the header as a record or as what is wrong with it; empty lines are passed over."""
    numbered = enumerate(_lines(file), start=1)
    names = _header(next(numbered, (1, b""))[1], columns)
    for line, raw in numbered:
        if raw is not None and not raw.strip():
            continue
        try:
            values = _values(raw)
            if len(values) != len(names):
                raise LineRefused(Fault.COLUMNS)
            yield columns.record(dict(zip(names, values, strict=True)))
        except LineRefused as error:
            yield BadLine(line, error.reason, error.detail)


def _lines(file: BinaryIO) -> Iterator[bytes | None]:
    """Lines without their ends; None for one that is too long, of which the rest is skipped unread."""
    while raw := file.readline(LONGEST_LINE_BYTES):
        if len(raw) < LONGEST_LINE_BYTES or raw.endswith(b"\n"):
            yield raw.rstrip(b"\r\n")
            continue
        while (rest := file.readline(LONGEST_LINE_BYTES)) and not rest.endswith(b"\n"):
            pass
        yield None


def _header(raw: bytes | None, columns: Columns[Record]) -> list[str]:
    try:
        names = [column.strip().lower() for column in _values(raw and raw.removeprefix(b"\xef\xbb\xbf"))]
    except LineRefused as error:
        raise WrongHeader(f"the first line: {error.reason.value}") from None
    required = frozenset(columns.required)
    if len(set(names)) != len(names) or not required <= set(names) <= required | columns.optional:
        needed, possible = " and ".join(columns.required), ", ".join(sorted(columns.optional))
        raise WrongHeader(f"the first line must name {needed}, and may name: {possible}")
    return names


def _values(raw: bytes | None) -> list[str]:
    if raw is None:
        raise LineRefused(Fault.TOO_LONG)
    try:
        rows = list(csv.reader([raw.decode("utf-8")], strict=True))
    except UnicodeDecodeError:
        raise LineRefused(Fault.NOT_UTF8) from None
    except csv.Error:
        raise LineRefused(Fault.NOT_CSV) from None
    return rows[0] if rows else []
