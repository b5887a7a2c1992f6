"""A file of the population register: `idp people import FILE`. See `bounded_csv` for its form.

- `number`: of a resident identity card, a residence permit or a foreigner's card, as people may type it;
- `name`: as on the card;
- `phone`: the mobile phone that the register holds; optional, may be empty;
- `deceased`: `1` or `0`; optional, empty is 0;
- `photo`: name of a JPEG or PNG of at most 1 MB below the folder of the file; optional, may be empty.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import Final

from idp.people import names, phones
from idp.people.documents import identify
from idp.people.registry.bounded_csv import Columns, ImportReport, LineRefused, Progress, import_lines
from idp.people.registry.embedded import RegisterRecord
from idp.people.resident_number import InvalidNumber, parse

LARGEST_PHOTO_BYTES: Final = 1_000_000
_PICTURE_BEGINNINGS: Final = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")


class Reason(StrEnum):
    """What is wrong with the values of a line."""

    NUMBER = "not an identity number"
    SANDBOX_NUMBER = "a sandbox number outside of the sandbox"
    NAME = "not a name"
    PHONE = "not a phone number"
    DECEASED = "deceased is neither 1 nor 0"
    PHOTO_PLACE = "photo is not below the folder of the file"
    PHOTO_MISSING = "photo cannot be read"
    PHOTO_FORMAT = "photo is not a JPEG or PNG of at most 1 MB"


@dataclass(frozen=True, slots=True)
class PeopleReport:
    lines: ImportReport
    unknown_regions: int
    """Of those stored, numbers whose address code we do not know: advice alone, since codes come and go."""


def import_file(
    path: Path,
    *,
    today: date,
    sandbox: bool,
    store: Callable[[Sequence[RegisterRecord]], object],
    progress: Callable[[Progress], object],
) -> PeopleReport:
    """Importing a file again changes nothing. Raises WrongHeader, OSError."""
    unknown_regions = 0

    def store_and_count(records: Sequence[RegisterRecord]) -> None:
        nonlocal unknown_regions
        store(records)
        unknown_regions += sum(not parse(record.number, today).region_is_known for record in records)

    columns = columns_of(folder=path.parent, today=today, sandbox=sandbox)
    return PeopleReport(
        import_lines(path, columns, store=store_and_count, progress=progress), unknown_regions
    )


def columns_of(*, folder: Path, today: date, sandbox: bool) -> Columns[RegisterRecord]:
    return Columns(
        required=("number", "name"),
        optional=frozenset({"phone", "deceased", "photo"}),
        record=partial(_record, folder=folder, today=today, sandbox=sandbox),
    )


def _record(row: dict[str, str], folder: Path, today: date, sandbox: bool) -> RegisterRecord:
    try:
        number = identify(row["number"], today).number
    except InvalidNumber as error:
        raise LineRefused(Reason.NUMBER, error.reason.value) from None
    if number.is_sandbox and not sandbox:
        raise LineRefused(Reason.SANDBOX_NUMBER)
    try:
        name = names.normalise(row["name"])
    except names.InvalidName:
        raise LineRefused(Reason.NAME) from None
    phone = row.get("phone", "").strip()
    try:
        normalised = phones.normalise(phone) if phone else None
    except phones.InvalidPhone:
        raise LineRefused(Reason.PHONE) from None
    deceased = row.get("deceased", "").strip() or "0"
    if deceased not in ("0", "1"):
        raise LineRefused(Reason.DECEASED)
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
            raise LineRefused(Reason.PHOTO_PLACE)
        with place.open("rb") as file:
            picture = file.read(LARGEST_PHOTO_BYTES + 1)
    except (OSError, ValueError):  # ValueError: a NUL in the name
        raise LineRefused(Reason.PHOTO_MISSING) from None
    if len(picture) > LARGEST_PHOTO_BYTES or not picture.startswith(_PICTURE_BEGINNINGS):
        raise LineRefused(Reason.PHOTO_FORMAT)
    return picture
