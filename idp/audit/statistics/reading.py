"""The counts of a time, and of the time that it is compared with: a few small reads, however long the log.

Shown is everything up to now. Compared is what both times have as a whole: the hour (or, of thirty days, the
day) that has just begun is left out of both.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from sqlalchemy import ColumnElement, Connection, Engine, and_, case, func, or_, select

from idp.audit.following import AuditCursor
from idp.audit.statistics.counting import CLIENTS, DAY, HOUR, OF_ONE_CLIENT, OTHER, Kind, day_of, hour_of
from idp.audit.statistics.models import AuditCount
from idp.audit.statistics.rolling import READER
from idp.china_time import CHINA_TIME
from idp.storage.database import reading

WEEK = 7 * 24
IN_BUCKETS = (Kind.LEVEL, Kind.FAILURE, Kind.LIVENESS)
"""Kinds of which it is told when; of the others how many."""
TOLD_APART = tuple(kind for kind in Kind if kind is not Kind.EVENT and kind not in CLIENTS | OF_ONE_CLIENT)
EVENTS = ("token_issued", "token_exchanged")
"""Of all names of events those that are counted here."""


@dataclass(frozen=True, slots=True)
class Range:
    """So many buckets of so many hours, the last of which is now."""

    name: str
    grain: int
    buckets: int
    width: int
    back: int
    """Hours before which the time lies that it is compared with: the same weekdays."""

    def first(self, now: datetime) -> int:
        """The hour with which it begins."""
        return self.last(now) - self.grain * (self.buckets * self.width // self.grain - 1)

    def called(self, begin: datetime) -> str:
        """A bucket, by when it begins in China's time; that of a day has no hour."""
        local = begin.astimezone(CHINA_TIME)
        return f"{local:%m-%d}" if self.width == self.grain != HOUR else f"{local:%m-%d %H:%M}"

    def last(self, now: datetime) -> int:
        """The hour, or the day by its first hour, that has just begun."""
        return hour_of(now) if self.grain == HOUR else day_of(hour_of(now))


RANGES: Mapping[str, Range] = {
    one.name: one
    for one in (
        Range("24h", HOUR, 24, 1, WEEK),
        Range("7d", HOUR, 28, 6, WEEK),
        Range("30d", DAY, 30, 24, 5 * WEEK),
    )
}


@dataclass
class Counts:
    """Of one time."""

    buckets: int
    _series: dict[tuple[Kind, str], list[int]] = field(default_factory=dict)
    _totals: dict[tuple[Kind, str], int] = field(default_factory=lambda: defaultdict(int))
    _whole: dict[tuple[Kind, str], int] = field(default_factory=lambda: defaultdict(int))

    def add(self, kind: Kind, value: str, bucket: int, count: int, whole: int) -> None:
        if kind in IN_BUCKETS:
            self._series.setdefault((kind, value), [0] * self.buckets)[bucket] += count
        self._totals[kind, value] += count
        self._whole[kind, value] += whole

    def series(self, kind: Kind, value: str | None = None) -> list[int]:
        """One number a bucket, of a kind that is IN_BUCKETS; of all values where none is named."""
        found = [
            series for (one, what), series in self._series.items() if one is kind and value in (None, what)
        ]
        return [sum(column) for column in zip(*found, strict=True)] if found else [0] * self.buckets

    def total(self, kind: Kind, value: str | None = None) -> int:
        return _sum(self._totals, kind, value)

    def whole(self, kind: Kind, value: str | None = None) -> int:
        """Without the hour, or day, that has just begun."""
        return _sum(self._whole, kind, value)

    def values(self, kind: Kind) -> list[str]:
        """The most frequent first; those beyond the most that are told apart at the end."""
        found = [what for one, what in self._totals if one is kind]
        return sorted(found, key=lambda what: (what == OTHER, -self.total(kind, what), what))


@dataclass(frozen=True)
class Overview:
    range: Range
    begins: Sequence[datetime]
    """Of each bucket."""
    now: Counts
    before: Counts
    counted_to: datetime | None
    """When the last event happened that is counted."""


