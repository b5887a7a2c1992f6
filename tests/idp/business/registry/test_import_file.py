"""Files of the business register: what is read, what is refused, and that nothing of it is told."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import date
from enum import StrEnum
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idp.business import credit_code
from idp.business.organisation_kinds import OrganisationStatus, OrganisationType
from idp.business.registry import LegalRepresentative, RegisteredOrganisation
from idp.business.registry.import_file import Reason, columns_of, import_file
from idp.people.registry.bounded_csv import BadLine, Fault, WrongHeader, read_lines
from idp.people.resident_number import compose
from tests.idp.business.registering import CODE, COMPANY, NAME, NUMBER, code_of

TODAY = date(2026, 11, 22)
SANDBOX_CODE = code_of(1, region="000000")
SANDBOX_NUMBER = compose("000000", date(1990, 1, 1), 1)
HEADER = "code,name,status,type,representative_name,representative_number\n"


def read(text: str | bytes, *, sandbox: bool = False) -> list[RegisteredOrganisation | BadLine]:
    content = text.encode() if isinstance(text, str) else text
    return list(read_lines(io.BytesIO(content), columns_of(today=TODAY, sandbox=sandbox)))


def reasons(text: str) -> list[StrEnum | None]:
    return [one.reason if isinstance(one, BadLine) else None for one in read(text)]


def one_record(text: str, *, sandbox: bool = False) -> RegisteredOrganisation:
    (record,) = read(text, sandbox=sandbox)
    assert isinstance(record, RegisteredOrganisation)
    return record


def test_a_full_line() -> None:
    record = one_record(f"{HEADER}{CODE.lower()},{COMPANY},revoked,other,王 小明,{NUMBER}\n")
    assert (record.code, record.name) == (CODE, COMPANY)
    assert (record.status, record.type) == (OrganisationStatus.REVOKED, OrganisationType.OTHER)
    assert record.representative == LegalRepresentative(NAME, NUMBER)


def test_what_may_be_left_out() -> None:
    record = one_record(f"code,status,name\n{code_of(1, '92')},active,{COMPANY}")
    assert (record.type, record.representative) == (OrganisationType.INDIVIDUAL_BUSINESS, None)
    named = one_record(f"{HEADER}{CODE},{COMPANY},active,,JOHN SPECIMEN,")
    assert named.representative == LegalRepresentative("JOHN SPECIMEN", None)
    assert one_record(f"code,status,name\n{code_of(1, 'X7')},active,x").type is OrganisationType.OTHER


def test_what_is_wrong_with_a_line() -> None:
    lines = {
        f"{CODE[:-1]}!,{COMPANY},active,,,": Reason.CODE,
        f"110108000000016,{COMPANY},active,,,": Reason.CODE,
        f"{SANDBOX_CODE},{COMPANY},active,,,": Reason.SANDBOX_CODE,
        f"{CODE},,active,,,": Reason.NAME,
        f"{CODE},{COMPANY},,,,": Reason.STATUS,
        f"{CODE},{COMPANY},missing,,,": Reason.STATUS,
        f"{CODE},{COMPANY},active,company,,": Reason.TYPE,
        f"{CODE},{COMPANY},active,,,{NUMBER}": Reason.REPRESENTATIVE_NAME,
        f"{CODE},{COMPANY},active,,{NAME},123": Reason.REPRESENTATIVE_NUMBER,
        f"{CODE},{COMPANY},active,,{NAME},{SANDBOX_NUMBER}": Reason.SANDBOX_NUMBER,
        f"{CODE},{COMPANY},active,,": Fault.COLUMNS,
    }
    assert reasons(HEADER + "\n".join(lines)) == list(lines.values())


def test_the_sandboxs_are_for_the_sandbox() -> None:
    line = f"{SANDBOX_CODE},{COMPANY},active,,{NAME},{SANDBOX_NUMBER}"
    assert one_record(HEADER + line, sandbox=True).code == SANDBOX_CODE


@pytest.mark.parametrize("header", ["", "code,name", "code,name,status,number", f"{CODE},{COMPANY},active"])
def test_columns_must_be_named(header: str) -> None:
    with pytest.raises(WrongHeader, match="must name code and name and status") as caught:
        read(f"{header}\n{CODE},{COMPANY},active")
    assert CODE not in str(caught.value)


@given(st.binary(max_size=300))
def test_junk_is_bad_lines_and_never_a_crash(junk: bytes) -> None:
    for outcome in read(b"code,name,status\n" + junk):
        assert isinstance(outcome, BadLine)


def test_a_whole_file(tmp_path: Path) -> None:
    path = tmp_path / "register.csv"
    unusual = credit_code.compose("91", "110108", "MA0000019")
    lines = [f"{CODE},{COMPANY},active", "x,y,z", f"{unusual},{COMPANY},active"]
    path.write_text("code,name,status\n" + "\n".join(lines), encoding="utf-8")
    stored: list[RegisteredOrganisation] = []

    def store(records: Sequence[RegisteredOrganisation]) -> None:
        stored.extend(records)

    report = import_file(path, today=TODAY, sandbox=False, store=store, progress=lambda _made: None)
    assert (report.lines.lines, report.lines.stored, report.lines.bad, report.unusual) == (3, 2, 1, 1)
    assert report.lines.bad_lines == (BadLine(3, Reason.CODE, "length"),)
    assert [one.code for one in stored] == [CODE, unusual]
