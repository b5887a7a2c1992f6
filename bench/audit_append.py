"""What a durable event costs: many callers on PostgreSQL, one a request on SQLite, and the floors of both.

    python -m bench.audit_append [--seconds 3] [--callers 64,256] [--rounds 3]

Many callers: threads of this process, pinned to one core, each with one event at a time through
`AuditLog.append`; PostgreSQL has the other core, and its own durable settings. The floor is the same
statement with as many events, put together beforehand and made by one thread: no callers, no queue.

One a request: one caller on SQLite with `synchronous=FULL`. Its floors are the same row by the driver alone,
and the same bytes at the end of a file, with fdatasync. Medians; processor time where the machine may have
other work. Files lie in the folder for temporary files: name a disk by TMPDIR.
"""

import os
import sqlite3
import tempfile
import time
from argparse import ArgumentParser
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import median, quantiles
from threading import Barrier, Thread

from sqlalchemy import Engine, text

from bench.protocol.meters import LOAD_CORE, SERVER_CORE, Cpu, family, pin
from bench.protocol.stores import DURABLE_POSTGRES
from bench.table import show
from idp.audit import AuditContext, AuditLog
from idp.audit.events.protocol import TokenIssued
from idp.audit.insertion import COMPACT, MOMENTS, STATEMENTS
from idp.commands.database import migrate_to
from idp.crypto.digests import digest, new_secret
from idp.storage.base import new_id
from idp.storage.database import open_database
from idp.storage.direct import Direct
from tests.servers import PostgresProcess, end

PERSON = "01890a5d-ac96-774b-bcce-b302099a8057"
GRANT = digest("grant")
SCOPES = ("openid", "profile")
FLOOR_EVENTS = 30_000
SQLITE_AT_MOST = 5_000
WRITTEN = "SELECT count(*), count(DISTINCT xid) FROM audit_events"


@dataclass(frozen=True, slots=True)
class Measured:
    events: int
    commits: int
    seconds: float
    cpu_seconds: float
    """Of this process."""
    database_seconds: float


def main() -> None:
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=3.0)
    parser.add_argument("--callers", default="64,256")
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    lines = []
    with _postgresql() as (engine, server):
        for number in (int(one) for one in given.callers.split(",")):
            ours = [_many(engine, server, number, given.seconds) for _ in range(given.rounds)]
            group = max(1, round(median(one.events / one.commits for one in ours)))
            floor = [_floor(engine, server, group) for _ in range(given.rounds)]
            lines += [_rates(f"{number} callers", ours), _rates(f"floor, {group} in a statement", floor)]
    headings = ("PostgreSQL", "events/s", "us of CPU an event", "of a whole core, events/s")
    show("Many callers, one core", (*headings, "us in the database", "events a commit"), lines)
    show("One event at a time", ("SQLite", "ms, median", "ms, nine of ten below"), _alone(given.seconds))


def _rates(name: str, found: list[Measured]) -> tuple[str, ...]:
    cpu = median(one.cpu_seconds / one.events for one in found)
    return (
        name,
        f"{median(one.events / one.seconds for one in found):,.0f}",
        f"{cpu * 1e6:.1f}",
        f"{1 / cpu:,.0f}",
        f"{median(one.database_seconds / one.events for one in found) * 1e6:.1f}",
        f"{median(one.events / one.commits for one in found):.0f}",
    )


def _many(engine: Engine, server: int, callers: int, seconds: float) -> Measured:
    """So many threads, each of whom waits for its own event before the next."""
    _empty(engine)
    log, together, until = AuditLog(engine), Barrier(callers + 1), float("inf")

    def call() -> None:
        together.wait()
        while time.perf_counter() < until:
            log.append(_event(), _context())

    threads = [Thread(target=call) for _ in range(callers)]

    def all_call() -> None:
        together.wait()
        for thread in threads:
            thread.join()

    pin(SERVER_CORE)
    try:
        log.append(_event(), _context())  # opens the connection
        for thread in threads:
            thread.start()
        until = time.perf_counter() + seconds
        took = _timed(all_call, server)
        log.close()
    finally:
        pin(LOAD_CORE)
    with engine.connect() as connection:
        events, commits = connection.execute(text(WRITTEN)).one()
    return Measured(events - 1, commits - 1, *took)


