"""What each index costs whoever writes events: processor time of the database, and log to be written.

The same rows are written with all indexes and without one; each time in a transaction that is undone, the
dropped index with it.
"""

import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

from sqlalchemy import Connection, Engine, text

from bench.searching.filling import CLIENTS, FIRST, OFFICERS, PER_MILLE, PERSONS_EVERY
from idp.audit import insertion
from idp.audit.partitions import months_from
from idp.storage.base import new_id

WRITTEN, AT_ONCE, ROUNDS = 20_000, 50, 3
OF_CLIENTS = frozenset({"token_issued", "token_refused", "claims_released"})
Costs = dict[str, tuple[float, float]]
"""Microseconds and bytes a row, by what was left out; under "" with all indexes."""


def costs(engine: Engine, rows: int) -> Costs:
    listed = text("SELECT indexname FROM pg_indexes WHERE tablename = 'audit_events' ORDER BY 1")
    with engine.connect() as connection:
        names = ["", *connection.scalars(listed)]
    events = list(_events(rows))
    found: dict[str, list[tuple[float, float]]] = {name: [] for name in names}
    for _ in range(ROUNDS):
        for name in names:
            with engine.connect() as connection, connection.begin() as undone:
                if name:
                    connection.execute(text(f"DROP INDEX {name}"))
                found[name].append(_written(connection, events))
                undone.rollback()
    return {name: _middle(measured) for name, measured in found.items()}


def _middle(measured: list[tuple[float, float]]) -> tuple[float, float]:
    times, sizes = (sorted(part) for part in zip(*measured, strict=True))
    return times[len(times) // 2], sizes[len(sizes) // 2]


def _written(connection: Connection, events: list[dict[str, Any]]) -> tuple[float, float]:
    at = text("SELECT pg_current_wal_insert_lsn() - '0/0'")
    used, position = _of_the_database(connection), connection.scalar(at)
    for begin in range(0, len(events), AT_ONCE):
        insertion.insert(connection, events[begin : begin + AT_ONCE])
    seconds, size = _of_the_database(connection) - used, connection.scalar(at) - position
    return seconds / len(events) * 1e6, float(size) / len(events)


def _of_the_database(connection: Connection) -> float:
    """Seconds of a processor that this connection's process has used."""
    backend = connection.scalar(text("SELECT pg_backend_pid()"))
    user, system = Path(f"/proc/{backend}/stat").read_text().rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def _events(rows: int) -> Iterator[dict[str, Any]]:
    """As `filling` makes them, of the last month."""
    random = Random(42)  # noqa: S311
    names, weights = list(PER_MILLE), list(PER_MILLE.values())
    (begin, _), *_ = reversed(list(months_from(FIRST, 13)))
    for number in range(WRITTEN):
        at = begin + timedelta(days=25, milliseconds=20 * number)
        name = random.choices(names, weights)[0]
        of_client, of_staff = name in OF_CLIENTS, name == "staff_signed_in"
        person = int(random.random() ** 2 * (rows // PERSONS_EVERY))
        client = int(random.random() ** 3 * CLIENTS)
        network = int(random.random() ** 2 * (rows // 100))
        parts = network // 65536 % 256, network // 256 % 256, network % 256
        yield {
            "id": new_id(at),
            "at": at,
            "name": name,
            "person_id": None
            if name == "token_refused" or of_staff
            else f"01890a5d-ac96-774b-bcce-{person:012x}",
            "client_id": f"client-{client}",
            "request_id": f"{random.getrandbits(128):032x}",
            "address": f"172.16.{client // 256}.{client % 256}"
            if of_client
            else "10.{}.{}.{}".format(*parts),
            "device": None if of_client else _digest(f"d{person * 2 + number % 2}"),
            "interaction_id": None if of_client else _digest(f"i{number // 5}"),
            "actor": f"staff-{number % OFFICERS}" if of_staff else None,
            "payload": _payload(name, number),
        }


def _digest(seed: str) -> str:
    return f"{Random(seed).getrandbits(172):043x}"  # noqa: S311


def _payload(name: str, number: int) -> str:
    if name in {"signed_in", "signed_out", "staff_signed_in"}:
        return f'{{"level":3,"methods":["pwd","face"],"session_id":"{_digest(f"s{number // 9}")}"}}'
    if name in {"acting_chosen", "mandate_granted"}:
        return f'{{"organisation_id":"01890a5d-ac96-774b-bcce-{number % 20000:012x}","role":"agent"}}'
    return f'{{"grant_id":"{_digest(f"g{number}")}","level":3,"scopes":["openid","profile","national_id"]}}'
