"""What was used, read back: of one client, and of all of them in this hour."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection, Engine, func, select

from idp.metering.measures import ANSWER, BUCKETS, LATENCY, REQUEST, SHARE, SHARES, Answer
from idp.metering.models import ClientUsage
from idp.storage.database import reading


@dataclass
class Used:
    """In some time: endpoints, how their answers were, and the buckets of their latencies."""

    requests: Counter[str] = field(default_factory=Counter)
    answers: Counter[str] = field(default_factory=Counter)
    latencies: list[int] = field(default_factory=lambda: [0] * BUCKETS)

    shares: list[int] = field(default_factory=lambda: [0] * SHARES)
    """Requests by the tenths of the allowance that had been used when they came."""

    def add(self, measure: str, count: int) -> None:
        kind, _, name = measure.partition(":")
        if kind == REQUEST:
            self.requests[name] += count
        elif kind == ANSWER:
            self.answers[name] += count
        elif kind == LATENCY:
            _count(self.latencies, name, count)
        elif kind == SHARE:
            _count(self.shares, name, count)

    def include(self, other: "Used") -> None:
        self.requests += other.requests
        self.answers += other.answers
        self.latencies = [sum(pair) for pair in zip(self.latencies, other.latencies, strict=True)]
        self.shares = [sum(pair) for pair in zip(self.shares, other.shares, strict=True)]

    @property
    def most_used(self) -> int:
        """Tenths of the allowance, when it was used most."""
        return max((tenths for tenths, count in enumerate(self.shares) if count), default=0)

    @property
    def total(self) -> int:
        return self.requests.total()


def hour_of(at: datetime) -> int:
    return int(at.timestamp() // 3600)


def by_hour(engine: Engine, client_id: str, first: int, last: int) -> Mapping[int, Used]:
    """The hours from the first to the last in which there was anything. Raises SQLAlchemyError."""
    found: dict[int, Used] = {}
    rows = select(ClientUsage.hour, ClientUsage.measure, ClientUsage.count).where(
        ClientUsage.client_id == client_id, ClientUsage.hour >= first, ClientUsage.hour <= last
    )
    with reading(engine).connect() as connection:
        for hour, measure, count in connection.execute(rows):
            found.setdefault(hour, Used()).add(measure, int(count))
    return found


def used(engine: Engine, client_id: str, begin: datetime, end: datetime) -> Used:
    """In the hours of both moments and all between them. Raises SQLAlchemyError."""
    whole = Used()
    for one in by_hour(engine, client_id, hour_of(begin), hour_of(end)).values():
        whole.include(one)
    return whole


def _count(places: list[int], name: str, count: int) -> None:
    """A row that is none of this release's may say anything there."""
    if name.isascii() and name.isdigit() and int(name) < len(places):
        places[int(name)] += count


def of_all(connection: Connection, now: datetime) -> tuple[Mapping[str, int], int]:
    """Of this hour: how requests were answered, and how many clients were limited. Raises SQLAlchemyError."""
    limited = f"{ANSWER}:{Answer.LIMITED}"
    this_hour = ClientUsage.hour == hour_of(now)
    answers = (
        select(ClientUsage.measure, func.sum(ClientUsage.count))
        .where(this_hour, ClientUsage.measure.startswith(f"{ANSWER}:", autoescape=True))
        .group_by(ClientUsage.measure)
    )
    clients = select(func.count()).where(this_hour, ClientUsage.measure == limited)
    found = {measure.partition(":")[2]: int(count) for measure, count in connection.execute(answers)}
    return found, connection.scalar(clients) or 0
