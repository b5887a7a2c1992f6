"""Counting requests in memory, and writing the counts every few minutes.

No request writes a row. What a process has not written when it is killed is lost: up to `EVERY_SECONDS` of
counts that nobody is charged by. Who was signed in, what failed and which tokens were issued is counted from
the audit log instead, where nothing is lost.
"""

import logging
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from threading import Lock

from sqlalchemy import Engine, delete
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from idp.metering.measures import (
    ANSWER,
    ANSWERS,
    BUCKETS,
    LATENCY,
    REQUEST,
    SHARE,
    SHARES,
    answer_of,
    bucket_of,
)
from idp.metering.models import ClientUsage
from idp.storage.database import deleted
from idp.storage.outages import OUTAGES

OTHER = "*"
"""Stands for all clients beyond those that are told apart; no client has this id."""
CLIENTS_AT_MOST = 500
"""That are told apart of what is written at a time: those with the most requests."""
KEPT_AT_MOST = 5000
"""In memory until then; who comes later counts as one of the others."""
EVERY_SECONDS = 300
ROWS_AT_ONCE = 500
log = logging.getLogger(__name__)

Row = tuple[str, int, str]
"""Client, hour, measure."""


class _Counts:
    """Of one client in one hour."""

    __slots__ = ("answers", "latencies", "requests", "shares")

    def __init__(self) -> None:
        self.requests: defaultdict[str, int] = defaultdict(int)
        self.answers = [0] * len(ANSWERS)
        self.latencies = [0] * BUCKETS
        self.shares = [0] * SHARES

    def measures(self) -> Iterable[tuple[str, int]]:
        yield from ((f"{REQUEST}:{name}", count) for name, count in self.requests.items())
        yield from (
            (f"{ANSWER}:{ANSWERS[place]}", count) for place, count in enumerate(self.answers) if count
        )
        yield from ((f"{LATENCY}:{number}", count) for number, count in enumerate(self.latencies) if count)
        yield from ((f"{SHARE}:{number}", count) for number, count in enumerate(self.shares) if count)


class Meter:
    """Of one process. `timer`: seconds that only go forward."""

    def __init__(self, engine: Engine, *, timer: Callable[[], float] = time.perf_counter) -> None:
        self.timer = timer
        self._engine = engine
        self._lock = Lock()
        self._writing = Lock()
        self._counts: dict[tuple[str, int], _Counts] = {}
        self._due_at = 0.0

    def note(
        self, client_id: str, endpoint: str, status: int, began: float, now: datetime, *, share: int = 0
    ) -> None:
        """One request has been answered. `began`: by the timer; `share`: the tenths of its allowance that the
        client had used. Never raises for what is out there."""
        took = self.timer() - began
        at = now.timestamp()
        with self._lock:
            counts = self._of(client_id, int(at // 3600))
            counts.requests[endpoint] += 1
            counts.answers[answer_of(status)] += 1
            counts.latencies[bucket_of(took)] += 1
            counts.shares[share] += 1
            if self._due_at == 0.0:
                self._due_at = at + EVERY_SECONDS
            is_due = at >= self._due_at
        if is_due:
            self.flush(now)

    def flush(self, now: datetime) -> int:
        """Write what has come together; how many rows. Of several threads one writes, and nobody waits.

        While the database is away the counts stay.
        """
        if not self._writing.acquire(blocking=False):
            return 0
        try:
            with self._lock:
                counts, self._counts = self._counts, {}
                self._due_at = now.timestamp() + EVERY_SECONDS
            rows = _rows(counts)
            try:
                _write(self._engine, rows)
            except OUTAGES as problem:
                # The text may quote values; its name is enough.
                log.warning("usage of clients is not written: %s", type(problem).__name__)
                self._put_back(counts)
                return 0
            return len(rows)
        finally:
            self._writing.release()

    def _of(self, client_id: str, hour: int) -> _Counts:
        found = self._counts.get((client_id, hour))
        if found is None:
            if len(self._counts) >= KEPT_AT_MOST:
                client_id = OTHER
            found = self._counts.setdefault((client_id, hour), _Counts())
        return found

    def _put_back(self, counts: dict[tuple[str, int], _Counts]) -> None:
        with self._lock:
            for (client_id, hour), some in counts.items():
                whole = self._of(client_id, hour)
                for endpoint, count in some.requests.items():
                    whole.requests[endpoint] += count
                whole.answers = [sum(pair) for pair in zip(whole.answers, some.answers, strict=True)]
                whole.latencies = [sum(pair) for pair in zip(whole.latencies, some.latencies, strict=True)]
                whole.shares = [sum(pair) for pair in zip(whole.shares, some.shares, strict=True)]


def sweep(session: Session, now: datetime, *, kept: timedelta) -> int:
    """Delete what is old enough; how many rows. The caller commits."""
    oldest = int((now - kept).timestamp() // 3600)
    return deleted(session, delete(ClientUsage).where(ClientUsage.hour < oldest))


def _rows(counts: dict[tuple[str, int], _Counts]) -> Counter[Row]:
    busiest = sorted(counts, key=lambda key: -sum(counts[key].requests.values()))
    told_apart = set(list(dict.fromkeys(client_id for client_id, _ in busiest))[:CLIENTS_AT_MOST])
    rows: Counter[Row] = Counter()
    for (client_id, hour), some in counts.items():
        for measure, count in some.measures():
            rows[client_id if client_id in told_apart else OTHER, hour, measure] += count
    return rows


def _write(engine: Engine, rows: Counter[Row]) -> None:
    """Added to what other processes have written of the same hour. Raises SQLAlchemyError."""
    # In one order, so that two processes never wait for each other's rows.
    values = [
        {"client_id": client_id, "hour": hour, "measure": measure, "count": count}
        for (client_id, hour, measure), count in sorted(rows.items())
    ]
    dialect = postgresql if engine.dialect.name == "postgresql" else sqlite
    new = dialect.insert(ClientUsage)
    added = new.on_conflict_do_update(
        index_elements=["client_id", "hour", "measure"],
        set_={"count": ClientUsage.count + new.excluded.count},
    )
    for start in range(0, len(values), ROWS_AT_ONCE):
        with engine.begin() as connection:
            connection.execute(added, values[start : start + ROWS_AT_ONCE])
