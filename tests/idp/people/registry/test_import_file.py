"""Files of the register: what is read, what is refused, and that neither costs memory nor tells a number."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import date
from enum import StrEnum
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idp.people.registry.bounded_csv import (
    BAD_LINES_KEPT,
    BATCH_RECORDS,
    LONGEST_LINE_BYTES,
    BadLine,
    Fault,
    Progress,
    WrongHeader,
    read_lines,
)
from idp.people.registry.embedded import RegisterRecord
from idp.people.registry.import_file import LARGEST_PHOTO_BYTES, PeopleReport, Reason, columns_of, import_file
from idp.people.resident_number import compose

TODAY = date(2026, 11, 22)
NUMBER = compose("110101", date(1990, 1, 1), 1)
SANDBOX_NUMBER = compose("000000", date(1990, 1, 1), 1)
JPEG = b"\xff\xd8\xff\xe0 as far as anybody looks"


def read(
    text: str | bytes, folder: Path = Path(), *, sandbox: bool = False
) -> list[RegisterRecord | BadLine]:
    content = text.encode() if isinstance(text, str) else text
    return list(read_lines(io.BytesIO(content), columns_of(folder=folder, today=TODAY, sandbox=sandbox)))


def reasons(text: str | bytes, folder: Path = Path()) -> list[StrEnum | None]:
    return [one.reason if isinstance(one, BadLine) else None for one in read(text, folder)]


def one_record(text: str, folder: Path = Path(), *, sandbox: bool = False) -> RegisterRecord:
    (record,) = read(text, folder, sandbox=sandbox)
    assert isinstance(record, RegisterRecord)
    return record


def test_a_full_line(tmp_path: Path) -> None:
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "1.jpg").write_bytes(JPEG)
    record = one_record(
        f"number,name,phone,deceased,photo\n{NUMBER},张三,13800138000,1,photos/1.jpg\n", tmp_path
    )
    assert (record.number, record.name, record.phone) == (NUMBER, "张三", "+8613800138000")
    assert (record.deceased, record.photo) == (True, JPEG)


@pytest.mark.parametrize("text", [
    f"number,name\n{NUMBER},张三",
    f"\ufeffname,number\r\n张三,{NUMBER}\r\n",
    f' Number , NAME ,phone\n"{NUMBER}","张 三",\n\n  \n',
    f"number,name\n{NUMBER[:6]} {NUMBER[6:14]} {NUMBER[14:]},张三\n",
    "number,name\n110101900101001,张三\n",
])  # fmt: skip
def test_the_same_person_written_in_other_ways(text: str) -> None:
    record = one_record(text)
    assert (record.number, record.name, record.phone, record.deceased) == (NUMBER, "张三", None, False)


def test_what_each_line_is_refused_for(tmp_path: Path) -> None:
    (tmp_path / "text.jpg").write_bytes(b"GIF89a")
    (tmp_path / "large.jpg").write_bytes(JPEG + bytes(LARGEST_PHOTO_BYTES))
    lines = {
        f"{NUMBER},张三,,,": None,
        f"{NUMBER[:-1]}0,张三,,,": Reason.NUMBER,
        f"{SANDBOX_NUMBER},张三,,,": Reason.SANDBOX_NUMBER,
        f"{NUMBER},,,,": Reason.NAME,
        f"{NUMBER},张三,110,,": Reason.PHONE,
        f"{NUMBER},张三,,yes,": Reason.DECEASED,
        f"{NUMBER},张三,,": Fault.COLUMNS,
        f"{NUMBER},张三,,,,": Fault.COLUMNS,
        f'{NUMBER},"张三,,,': Fault.NOT_CSV,
        f'{NUMBER},"张"三,,,': Fault.NOT_CSV,
        f"{NUMBER},{'三' * LONGEST_LINE_BYTES},,,": Fault.TOO_LONG,
        f"{NUMBER},张三,,,../secret.jpg": Reason.PHOTO_PLACE,
        f"{NUMBER},张三,,,/etc/hostname": Reason.PHOTO_PLACE,
        f"{NUMBER},张三,,,nothing.jpg": Reason.PHOTO_MISSING,
        f"{NUMBER},张三,,,a\0b.jpg": Reason.PHOTO_MISSING,
        f"{NUMBER},张三,,,text.jpg": Reason.PHOTO_FORMAT,
        f"{NUMBER},张三,,,large.jpg": Reason.PHOTO_FORMAT,
    }
    text = "number,name,phone,deceased,photo\n" + "\n".join(lines)
    assert reasons(text, tmp_path) == list(lines.values())


def test_a_line_that_is_not_utf8_spoils_itself_alone() -> None:
    text = b"number,name\n" + f"{NUMBER},张三\n".encode("gbk") + f"{NUMBER},张三\n".encode()
    assert reasons(text) == [Fault.NOT_UTF8, None]


def test_a_photo_outside_is_not_reached_over_a_link(tmp_path: Path) -> None:
    (tmp_path / "outside.jpg").write_bytes(JPEG)
    folder = tmp_path / "import"
    folder.mkdir()
    (folder / "photo.jpg").symlink_to(tmp_path / "outside.jpg")
    assert reasons(f"number,name,photo\n{NUMBER},张三,photo.jpg", folder) == [Reason.PHOTO_PLACE]


def test_line_numbers_are_the_files_own() -> None:
    outcomes = read(f"number,name\n\n{NUMBER},张三\nx,y\n{'z' * 3 * LONGEST_LINE_BYTES}\nx,y")
    places = [one.line for one in outcomes if isinstance(one, BadLine)]
    assert places == [4, 5, 6]


@pytest.mark.parametrize("header", [
    "", "name", "number,name,name", "number,name,address", f"{NUMBER},张三", '"number,name',
])  # fmt: skip
def test_columns_must_be_named(header: str) -> None:
    with pytest.raises(WrongHeader) as caught:
        read(f"{header}\n{NUMBER},张三")
    assert NUMBER not in str(caught.value)


def test_sandbox_numbers_are_for_the_sandbox() -> None:
    assert one_record(f"number,name\n{SANDBOX_NUMBER},张三", sandbox=True).number == SANDBOX_NUMBER


@given(st.binary(max_size=300))
def test_junk_is_bad_lines_and_never_a_crash(junk: bytes) -> None:
    for outcome in read(b"number,name\n" + junk):
        assert isinstance(outcome, BadLine)


class TestWholeFiles:
    def run(self, path: Path) -> tuple[PeopleReport, list[int], list[Progress]]:
        batches: list[int] = []
        seen: list[Progress] = []

        def store(records: Sequence[RegisterRecord]) -> None:
            batches.append(len(records))

        report = import_file(path, today=TODAY, sandbox=False, store=store, progress=seen.append)
        return report, batches, seen

    def test_good_lines_are_stored_in_batches_and_bad_ones_reported(self, tmp_path: Path) -> None:
        path = tmp_path / "register.csv"
        good = [compose("110101", date(1990, 1, 1), sequence) for sequence in range(1000)]
        lines = [f"{number},张三" for number in good]
        lines[7:7] = ["110101900230001,李四"]
        path.write_text("number,name\n" + "\n".join(lines), encoding="utf-8")
        report, batches, seen = self.run(path)
        assert batches == [BATCH_RECORDS, BATCH_RECORDS]
        told = report.lines
        assert (told.lines, told.stored, report.unknown_regions, told.bad) == (1001, 1000, 0, 1)
        assert report.lines.bad_lines == (BadLine(9, Reason.NUMBER, "birth_date"),)
        assert [one.bytes_read for one in seen] == sorted(one.bytes_read for one in seen)
        assert seen[-1] == Progress(1001, path.stat().st_size, path.stat().st_size)
        assert "110101" not in repr(report)

    def test_a_region_that_we_do_not_know_is_counted_and_refuses_nobody(self, tmp_path: Path) -> None:
        path = tmp_path / "register.csv"
        path.write_text(f"number,name\n{compose('199999', date(1990, 1, 1), 1)},张三\n", encoding="utf-8")
        report, _, _ = self.run(path)
        assert (report.lines.stored, report.unknown_regions, report.lines.bad) == (1, 1, 0)

    def test_the_list_of_bad_lines_is_bounded(self, tmp_path: Path) -> None:
        path = tmp_path / "register.csv"
        path.write_text("number,name\n" + "x,y\n" * (BAD_LINES_KEPT + 5), encoding="utf-8")
        report, batches, _ = self.run(path)
        assert (report.lines.bad, len(report.lines.bad_lines), batches) == (
            BAD_LINES_KEPT + 5,
            BAD_LINES_KEPT,
            [],
        )
