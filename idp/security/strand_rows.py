"""Timelines as pages show them: days, and in them sign-ins and requests, each with a headline of its own."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from flask import url_for

from idp.audit.recorded import Recorded
from idp.locales import show_date
from idp.login.reading import reading
from idp.security import rows, strands, words
from idp.security.officers import staff_numbers
from idp.security.rows import Link, Row
from idp.security.strands import Strand

HEADLINES: Final = (
    *("code_replayed", "passkey_cloned", "person_enrolled", "recovery_completed", "recovery_refused"),
    *("signed_in", "window_sign_in", "stepped_up", "sign_in_refused", "signed_out", "staff_signed_in"),
    *("person_status_changed", "face_refused", "consent_granted", "code_issued", "token_issued"),
)
"""What a sign-in is called by: the first of these that it has, else its last event."""
WORSE: Final = {"good": 0, "bad": 1, "grave": 2}


@dataclass(frozen=True, slots=True)
class StrandRow:
    headline: str
    time: str
    went: str
    """Of the worst of its events."""
    level: str | None
    methods: str | None
    people: tuple[Link, ...]
    clients: tuple[Link, ...]
    places: tuple[Link, ...]
    """Addresses and devices."""
    rows: tuple[Row, ...]
    around_url: str


@dataclass(frozen=True, slots=True)
class DayRow:
    words: str
    strands: tuple[StrandRow, ...]


def day_rows(events: Iterable[Recorded], *, latest_first: bool = True) -> list[DayRow]:
    found = list(events)
    with reading() as session:
        staff = staff_numbers(session, {event.actor for event in found if rows.is_account(event.actor)})
    return [
        DayRow(show_date(one.day), tuple(_row(strand, staff) for strand in one.strands))
        for one in strands.days(found, latest_first=latest_first)
    ]


def _row(strand: Strand, staff: Mapping[str, str]) -> StrandRow:
    shown = tuple(rows.row_of(event, staff) for event in strand.events)
    begin, end = shown[0].time[:8], shown[-1].time[:8]
    level, methods = strand.level, strand.methods
    places = (
        *(rows.address_link(one) for one in strand.each("address")),
        *(rows.device_link(one) for one in strand.each("device")),
    )
    return StrandRow(
        headline=words.sentence(_headline(strand).name),
        time=begin if begin == end else f"{begin} – {end}",
        went=max((row.went for row in shown), key=lambda how: WORSE[how]),
        level=None if level is None else words.in_words("level", level),
        methods=words.in_words("methods", methods) if methods else None,
        people=tuple(link for one in strand.each("person_id") if (link := rows.person_link(one))),
        clients=tuple(link for one in strand.each("client_id") if (link := rows.client_link(one))),
        places=tuple(link for link in places if link is not None),
        rows=shown,
        around_url=url_for("security.around_page", event_id=_headline(strand).id),
    )


def _headline(strand: Strand) -> Recorded:
    by_name = {event.name: event for event in strand.events}
    return next((by_name[name] for name in HEADLINES if name in by_name), strand.last)
