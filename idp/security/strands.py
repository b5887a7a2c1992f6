"""A timeline in days, and in each day the events that belong together: one sign-in, one request.

What has an interaction belongs to it, all else to its request; work without a request stands alone.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final

from idp.audit.recorded import Recorded
from idp.locales import CHINA_TIME

LEVEL: Final = "level"


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
    """`events` in any order. Days and strands the latest first, or not; within a strand the earliest."""
    by_day: dict[date, dict[str, list[Recorded]]] = {}
    for event in sorted(events, key=lambda one: (one.at, one.place)):
        strands = by_day.setdefault(event.at.astimezone(CHINA_TIME).date(), {})
        strands.setdefault(event.interaction_id or event.request_id or event.id, []).append(event)
    return [
        Day(day, tuple(_in_order([Strand(tuple(one)) for one in strands.values()], latest_first)))
        for day, strands in sorted(by_day.items(), reverse=latest_first)
    ]


def _in_order(strands: list[Strand], latest_first: bool) -> list[Strand]:
    if latest_first:
        return sorted(strands, key=lambda one: (one.last.at, one.last.place), reverse=True)
    return sorted(strands, key=lambda one: (one.first.at, one.first.place))