def _floor(engine: Engine, server: int, group: int) -> Measured:
    _empty(engine)
    statement = Direct(STATEMENTS["postgresql"].replace("%s", "$1"))
    texts = [_text(group, "postgresql") for _ in range(FLOOR_EVENTS // group)]
    statement.run(engine, [_text(1, "postgresql")])

    def each() -> None:
        for one in texts:
            statement.run(engine, (one,))

    pin(SERVER_CORE)
    try:
        took = _timed(each, server)
    finally:
        pin(LOAD_CORE)
    return Measured(len(texts) * group, len(texts), *took)


def _timed(do: Callable[[], None], server: int) -> tuple[float, float, float]:
    cpu, beside, began = time.process_time(), Cpu(family(server)), time.perf_counter()
    do()
    return time.perf_counter() - began, time.process_time() - cpu, beside.seconds()


def _alone(seconds: float) -> list[tuple[str, str, str]]:
    with tempfile.TemporaryDirectory(prefix="yitong-") as name:
        folder = Path(name)
        engine = open_database(f"sqlite:///{folder}/bench.db")
        migrate_to(engine)
        log = AuditLog(engine)
        ours = _times(lambda: log.append(_event(), _context()), seconds)
        log.close()
        engine.dispose()
        with closing(sqlite3.connect(folder / "bench.db", isolation_level=None)) as driver:
            driver.execute("PRAGMA synchronous=FULL").close()
            driver.execute("PRAGMA wal_autocheckpoint=0").close()
            rows = iter([_text(1, "sqlite") for _ in range(SQLITE_AT_MOST)])
            bare = _times(lambda: driver.execute(STATEMENTS["sqlite"], (next(rows),)).close(), seconds)
            grown = b"w" * ((folder / "bench.db-wal").stat().st_size // len(bare))
        descriptor = os.open(folder / "grown", os.O_WRONLY | os.O_CREAT)

        def grow() -> None:
            os.write(descriptor, grown)
            os.fdatasync(descriptor)

        disk = _times(grow, seconds)
        os.close(descriptor)
    named = (("an event", ours), ("its row by the driver alone", bare), (f"{len(grown):,} bytes", disk))
    return [(what, f"{median(each):.2f}", f"{quantiles(each, n=10)[8]:.2f}") for what, each in named]


def _times(do: Callable[[], object], seconds: float) -> list[float]:
    """Milliseconds of each."""
    found: list[float] = []
    until = time.perf_counter() + seconds
    while (began := time.perf_counter()) < until and len(found) < SQLITE_AT_MOST:
        do()
        found.append((time.perf_counter() - began) * 1000)
    return found


def _event() -> TokenIssued:
    return TokenIssued("hall", PERSON, "authorization_code", SCOPES, GRANT, new_secret(16))


def _context() -> AuditContext:
    return AuditContext(datetime.now(UTC), request_id=new_secret(12), address="203.0.113.7", device=GRANT)


def _text(count: int, dialect: str) -> str:
    """Rows as `_event` and `_context` make them."""
    now = datetime.now(UTC)
    row = {
        "at": MOMENTS[dialect](now),
        "name": "token_issued",
        "person_id": PERSON,
        "client_id": "hall",
        "request_id": new_secret(12),
        "address": "203.0.113.7",
        "device": GRANT,
        "interaction_id": None,
        "actor": None,
        "payload": COMPACT.encode(
            {
                "grant_id": GRANT,
                "grant_type": "authorization_code",
                "scopes": SCOPES,
                "token_id": new_secret(16),
            }
        ),
    }
    return COMPACT.encode([{"id": new_id(now), **row} for _ in range(count)])


def _empty(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text("TRUNCATE audit_events"))


@contextmanager
def _postgresql() -> Iterator[tuple[Engine, int]]:
    """On the other core; its process, too."""
    pin(LOAD_CORE)
    with tempfile.TemporaryDirectory(prefix="yitong-") as folder:
        server = PostgresProcess(Path(folder), settings=DURABLE_POSTGRES)
        server.start()
        assert server.process is not None
        try:
            engine = open_database(server.new_database())
            migrate_to(engine)
            yield engine, server.process.pid
            engine.dispose()
        finally:
            end(server.process)


if __name__ == "__main__":
    main()
