"""What one client used and what failed, in buckets of a time: from two small tables, however busy it was.

**What is told of people.** Sign-ins, refusals and tokens are what the app itself was given: they tell it
nothing new, and are told exactly. Why people on the way to it did not come in the app was never told. In
production that is told by whole days of China that are over, and of a day only what happened five times or
more often: who sees the page change from one minute to the next learns nothing of the person who has just
failed, and nobody is found by being the only one. No total holds what is not told. (The counts are of tries:
the log does not say of most who it was, so five people cannot be asked for.)
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from sqlalchemy import Engine

from idp.audit.statistics.counting import DAY, HOUR, day_of, hour_of
from idp.audit.statistics.of_client import OfClient, counted_to, of_client
from idp.audit.statistics.reading import Range
from idp.metering.reading import Used, by_hour

FEWEST_TOLD = 5
"""Of a day."""


@dataclass
class Bucket:
    """From `begins` on, as long as the range says."""

    begins: datetime
    used: Used = field(default_factory=Used)
    counted: OfClient = field(default_factory=OfClient)


@dataclass
class People:
    """Why people did not come in, by days."""

    first: datetime
    until: datetime
    """The beginning of the first day that is not in it."""
    reasons: Counter[str] = field(default_factory=Counter)
    has_more: bool = False
    """That is not told, because it happened too seldom."""


@dataclass
class Usage:
    range: Range
    buckets: Sequence[Bucket]
    people: People
    counted_to: datetime | None
    """When the last event happened that is counted."""
    whole: Bucket
    """All of it together."""


def gather(engine: Engine, client_id: str, wanted: Range, now: datetime, *, is_sandbox: bool) -> Usage:
    """Raises SQLAlchemyError."""
    first = wanted.first(now)
    begins = range(first, first + wanted.buckets * wanted.width, wanted.width)
    buckets = [Bucket(_moment(hour)) for hour in begins]
    whole = Bucket(_moment(first))
    for hour, used in by_hour(engine, client_id, first, begins[-1] + wanted.width - 1).items():
        for place in (buckets[(hour - first) // wanted.width], whole):
            place.used.include(used)
    grains = range(first, begins[-1] + wanted.width, wanted.grain)
    for hour, counted in of_client(engine, client_id, wanted.grain, grains).items():
        for place in (buckets[(hour - first) // wanted.width], whole):
            _include(place.counted, counted)
    people = _people(engine, client_id, first, now, is_sandbox=is_sandbox)
    return Usage(wanted, buckets, people, counted_to(engine), whole)


def _people(engine: Engine, client_id: str, first: int, now: datetime, *, is_sandbox: bool) -> People:
    today = day_of(hour_of(now))
    # One whole day at least, also where the range is shorter.
    begin, end = min(day_of(first), today - DAY), today + DAY if is_sandbox else today
    found = People(_moment(begin), _moment(end))
    for counted in of_client(engine, client_id, DAY, range(begin, end, DAY)).values():
        for reason, count in counted.people.items():
            if is_sandbox or count >= FEWEST_TOLD:
                found.reasons[reason] += count
            else:
                found.has_more = True
    return found


def _include(whole: OfClient, one: OfClient) -> None:
    whole.sign_ins += one.sign_ins
    whole.refused += one.refused
    whole.grants += one.grants


def _moment(hour: int) -> datetime:
    return datetime.fromtimestamp(hour * HOUR * 3600, tz=UTC)
