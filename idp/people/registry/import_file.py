"""A file of the population register, read line by line: `idp people import FILE`.

UTF-8 CSV (RFC 4180; a byte order mark is allowed, line breaks inside quotes are not, so that one lost quote
spoils one line) with a header line that names the columns, in any order:

- `number`: of a resident identity card, a residence permit or a foreigner's card, as people may type it;
- `name`: as on the card;
- `phone`: the mobile phone that the register holds; optional, may be empty;
- `deceased`: `1` or `0`; optional, empty is 0;
- `photo`: name of a JPEG or PNG of at most 1 MB below the folder of the file; optional, may be empty.

Memory is bounded whatever the file holds: lines by length, batches and the list of bad lines by count. A bad
line is told by its place and its reason, never by what stands in it.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import BinaryIO, Final

from idp.people import names, phones
from idp.people.documents import identify
from idp.people.registry.embedded import RegisterRecord
from idp.people.resident_number import InvalidNumber, parse

LONGEST_LINE_BYTES: Final = 4096
LARGEST_PHOTO_BYTES: Final = 1_000_000
BAD_LINES_KEPT: Final = 1000
BATCH_RECORDS: Final = 500
REQUIRED_COLUMNS: Final = frozenset({"number", "name"})
OPTIONAL_COLUMNS: Final = frozenset({"phone", "deceased", "photo"})
_PICTURE_BEGINNINGS: Final = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")


class Reason(StrEnum):
    """What is wrong with a line."""

    TOO_LONG = "line too long"
    NOT_UTF8 = "not UTF-8"
    NOT_CSV = "quotes that do not close, or text after them"
    COLUMNS = "not as many values as there are columns"
    NUMBER = "not an identity number"
    SANDBOX_NUMBER = "a sandbox number outside of the sandbox"
    NAME = "not a name"
    PHONE = "not a phone number"
    DECEASED = "deceased is neither 1 nor 0"
    PHOTO_PLACE = "photo is not below the folder of the file"
    PHOTO_MISSING = "photo cannot be read"
    PHOTO_FORMAT = "photo is not a JPEG or PNG of at most 1 MB"


class WrongHeader(ValueError):
    """The first line does not name the columns, so that no line after it can be understood."""


@dataclass(frozen=True, slots=True)
class BadLine:
    line: int
    """Counted from 1, the header included."""
    reason: Reason
    detail: str | None = None
    """Which rule of the number failed."""


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
    unknown_regions: int
    """Of those stored, numbers whose address code we do not know: advice alone, since codes come and go."""
    bad: int
    bad_lines: tuple[BadLine, ...]
    """The first thousand."""


class _BadLineError(Exception):
    def __init__(self, reason: Reason, detail: str | None = None) -> None:
        super().__init__(reason.value)
        self.reason = reason
        self.detail = detail


def import_file(
    path: Path,
    *,
    today: date,
    sandbox: bool,
    store: Callable[[Sequence[RegisterRecord]], object],
    progress: Callable[[Progress], object],
) -> ImportReport:
    """Read a file and hand its records to `store` in batches; each call should be one transaction.

    Good lines are stored though others are bad: a register has millions, and the report says which to mend.
    Importing a file again changes nothing. Raises WrongHeader, OSError.
    """
    lines = stored = unknown_regions = bad = 0
    kept: list[BadLine] = []
    batch: list[RegisterRecord] = []
    size = path.stat().st_size
    with path.open("rb") as file:
        for outcome in read_records(file, folder=path.parent, today=today, sandbox=sandbox):
            lines += 1
            if isinstance(outcome, BadLine):
                bad += 1
                kept.extend([outcome] if bad <= BAD_LINES_KEPT else [])
            else:
                batch.append(outcome)
                unknown_regions += not parse(outcome.number, today).region_is_known
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
    return ImportReport(lines, stored, unknown_regions, bad, tuple(kept))


def read_records(
    file: BinaryIO, *, folder: Path, today: date, sandbox: bool
) -> Iterator[RegisterRecord | BadLine]:
    """Each line after the header as a record or as what is wrong with it; empty lines are passed over."""
    numbered = enumerate(_lines(file), start=1)
    columns = _header(next(numbered, (1, b""))[1])
    for line, raw in numbered:
        if raw is not None and not raw.strip():
            continue
        try:
            values = _values(raw)
            if len(values) != len(columns):
                raise _BadLineError(Reason.COLUMNS)
            yield _record(dict(zip(columns, values, strict=True)), folder, today, sandbox)
        except _BadLineError as error:
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


def _header(raw: bytes | None) -> list[str]:
    try:
        columns = [column.strip().lower() for column in _values(raw and raw.removeprefix(b"\xef\xbb\xbf"))]
    except _BadLineError as error:
        raise WrongHeader(f"the first line: {error.reason.value}") from None
    if (
        len(set(columns)) != len(columns)
        or not REQUIRED_COLUMNS <= set(columns) <= REQUIRED_COLUMNS | OPTIONAL_COLUMNS
    ):
        raise WrongHeader(
            f"the first line must name number and name, and may name: {', '.join(sorted(OPTIONAL_COLUMNS))}"
        )
    return columns


def _values(raw: bytes | None) -> list[str]:
    if raw is None:
        raise _BadLineError(Reason.TOO_LONG)
    try:
        rows = list(csv.reader([raw.decode("utf-8")], strict=True))
    except UnicodeDecodeError:
        raise _BadLineError(Reason.NOT_UTF8) from None
    except csv.Error:
        raise _BadLineError(Reason.NOT_CSV) from None
    return rows[0] if rows else []


def _record(row: dict[str, str], folder: Path, today: date, sandbox: bool) -> RegisterRecord:
    try:
        number = identify(row["number"], today).number
    except InvalidNumber as error:
        raise _BadLineError(Reason.NUMBER, error.reason.value) from None
    if number.is_sandbox and not sandbox:
        raise _BadLineError(Reason.SANDBOX_NUMBER)
    try:
        name = names.normalise(row["name"])
    except names.InvalidName:
        raise _BadLineError(Reason.NAME) from None
    phone = row.get("phone", "").strip()
    try:
        normalised = phones.normalise(phone) if phone else None
    except phones.InvalidPhone:
        raise _BadLineError(Reason.PHONE) from None
    deceased = row.get("deceased", "").strip() or "0"
    if deceased not in ("0", "1"):
        raise _BadLineError(Reason.DECEASED)
    photo = row.get("photo", "").strip()
    return RegisterRecord(
        number=number.value,
        name=name,
        phone=normalised,
        photo=_photo(photo, folder) if photo else None,
        deceased=deceased == "1",
    )


def _photo(name: str, folder: Path) -> bytes:
    try:
        place = (folder / name).resolve()
        if not place.is_relative_to(folder.resolve()):
            raise _BadLineError(Reason.PHOTO_PLACE)
        with place.open("rb") as file:
            picture = file.read(LARGEST_PHOTO_BYTES + 1)
    except (OSError, ValueError):  # ValueError: a NUL in the name
        raise _BadLineError(Reason.PHOTO_MISSING) from None
    if len(picture) > LARGEST_PHOTO_BYTES or not picture.startswith(_PICTURE_BEGINNINGS):
        raise _BadLineError(Reason.PHOTO_FORMAT)
    return picture
