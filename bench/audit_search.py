"""What searching the audit log costs, as the log grows; and what its indexes cost whoever writes to it.

    python -m bench.audit_search [--rows 200000 2000000] [--times 40] [--append] [--plans FILE]

Each size gets a PostgreSQL of its own, filled with 13 months of events. *Cold*: the server was started anew
and, where the machine lets us, its files thrown out of memory; each question is asked once with each of its
values. *Warm*: once more with the same ones. A page has 50 events; times are those of `search` as a whole, in
milliseconds. 20 million rows take some 25 GB of disk and half an hour.
"""

import tempfile
from argparse import ArgumentParser
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from random import Random
from time import perf_counter
from typing import Any

from sqlalchemy import Engine, event, text

from bench.searching.appending import costs
from bench.searching.filling import FIRST, MONTHS, fill
from bench.searching.questions import ACROSS, Known, Question, questions
from bench.table import show
from idp.audit.partitions import months_from, name_of
from idp.audit.searching import Page, search
from idp.storage.database import open_database
from tests.servers import PostgresProcess, end

SETTINGS = (
    *("fsync=off", "synchronous_commit=off", "full_page_writes=off", "shared_buffers=2GB"),
    *("max_wal_size=16GB", "maintenance_work_mem=512MB", "effective_cache_size=8GB", "random_page_cost=1.1"),
)
PAGE, BUDGET_SECONDS = 50, 2.0
CACHES = Path("/proc/sys/vm/drop_caches")


def main() -> None:
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, nargs="+", default=[200_000, 2_000_000])
    parser.add_argument("--times", type=int, default=40)
    parser.add_argument("--append", action="store_true", help="also what each index costs")
    parser.add_argument("--plans", type=Path, help="where to write the plans of the last size")
    given = parser.parse_args()
    for rows in given.rows:
        with _server() as server:
            url = server.new_database()
            engine = open_database(url)
            begun = perf_counter()
            fill(engine, rows)
            known = _known(engine, given.times)
            _tell_sizes(engine, rows, perf_counter() - begun)
            asked = tuple(questions(rows, known, given.times))
            engine.dispose()
            _start_anew(server)
            engine = open_database(url)
            cold = {one.name: _ask(engine, one) for one in asked}
            warm = {one.name: _ask(engine, one) for one in asked}
            show(f"{rows:,} rows", ("", "cold p50", "p95", "warm p50", "p95", "found"), _lines(cold, warm))
            if given.plans is not None:
                given.plans.write_text("\n".join(_plan(engine, one) for one in asked), "utf-8")
            if given.append:
                _tell_costs(engine, rows)
            engine.dispose()


Times = tuple[list[float], list[Page]]


def _ask(engine: Engine, question: Question) -> Times:
    random, times, pages = Random(3), [], []  # noqa: S311
    with engine.connect():
        pass  # a connection is there already
    for sought in question.asked:
        after = (FIRST + random.random() * ACROSS, 0) if question.deep else None
        begun = perf_counter()
        page = search(engine, sought, after, PAGE, BUDGET_SECONDS)
        times.append((perf_counter() - begun) * 1000)
        pages.append(page)
    return times, pages


def _lines(cold: dict[str, Times], warm: dict[str, Times]) -> Iterable[tuple[str, ...]]:
    for name, (first, _) in cold.items():
        second, pages = warm[name]
        found = sum(len(page.events) for page in pages) / len(pages)
        broken_off = sum(not page.complete for page in pages)
        shown = f"{found:.1f}" + (f", {broken_off} broken off" if broken_off else "")
        yield (name, *(f"{_at(part, share):.1f}" for part in (first, second) for share in (0.5, 0.95)), shown)


def _at(times: list[float], share: float) -> float:
    return sorted(times)[min(len(times) - 1, int(len(times) * share))]


def _plan(engine: Engine, question: Question) -> str:
    """Of the last statement of one search."""
    statements: list[tuple[str, Any]] = []

    def heard(_connection: Any, _cursor: Any, statement: str, values: Any, *_: Any) -> None:
        statements.append((statement, values))

    event.listen(engine, "before_cursor_execute", heard)
    _ask(engine, Question(question.name, question.asked[:1], question.deep))
    event.remove(engine, "before_cursor_execute", heard)
    statement, values = statements[-1]
    with engine.connect() as connection:
        explained = f"EXPLAIN (ANALYZE, BUFFERS, COSTS OFF) {statement}"
        lines = [row[0] for row in connection.exec_driver_sql(explained, values)]
    return "\n".join([f"-- {question.name}", *lines, ""])


def _known(engine: Engine, times: int) -> Known:
    """Of days all over the log."""
    random = Random(5)  # noqa: S311
    found: dict[str, list[str]] = {"device": [], "session": [], "interaction_id": []}
    member = """substring(payload from '"session_id":"([^"]*)"')"""
    with engine.connect() as connection:
        for column, values in found.items():
            what = member if column == "session" else column
            for _ in range(times):
                begin = FIRST + random.random() * (ACROSS - timedelta(days=2))
                statement = (
                    f"SELECT {what} FROM audit_events WHERE at >= :begin AND {what} IS NOT NULL"  # noqa: S608
                    " ORDER BY at LIMIT 1"
                )
                values.append(str(connection.scalar(text(statement), {"begin": begin})))
    return Known(tuple(found["device"]), tuple(found["session"]), tuple(found["interaction_id"]))


def _tell_sizes(engine: Engine, rows: int, seconds: float) -> None:
    partition = name_of([begin for begin, _ in months_from(FIRST, MONTHS)][5])
    statement = text(
        "SELECT indexrelname, pg_relation_size(indexrelid) FROM pg_stat_user_indexes WHERE relname = :name"
        " UNION ALL SELECT 'rows', pg_relation_size(CAST(:name AS REGCLASS)) ORDER BY 1"
    )
    with engine.connect() as connection:
        sizes = connection.execute(statement, {"name": partition}).all()
    lines = [(name, f"{size * MONTHS / rows:.0f}") for name, size in sizes]
    show(f"{rows:,} rows in {seconds:.0f} s: bytes a row", ("", "bytes"), lines)


def _tell_costs(engine: Engine, rows: int) -> None:
    found = costs(engine, rows)
    micros, size = found.pop("")
    lines = [
        (name, f"{micros - without:.1f}", f"{size - smaller:.0f}")
        for name, (without, smaller) in found.items()
    ]
    lines.append(("all of a row", f"{micros:.1f}", f"{size:.0f}"))
    show("what an index costs on append", ("", "us a row", "bytes of WAL"), lines)


def _start_anew(server: PostgresProcess) -> None:
    assert server.process is not None
    end(server.process)
    with suppress(OSError):
        CACHES.write_text("3")
    server.start()


@contextmanager
def _server() -> Iterator[PostgresProcess]:
    with tempfile.TemporaryDirectory(prefix="yitong-", dir="/var/tmp") as folder:
        server = PostgresProcess(Path(folder), settings=SETTINGS)
        server.start()
        try:
            yield server
        finally:
            assert server.process is not None
            end(server.process)


if __name__ == "__main__":
    main()
