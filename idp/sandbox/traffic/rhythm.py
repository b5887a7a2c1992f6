"""When people come: by the hour, the day of the week, and the day on which the tax has to be declared."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from idp.china_time import CHINA_TIME
from idp.sandbox.traffic.draws import Draws

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
WORKDAY = (2, 1, 1, 1, 1, 3, 8, 25, 60, 95, 100, 80, 110, 75, 70, 80, 75, 65, 55, 75, 90, 70, 35, 10)
"""Visits in each hour of the day, of some. Offices from nine on, lunch, and the evening."""
WEEKEND = (4, 2, 1, 1, 1, 2, 4, 10, 25, 40, 50, 45, 45, 45, 45, 45, 45, 45, 45, 55, 65, 60, 40, 15)
DEADLINE_DAY = 15
"""Of a month: when the tax of the one before is due."""
DEADLINE_SURGE = 6.0


@dataclass(frozen=True, slots=True)
class Span:
    begin: datetime
    end: datetime

    @property
    def days(self) -> list[date]:
        """In China."""
        first, last = (at.astimezone(CHINA_TIME).date() for at in (self.begin, self.end))
        return [first + DAY * number for number in range((last - first).days + 1)]

    @property
    def deadline(self) -> date:
        """Of the tax: the first workday from the 15th on; where none lies in the span, a day that does."""
        days = self.days
        due = (day for day in days if DEADLINE_DAY <= day.day < DEADLINE_DAY + 3 and is_workday(day))
        return next(due, days[len(days) * 2 // 3])

    def clipped(self, begin: datetime, end: datetime) -> "Span | None":
        """What of a time lies in here."""
        first, last = max(begin, self.begin), min(end, self.end)
        return Span(first, last) if first < last else None


def at_hour(day: date, hour: float) -> datetime:
    """In China, told in UTC."""
    return (datetime(day.year, day.month, day.day, tzinfo=CHINA_TIME) + timedelta(hours=hour)).astimezone(UTC)


def is_workday(day: date) -> bool:
    return day.weekday() < 5


def share(at: datetime) -> float:
    """How many of a workday's visits come in the hour of this moment; a workday's hours are 1 together."""
    local = at.astimezone(CHINA_TIME)
    hours = WORKDAY if is_workday(local.date()) else WEEKEND
    return hours[local.hour] / sum(WORKDAY)


def arrivals(draws: Draws, span: Span, a_workday: float) -> Iterator[datetime]:
    """When visits begin, in order. `a_workday`: how many come on one."""
    begin = span.begin
    while begin < span.end:
        end = min(begin + HOUR / 4, span.end)
        mean = a_workday * share(begin) * ((end - begin) / HOUR)
        yield from draws.moments(draws.count(mean), begin, end)
        begin = end