@dataclass(frozen=True, slots=True)
class ClientCounts:
    client_id: str
    """OTHER: all those that were not told apart."""
    sign_ins: int
    failures: int
    tokens: int


def overview(engine: Engine, wanted: Range, now: datetime) -> Overview:
    """Raises SQLAlchemyError."""
    first, last = wanted.first(now), wanted.last(now)
    with reading(engine).connect() as connection:
        counts = _counts(connection, wanted, first, last)
        before = _counts(connection, wanted, first - wanted.back, last - wanted.back)
        counted_to = connection.scalar(select(AuditCursor.at).where(AuditCursor.name == READER))
    hours = range(first, first + wanted.buckets * wanted.width, wanted.width)
    begins = tuple(datetime.fromtimestamp(hour * 3600, tz=UTC) for hour in hours)
    return Overview(wanted, begins, counts, before, counted_to)


def busiest_clients(engine: Engine, wanted: Range, now: datetime, at_most: int) -> list[ClientCounts]:
    """Those with the most sign-ins, and then those with the most failures that are not among them.

    Longer times are read by whole days, today included. Raises SQLAlchemyError.
    """
    grain = HOUR if wanted.buckets * wanted.width <= DAY else DAY
    first = wanted.first(now) if grain == HOUR else day_of(wanted.first(now))
    summed = (
        select(AuditCount.kind, AuditCount.value, func.sum(AuditCount.count))
        .where(AuditCount.kind.in_(sorted(CLIENTS)), AuditCount.grain == grain, AuditCount.hour >= first)
        .group_by(AuditCount.kind, AuditCount.value)
    )
    found: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    with reading(engine).connect() as connection:
        for kind, value, count in connection.execute(summed):
            found[value][kind] = int(count)
    every = [
        ClientCounts(
            client_id,
            sign_ins=counts[Kind.CLIENT_SIGN_IN],
            failures=counts[Kind.CLIENT_FAILURE],
            tokens=counts[Kind.CLIENT_TOKEN],
        )
        for client_id, counts in found.items()
    ]
    named = [one for one in every if one.client_id != OTHER]
    by_sign_ins = sorted(named, key=lambda one: (-one.sign_ins, -one.tokens, one.client_id))[:at_most]
    by_failures = sorted(named, key=lambda one: (-one.failures, one.client_id))[: at_most // 2]
    also = [one for one in by_failures if one.failures and one not in by_sign_ins]
    return [*by_sign_ins, *also, *(one for one in every if one.client_id == OTHER)]


def _counts(connection: Connection, wanted: Range, first: int, last: int) -> Counts:
    in_buckets = AuditCount.kind.in_([str(kind) for kind in IN_BUCKETS])
    bucket = case((in_buckets, (AuditCount.hour - first) // wanted.width), else_=0).label("bucket")
    whole = func.sum(case((AuditCount.hour < last, AuditCount.count), else_=0))
    summed = (
        select(AuditCount.kind, AuditCount.value, bucket, func.sum(AuditCount.count), whole)
        .where(
            or_(*_kinds()),
            AuditCount.grain == wanted.grain,
            AuditCount.hour >= first,
            AuditCount.hour <= last,
        )
        .group_by(AuditCount.kind, AuditCount.value, bucket)
    )
    counts = Counts(wanted.buckets)
    for kind, value, at, count, without_last in connection.execute(summed):
        counts.add(Kind(kind), value, int(at), int(count), int(without_last))
    return counts


def _sum(counts: Mapping[tuple[Kind, str], int], kind: Kind, value: str | None) -> int:
    if value is not None:
        return counts.get((kind, value), 0)
    return sum(count for (one, _), count in counts.items() if one is kind)


def _kinds() -> Iterable[ColumnElement[bool]]:
    yield AuditCount.kind.in_([str(kind) for kind in TOLD_APART])
    yield and_(AuditCount.kind == str(Kind.EVENT), AuditCount.value.in_(EVENTS))
