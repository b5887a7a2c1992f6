"""What was acknowledged outlives real processes that are killed under load: provider, writers, database.

`python -m bench.audit_kills` does so for longer.
"""

import tempfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bench.kills.counting import is_whole
from bench.kills.ledger import Ledger, Told, read
from bench.kills.playing import Plan, Victim, play
from idp.audit.recorded import Recorded

pytestmark = pytest.mark.slow

SEED = 20261122
PERSON = "01890a5d-ac96-774b-bcce-b302099a8057"


@pytest.fixture
def folder() -> Iterator[Path]:
    """On a disk, and open to the account that runs PostgreSQL."""
    with tempfile.TemporaryDirectory(prefix="yitong-kills-") as made:
        Path(made).chmod(0o755)
        yield Path(made)


FIRST = {
    "postgresql": ((Victim.DATABASE,), (Victim.PROVIDER, Victim.DATABASE, Victim.WRITERS)),
    "sqlite": ((Victim.SERVING, Victim.WRITERS), (Victim.PROVIDER,)),
}


@pytest.mark.parametrize("database", FIRST)
def test_no_acknowledged_event_is_lost_and_none_is_half(database: str, folder: Path) -> None:
    first = FIRST[database]
    plan = Plan(SEED, len(first), 0.6, on_postgresql=database == "postgresql", first=first, threads=3)
    counts = play(plan, folder, lambda _text: None).counts
    assert (counts.lost, counts.doubled, counts.halves, counts.finding) == ((), (), (), None)
    assert counts.acknowledged > 100
    assert counts.proved == counts.rows >= counts.found


def test_half_a_row_is_known() -> None:
    whole = Recorded(
        place=(1, 1),
        id="0198c2f0-0000-7000-8000-000000000000",
        at=datetime(2026, 11, 22, tzinfo=UTC),
        name="signed_in",
        version=1,
        person_id=PERSON,
        client_id="hall",
        request_id=None,
        address=None,
        device=None,
        interaction_id=None,
        actor=None,
        fields={"level": 2, "methods": ["pwd"]},
    )
    assert is_whole(whole)
    for half in (
        {"fields": {}},
        {"person_id": None},
        {"name": "signed"},
        {"fields": {"level": 2, "meth": []}},
    ):
        assert not is_whole(replace(whole, **half))  # type: ignore[arg-type]


def test_half_a_line_acknowledges_nothing(tmp_path: Path) -> None:
    path = tmp_path / "one.ledger"
    ledger = Ledger(path)
    ledger.write(Told.APPENDED, "a-1")
    ledger.close()
    with path.open("a") as file:
        file.write("changed 0198")
    assert read(tmp_path) == {Told.APPENDED: {"a-1"}, Told.CHANGED: set(), Told.TOKEN: set()}
