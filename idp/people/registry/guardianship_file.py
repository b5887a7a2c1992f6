"""A file of who cares for whom: `idp people import-guardianships FILE`. See `bounded_csv` for its form.

- `guardian` and `ward`: numbers of their cards, as people may type them; the register has to have both;
- `relation`: `parent`, `guardian` (of a minor, in the parents' place), `carer` (of whatever age), or `none`
  where the register says so no more.

What the file does not speak of stays as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import Final

from idp.people.documents import identify
from idp.people.registry.bounded_csv import Columns, ImportReport, LineRefused, Progress, import_lines
from idp.people.registry.contract import Relation
from idp.people.resident_number import InvalidNumber

NONE: Final = "none"

EntryOf = Callable[[str], str | None]
"""The id of the register's entry of a number."""


class Reason(StrEnum):
    """What is wrong with the values of a line."""

    GUARDIAN = "guardian is not an identity number"
    WARD = "ward is not an identity number"
    GUARDIAN_UNKNOWN = "guardian is not in the register"
    WARD_UNKNOWN = "ward is not in the register"
    SAME = "nobody is their own guardian"
    RELATION = "relation is none of parent, guardian, carer, none"


@dataclass(frozen=True, slots=True)
class Guardianship:
    """Between two entries of the register."""

    guardian_id: str
    ward_id: str
    relation: Relation | None


def import_file(
    path: Path,
    *,
    today: date,
    entry_of: EntryOf,
    store: Callable[[Sequence[Guardianship]], object],
    progress: Callable[[Progress], object],
) -> ImportReport:
    """Importing a file again changes nothing. Raises WrongHeader, OSError."""
    return import_lines(path, columns_of(today=today, entry_of=entry_of), store=store, progress=progress)


def columns_of(*, today: date, entry_of: EntryOf) -> Columns[Guardianship]:
    return Columns(
        required=("guardian", "ward", "relation"),
        optional=frozenset(),
        record=partial(_record, today=today, entry_of=entry_of),
    )


def _record(row: dict[str, str], today: date, entry_of: EntryOf) -> Guardianship:
    guardian = _number(row["guardian"], today, Reason.GUARDIAN)
    ward = _number(row["ward"], today, Reason.WARD)
    if guardian == ward:
        raise LineRefused(Reason.SAME)
    relation = row["relation"].strip().lower()
    if relation not in {NONE, *Relation}:
        raise LineRefused(Reason.RELATION)
    guardian_id, ward_id = entry_of(guardian), entry_of(ward)
    if guardian_id is None:
        raise LineRefused(Reason.GUARDIAN_UNKNOWN)
    if ward_id is None:
        raise LineRefused(Reason.WARD_UNKNOWN)
    return Guardianship(guardian_id, ward_id, None if relation == NONE else Relation(relation))


def _number(typed: str, today: date, reason: Reason) -> str:
    try:
        return identify(typed, today).number.value
    except InvalidNumber as error:
        raise LineRefused(reason, error.reason.value) from None
