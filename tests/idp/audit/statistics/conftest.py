"""A log, and what counts it."""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, select

from idp.audit import insertion
from idp.audit.statistics.models import AuditCount
from idp.audit.statistics.rolling import Statistics
from idp.storage.base import Base, new_id
from idp.storage.database import open_database, reading
from tests.fakes import FakeClock

NOW = datetime(2026, 11, 22, 8, 30, tzinfo=UTC)
KEPT = timedelta(days=100)
STAFF = "01890a5d-ac96-774b-bcce-b302099a8057"
Written = tuple[datetime, str, dict[str, Any]]
"""When, name, and what else: columns and the payload's fields."""
COLUMNS = ("client_id", "actor", "person_id")


@dataclass
class CountedLog:
    engine: Engine
    clock: FakeClock = field(default_factory=lambda: FakeClock(NOW))

    def statistics(self, **options: Any) -> Statistics:
        return Statistics(self.engine, self.clock, KEPT, **options)

    def write(self, *events: Written) -> None:
        with self.engine.begin() as connection:
            insertion.insert(connection, [_row(*one) for one in events])

    def count(self, **options: Any) -> int:
        """All there is; how many events."""
        counting, total = self.statistics(**options), 0
        while read := counting.round():
            total += read
        return total

    def counts(self) -> Counter[tuple[str, int, int, str]]:
        columns = (AuditCount.kind, AuditCount.grain, AuditCount.hour, AuditCount.value, AuditCount.count)
        with reading(self.engine).connect() as connection:
            rows = connection.execute(select(*columns)).all()
            return Counter({(kind, grain, hour, value): count for kind, grain, hour, value, count in rows})


def _row(at: datetime, name: str, fields: dict[str, Any]) -> dict[str, Any]:
    payload = {key: value for key, value in fields.items() if key not in COLUMNS}
    return {
        "id": new_id(at),
        "at": at,
        "name": name,
        **{column: fields.get(column) for column in COLUMNS},
        **dict.fromkeys(("request_id", "address", "device", "interaction_id")),
        "payload": json.dumps(payload, sort_keys=True, separators=(",", ":")),
    }


def signed_in(at: datetime = NOW, level: int = 2, methods: Sequence[str] = ("password",)) -> Written:
    return at, "signed_in", {"level": level, "methods": list(methods), "client_id": "hall"}


@pytest.fixture
def counted(database_url: str) -> Iterator[CountedLog]:
    engine = open_database(database_url)
    tables = [table for name, table in Base.metadata.tables.items() if name.startswith("audit_")]
    Base.metadata.create_all(engine, tables)
    yield CountedLog(engine)
    engine.dispose()
