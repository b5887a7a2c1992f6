"""Timelines as pages show them: days, and in them sign-ins and requests, each with a headline of its own."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from flask import url_for

from idp.audit.recorded import Recorded
from idp.extensions import reading
from idp.locales import show_date
from idp.security import rows, words
from idp.security.officers import staff_numbers
from idp.security.rows import Link, Row
from idp.security.timelines import strands
from idp.security.timelines.strands import Strand

HEADLINES: Final = (
    *("code_replayed", "passkey_cloned", "person_enrolled", "recovery_completed", "recovery_refused"),
    *("signed_in", "window_sign_in", "stepped_up", "sign_in_refused", "signed_out", "staff_signed_in"),
    *("person_status_changed", "face_refused", "consent_granted", "code_issued", "token_issued"),
)
"""What a sign-in is called by: the first of these that it has, else its last event."""
WORSE: Final = {"good": 0, "bad": 1, "grave": 2}
REPEATED: Final = 3
"""From so many on, the same again and again is one line that opens."""
LINKS_OF_REPEATED: Final = 3


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
class Group:
    """What happened once, or the same several times in a row: an attack is one line and not a hundred."""

    strands: tuple[StrandRow, ...]

    @property
    def is_repeated(self) -> bool:
        return len(self.strands) >= REPEATED

    @property
    def first(self) -> StrandRow:
        return self.strands[0]

    @property
    def time(self) -> str:
        begin = min(one.rows[0].time for one in self.strands)
        end = max(one.rows[-1].time for one in self.strands)
        return _span(begin, end)

    @property
    def told(self) -> tuple[tuple[str, str], ...]:
        """What holds for all of them."""
        return _telling(self.first.rows[-1])

    @property
    def links(self) -> tuple[Link, ...]:
        """Whom and what these have, each once."""
        found = {
            link.whole: link for one in self.strands for link in (*one.people, *one.clients, *one.places)
        }
        return tuple(found.values())

    @property
    def links_shown(self) -> tuple[Link, ...]:
        return self.links[:LINKS_OF_REPEATED]


@dataclass(frozen=True, slots=True)
class DayRow:
    words: str
    strands: tuple[StrandRow, ...]

    @property
    def groups(self) -> Iterator[Group]:
        for _same, alike in groupby(self.strands, _said):
            found = tuple(alike)
            if len(found) >= REPEATED:
                yield Group(found)
            else:
                yield from (Group((one,)) for one in found)


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
    level, methods = strand.level, strand.methods
    places = (
        *(rows.address_link(one) for one in strand.each("address")),
        *(rows.device_link(one) for one in strand.each("device")),
    )
    return StrandRow(
        headline=words.sentence(_headline(strand).name),
        time=_span(shown[0].time, shown[-1].time),
        went=max((row.went for row in shown), key=lambda how: WORSE[how]),
        level=None if level is None else words.in_words("level", level),
        methods=words.in_words("methods", methods) if methods else None,
        people=tuple(link for one in strand.each("person_id") if (link := rows.person_link(one))),
        clients=tuple(link for one in strand.each("client_id") if (link := rows.client_link(one))),
        places=tuple(link for link in places if link is not None),
        rows=shown,
        around_url=url_for("security.around_page", event_id=_headline(strand).id),
    )


def _span(begin: str, end: str) -> str:
    """To the second."""
    return begin[:8] if begin[:8] == end[:8] else f"{begin[:8]} – {end[:8]}"


def _said(one: StrandRow) -> tuple[object, ...]:
    """What two have to have in common to be the same: everything but when, where and who."""
    clients = tuple(link.whole for link in one.clients)
    rows = tuple((row.name, _telling(row)) for row in one.rows)
    return one.headline, one.level, one.methods, clients, rows


def _telling(row: Row) -> tuple[tuple[str, str], ...]:
    """But for numbers, such as for how many seconds somebody has to wait."""
    return tuple((name, value) for name, value in row.told if not value.isdigit())


def _headline(strand: Strand) -> Recorded:
    by_name = {event.name: event for event in strand.events}
    return next((by_name[name] for name in HEADLINES if name in by_name), strand.last)
