"""What verifying the audit log costs, against reading its rows and hashing them alone.

    python -m bench.audit_verify [--rows 200000] [--months 4]

The floor reads every column of every row in the order of positions, as many at a time, with the same driver
calls, joins them and takes SHA-256. Verifying does so, too, and reads the leaves, compares, builds the tree
and checks the heads. The rows are made by the log's own insertion and folded by the sequencer; a head
each 1,000. On PostgreSQL they are spread over months, each a table, as the worker makes them. Rates are by
the processor's time, the database's included: the machine may have other work.
"""

import os
import tempfile
from argparse import ArgumentParser
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from hashlib import sha256
from pathlib import Path
from time import perf_counter, process_time

from sqlalchemy import Connection, Engine, text

from bench.table import show
from idp.audit import insertion
from idp.audit.partitions import Months
from idp.audit.tree.encoding import Place
from idp.audit.tree.reading import BEFORE_ALL, leaves_from, rows_between
from idp.audit.tree.sequencer import Sequencer
from idp.audit.tree.signing import HeadSigner
from idp.audit.tree.verifying import snapshot, verify
from idp.audit.tree.windows import WINDOW
from idp.crypto.fields import FieldCipher
from idp.crypto.master_key import KeyRing
from idp.storage.base import Base, new_id
from idp.storage.database import open_database
from tests.servers import PostgresProcess, end

LOG = "https://bench.example"
ROUNDS = 3
ROWS_A_HEAD = 1000
START = datetime(2026, 1, 1, tzinfo=UTC)
LATER = START + timedelta(days=10_000)
MONTH = timedelta(days=30)


def main() -> None:
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=200_000)
    parser.add_argument("--months", type=int, default=4)
    given = parser.parse_args()
    rows: int = given.rows
    lines = []
    for name, opened in (("SQLite", _sqlite), ("PostgreSQL", _postgresql)):
        with opened() as engine:
            folding = _fill(engine, rows, given.months)
            floor, verifying = _measured(engine, rows)
        speed = sum(floor) / sum(verifying)
        lines.append((name, f"{folding:,.0f}", _rate(floor, rows), _rate(verifying, rows), f"{speed:.2f}"))
    headings = ("", "folding, rows/s", "SELECT + SHA-256, rows/s", "verify, rows/s", "of the floor")
    show(f"{rows:,} rows in {given.months} months", headings, lines)


def _rate(seconds: list[float], rows: int) -> str:
    return f"{rows * len(seconds) / sum(seconds):,.0f}"


def _measured(engine: Engine, rows: int) -> tuple[list[float], list[float]]:
    """In turns: what the machine does besides, it does to both."""
    floor: list[float] = []
    verifying: list[float] = []
    for _ in range(ROUNDS):
        with snapshot(engine) as connection:
            places = _places(connection, rows)
            floor.append(_timed(connection, partial(_hash_all, connection, places), rows))
            verifying.append(_timed(connection, partial(_verify, connection), rows))
    return floor, verifying


def _timed(connection: Connection, do: Callable[[], int], rows: int) -> float:
    """Seconds of a processor, here and in the database's process: one waits while the other works."""
    begun = process_time() + _of_the_database(connection)
    assert do() >= rows
    return process_time() + _of_the_database(connection) - begun


def _of_the_database(connection: Connection) -> float:
    if connection.dialect.name != "postgresql":
        return 0.0
    backend = connection.scalar(text("SELECT pg_backend_pid()"))
    user, system = Path(f"/proc/{backend}/stat").read_text().rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def _hash_all(connection: Connection, places: list[Place]) -> int:
    after, count = BEFORE_ALL, 0
    for until in places:
        found = rows_between(connection, after, until, WINDOW)
        for row in found:
            sha256("\x1f".join([str(value) for value in row]).encode()).digest()
        count += len(found)
        after = until
    return count


def _places(connection: Connection, rows: int) -> list[Place]:
    """Where each reading ends: the database plans as it does for verifying."""
    ends = [*range(WINDOW, rows, WINDOW), rows]
    return [leaves_from(connection, end - 1, end, 1)[0][1:3] for end in ends]


def _verify(connection: Connection) -> int:
    report = verify(connection, LOG, now=LATER)
    assert report.finding is None, report.finding
    return report.rows


def _fill(engine: Engine, rows: int, months: int) -> float:
    """Rows that the sequencer folds in a second."""
    tables = [table for name, table in Base.metadata.tables.items() if name.startswith("audit_")]
    Base.metadata.create_all(engine, tables)
    now = START
    Months(engine, lambda: START, ahead=months).round()
    cipher = FieldCipher(KeyRing("k", {"k": bytes(32)}))
    sequencer = Sequencer(engine, lambda: now)
    signer = HeadSigner(engine, cipher, lambda: now, LOG, timedelta(seconds=1))
    sequencer.rows_at_once = ROWS_A_HEAD
    seconds = 0.0
    for begin in range(0, rows, ROWS_A_HEAD):
        now = START + MONTH * months * (begin / rows)
        made = [_row(number, now) for number in range(begin, min(begin + ROWS_A_HEAD, rows))]
        with engine.begin() as connection:
            insertion.insert(connection, made)
        begun = perf_counter()
        assert sequencer.is_elected()
        sequencer.fold()
        seconds += perf_counter() - begun
        signer.sign_if_due()
    if engine.dialect.name == "postgresql":
        # As autovacuum does with a table that has grown: plans are made for what is there.
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE"))
    return rows / seconds


def _row(number: int, at: datetime) -> dict[str, object]:
    return {
        "id": new_id(at),
        "at": at,
        "name": "token_issued",
        "person_id": "01890a5d-ac96-774b-bcce-b302099a8057",
        "client_id": "hall",
        "request_id": f"{number:032x}",
        "address": "203.0.113.7",
        "device": "d" * 43,
        "interaction_id": "i" * 43,
        "actor": None,
        "payload": '{"acr":"urn:yitong:acr:3","amr":["face","user"],"grant_id":"'
        + "g" * 43
        + '","scope":"openid"}',
    }


@contextmanager
def _sqlite() -> Iterator[Engine]:
    with tempfile.TemporaryDirectory(prefix="yitong-") as folder:
        engine = open_database(f"sqlite:///{folder}/bench.db")
        yield engine
        engine.dispose()


@contextmanager
def _postgresql() -> Iterator[Engine]:
    with tempfile.TemporaryDirectory(prefix="yitong-") as folder:
        server = PostgresProcess(Path(folder))
        server.start()
        try:
            engine = open_database(server.new_database())
            yield engine
            engine.dispose()
        finally:
            assert server.process is not None
            end(server.process)


if __name__ == "__main__":
    main()
