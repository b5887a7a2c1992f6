"""A log of some rows, folded and signed, that a test may do harm to."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, text

from idp.audit import insertion
from idp.audit.tree import verifying
from idp.audit.tree.anchors import Anchoring, FileAnchor
from idp.audit.tree.findings import Report
from idp.audit.tree.rounds import Proving
from idp.audit.tree.sequencer import Sequencer
from idp.audit.tree.signing import HeadSigner
from idp.audit.tree.verifying import Outside, snapshot
from idp.crypto.fields import FieldCipher
from idp.crypto.master_key import KeyRing
from idp.storage.base import Base, new_id
from idp.storage.database import open_database
from tests.fakes import FakeClock

LOG = "https://id.example.gov.cn"
PERSON = "01890a5d-ac96-774b-bcce-b302099a8057"


@dataclass
class Log:
    """The whole of it, at one database."""

    engine: Engine
    folder: Path
    clock: FakeClock = field(default_factory=FakeClock)
    cipher: FieldCipher = field(default_factory=lambda: FieldCipher(KeyRing("k", {"k": bytes(32)})))

    def sequencer(self, **options: Any) -> Sequencer:
        return Sequencer(self.engine, self.clock, **options)

    def signer(self) -> HeadSigner:
        return HeadSigner(self.engine, self.cipher, self.clock, LOG, timedelta(seconds=60))

    def anchoring(self) -> Anchoring:
        return Anchoring(self.engine, self.clock, "file", FileAnchor(self.folder, self.clock))

    def proving(self, **options: Any) -> Proving:
        return Proving(self.sequencer(**options), self.signer(), (self.anchoring(),))

    def write(self, rows: int) -> list[str]:
        """In one transaction; their ids."""
        made = [self._row(number) for number in range(rows)]
        with self.engine.begin() as connection:
            insertion.insert(connection, made)
        return [str(row["id"]) for row in made]

    def _row(self, number: int) -> dict[str, Any]:
        now = self.clock()
        return {
            "id": new_id(now),
            "at": now,
            "name": "signed_out" if number % 2 else "sign_in_refused",
            "person_id": PERSON if number % 2 else None,
            "client_id": None,
            "request_id": f"req-{number}",
            "address": "203.0.113.7",
            "device": None,
            "interaction_id": None,
            "actor": None,
            "payload": '{"reason":"asked"}',
        }

    def grow(self, *counts: int) -> list[str]:
        """So many rows, a minute, a head; for each count."""
        ids: list[str] = []
        for count in counts:
            ids += self.write(count)
            self.clock.advance(61)
            self.proving().round()
        return ids

    def harm(self, statement: str, **values: Any) -> None:
        """What whoever rules the database may do."""
        with self.engine.begin() as connection:
            connection.execute(text(statement), values)

    def ask(self, statement: str) -> Sequence[Any]:
        with self.engine.begin() as connection:
            return connection.execute(text(statement)).all()

    def given_away(self) -> Outside:
        return Outside.of(
            line for path in sorted(self.folder.glob("*.jsonl")) for line in path.read_text().splitlines()
        )

    def verify(self, *, anchored: bool = False, **options: Any) -> Report:
        options = {"outside": self.given_away() if anchored else None, "now": self.clock(), **options}
        with snapshot(self.engine) as connection:
            return verifying.verify(connection, LOG, **options)


@pytest.fixture
def log(database_url: str, tmp_path: Path) -> Iterator[Log]:
    engine = open_database(database_url)
    tables = [table for name, table in Base.metadata.tables.items() if name.startswith("audit_")]
    Base.metadata.create_all(engine, tables)
    yield Log(engine, tmp_path / "anchors")
    engine.dispose()
