"""A timeline in days, and in each day the events that belong together: one sign-in, one request.

What has an interaction belongs to it, all else to its request; work without a request stands alone. A client
fetches its tokens by a request of its own, which names the grant: what comes at once belongs to the sign-in.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from idp.audit.recorded import Recorded
from idp.china_time import CHINA_TIME

LEVEL: Final = "level"
TOKENS_FOLLOW: Final = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class Strand:
    """Events of one sign-in or one request on one day, the earliest first; never none."""

    events: tuple[Recorded, ...]

    @property
    def first(self) -> Recorded:
        return self.events[0]

    @property
    def last(self) -> Recorded:
        return self.events[-1]

    @property
    def level(self) -> int | None:
        """The highest that was spoken of."""
        levels = [event.fields[LEVEL] for event in self.events if isinstance(event.fields.get(LEVEL), int)]
        return max(levels, default=None)

    @property
    def methods(self) -> tuple[str, ...]:
        """By what somebody proved who they are, or tried to, each once."""
        found: dict[str, None] = {}
        for event in self.events:
            several = event.fields.get("methods")
            one = event.fields.get("method")
            found |= dict.fromkeys(str(name) for name in several) if isinstance(several, list) else {}
            found |= {str(one): None} if one is not None else {}
        return tuple(found)

    def each(self, column: str) -> tuple[str, ...]:
        """The values of a column, each once, in their order."""
        values = (getattr(event, column) for event in self.events)
        return tuple(dict.fromkeys(str(value) for value in values if value is not None))


@dataclass(frozen=True, slots=True)
class Day:
    day: date
    """In China."""
    strands: tuple[Strand, ...]


def days(events: Iterable[Recorded], *, latest_first: bool = True) -> list[Day]:
    """`events`: in any order. Days and strands come the latest first, or not; within one the earliest."""
    by_day: dict[date, list[Recorded]] = {}
    for event in sorted(events, key=lambda one: (one.at, one.place)):
        by_day.setdefault(event.at.astimezone(CHINA_TIME).date(), []).append(event)
    return [
        Day(day, tuple(_in_order(_strands(found), latest_first)))
        for day, found in sorted(by_day.items(), reverse=latest_first)
    ]


def _strands(events: Iterable[Recorded]) -> list[Strand]:
    """`events`: the earliest first."""
    found: list[list[Recorded]] = []
    known: dict[str, list[Recorded]] = {}
    for event in events:
        keys = list(_keys(event))
        grant = _grant(event)
        strand = next((known[key] for key in keys if key in known), None)
        if strand is None and grant is not None and grant in known:
            near = event.at - known[grant][-1].at <= TOKENS_FOLLOW
            strand = known[grant] if near else None
        if strand is None:
            strand = []
            found.append(strand)
        strand.append(event)
        known.update(dict.fromkeys([*keys, *([grant] if grant else [])], strand))
    return [Strand(tuple(one)) for one in found]


def _keys(event: Recorded) -> Iterator[str]:
    for name in ("interaction_id", "request_id"):
        if (value := getattr(event, name)) is not None:
            yield f"{name} {value}"


def _grant(event: Recorded) -> str | None:
    grant_id = event.fields.get("grant_id")
    return None if grant_id is None else f"grant {grant_id}"


def _in_order(strands: list[Strand], latest_first: bool) -> list[Strand]:
    if latest_first:
        return sorted(strands, key=lambda one: (one.last.at, one.last.place), reverse=True)
    return sorted(strands, key=lambda one: (one.first.at, one.first.place))
