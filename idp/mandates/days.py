"""The days until which mandates are given, as people count them: whole, in China, the last one included."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from idp.china_time import CHINA_TIME
from idp.people.directory import day_in_china

USUAL_DAYS: Final = 365


@dataclass(frozen=True, slots=True)
class Days:
    """The first and the last day that may be chosen."""

    first: date
    last: date

    @classmethod
    def from_now(cls, now: datetime, longest_days: int, ends: datetime | None = None) -> "Days":
        """`ends`: of what the mandate would rest on."""
        latest = now + timedelta(days=longest_days)
        if ends is not None:
            latest = min(latest, ends)
        # The last day whose end is not after the latest moment.
        return cls(day_in_china(now), day_in_china(latest) - timedelta(days=1))

    @property
    def usual(self) -> date:
        return min(self.first + timedelta(days=USUAL_DAYS), self.last)


def beginning_of(day: date) -> datetime:
    return datetime.combine(day, time.min, CHINA_TIME)


def end_of(day: date) -> datetime:
    """The moment at which it is over."""
    return beginning_of(day + timedelta(days=1))


def last_day(ends: datetime) -> date:
    """The last day of something that ends at this moment: of what ends at midnight, the day before."""
    return day_in_china(ends - timedelta(microseconds=1))
