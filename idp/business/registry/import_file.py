"""A file of the business register: `idp business register import FILE`. See `bounded_csv` for its form.

- `code`: the unified social credit code (GB 32100-2015), as people may type it;
- `name`: as on the licence;
- `status`: `active`, `suspended`, `revoked` or `dissolved`;
- `type`: one of `OrganisationType`; optional, empty is what the first two places of the code tell;
- `representative_name`: of the legal representative, as on their card; optional, may be empty;
- `representative_number`: of their card; optional, may be empty, not without the name.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import partial
from pathlib import Path

from idp.business import credit_code, names
from idp.business.credit_code import CreditCode, InvalidCode
from idp.business.organisation_kinds import REGISTERED_STATUSES, OrganisationStatus, OrganisationType
from idp.business.registry.contract import LegalRepresentative, RegisteredOrganisation
from idp.people import names as people_names
from idp.people.documents import identify
from idp.people.registry.bounded_csv import Columns, ImportReport, LineRefused, Progress, import_lines
from idp.people.resident_number import InvalidNumber


class Reason(StrEnum):
    """What is wrong with the values of a line."""

    CODE = "not a unified social credit code"
    SANDBOX_CODE = "a sandbox code outside of the sandbox"
    NAME = "not a name"
    STATUS = "not a status"
    TYPE = "not a type of organisation"
    REPRESENTATIVE_NAME = "not a name of a legal representative"
    REPRESENTATIVE_NUMBER = "not an identity number of a legal representative"
    SANDBOX_NUMBER = "a sandbox number outside of the sandbox"


@dataclass(frozen=True, slots=True)
class OrganisationsReport:
    lines: ImportReport
    unusual: int
    """Of those stored, codes with an inner check, an authority or a region that we do not know: advice."""


def import_file(
    path: Path,
    *,
    today: date,
    sandbox: bool,
    store: Callable[[Sequence[RegisteredOrganisation]], object],
    progress: Callable[[Progress], object],
) -> OrganisationsReport:
    """Importing a file again changes nothing. Raises WrongHeader, OSError."""
    unusual = 0

    def store_and_count(records: Sequence[RegisteredOrganisation]) -> None:
        nonlocal unusual
        store(records)
        unusual += sum(_is_unusual(credit_code.parse(record.code)) for record in records)

    columns = columns_of(today=today, sandbox=sandbox)
    return OrganisationsReport(import_lines(path, columns, store=store_and_count, progress=progress), unusual)


def columns_of(*, today: date, sandbox: bool) -> Columns[RegisteredOrganisation]:
    return Columns(
        required=("code", "name", "status"),
        optional=frozenset({"type", "representative_name", "representative_number"}),
        record=partial(_record, today=today, sandbox=sandbox),
    )


def _is_unusual(code: CreditCode) -> bool:
    return not (code.organisation_code_checks and code.region_is_known and code.type)


def _record(row: dict[str, str], *, today: date, sandbox: bool) -> RegisteredOrganisation:
    try:
        code = credit_code.parse(row["code"])
    except InvalidCode as error:
        raise LineRefused(Reason.CODE, error.reason.value) from None
    if code.is_sandbox and not sandbox:
        raise LineRefused(Reason.SANDBOX_CODE)
    try:
        name = names.normalise(row["name"])
    except names.InvalidName:
        raise LineRefused(Reason.NAME) from None
    status = row["status"].strip()
    if status not in REGISTERED_STATUSES:
        raise LineRefused(Reason.STATUS)
    return RegisteredOrganisation(
        code=code.value,
        name=name,
        type=_type(row.get("type", "").strip(), code),
        status=OrganisationStatus(status),
        representative=_representative(row, today=today, sandbox=sandbox),
    )


def _type(text: str, code: CreditCode) -> OrganisationType:
    if not text:
        return code.type or OrganisationType.OTHER
    try:
        return OrganisationType(text)
    except ValueError:
        raise LineRefused(Reason.TYPE) from None


def _representative(row: dict[str, str], *, today: date, sandbox: bool) -> LegalRepresentative | None:
    name, number = row.get("representative_name", ""), row.get("representative_number", "")
    if not name.strip() and not number.strip():
        return None
    try:
        normalised = people_names.normalise(name)
    except people_names.InvalidName:
        raise LineRefused(Reason.REPRESENTATIVE_NAME) from None
    if not number.strip():
        return LegalRepresentative(normalised, None)
    try:
        read = identify(number, today).number
    except InvalidNumber as error:
        raise LineRefused(Reason.REPRESENTATIVE_NUMBER, error.reason.value) from None
    if read.is_sandbox and not sandbox:
        raise LineRefused(Reason.SANDBOX_NUMBER)
    return LegalRepresentative(normalised, read.value)
