"""What happened again and again, on one line."""

from dataclasses import replace

from idp.security.rows import Link, Row
from idp.security.timelines.strand_rows import REPEATED, DayRow, StrandRow
from tests.contracts.sample_security_events import ALONE, STRAND

REFUSED = replace(ALONE, headline="Face check refused", went="bad")


def at(strand: StrandRow, time: str, address: str = "192.0.2.7") -> StrandRow:
    rows: tuple[Row, ...] = tuple(replace(row, time=time) for row in strand.rows)
    return replace(strand, rows=rows, places=(Link(address, address, "/a"),))


def test_the_same_in_a_row_is_one_line() -> None:
    day = DayRow("today", tuple(at(REFUSED, f"11:0{minute}:00.000") for minute in (4, 3, 2, 1)))
    (group,) = day.groups
    assert group.is_repeated
    assert group.time == "11:01:00 – 11:04:00"
    assert [link.whole for link in group.links] == ["192.0.2.7"]


def test_the_same_from_elsewhere_is_still_the_same_and_says_from_where() -> None:
    addresses = [f"192.0.2.{number}" for number in range(REPEATED + 2)]
    day = DayRow("today", tuple(at(REFUSED, "11:04:00.000", address) for address in addresses))
    (group,) = day.groups
    assert [link.whole for link in group.links] == addresses


def test_for_how_long_somebody_has_to_wait_makes_no_difference() -> None:
    waits = [(("Method", "password"), ("Seconds", str(number))) for number in range(REPEATED)]
    day = DayRow(
        "today", tuple(replace(REFUSED, rows=(replace(REFUSED.rows[0], told=one),)) for one in waits)
    )
    (group,) = day.groups
    assert group.told == (("Method", "password"),)


def test_what_is_not_the_same_stands_by_itself() -> None:
    other = replace(REFUSED, rows=(replace(REFUSED.rows[0], told=(("Reason", "another"),)),))
    day = DayRow("today", (REFUSED, REFUSED, STRAND, REFUSED, REFUSED, other))
    assert [one.strands for one in day.groups] == [(strand,) for strand in day.strands]
