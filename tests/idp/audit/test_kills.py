"""What was acknowledged outlives real processes that are killed under load: provider, writers, database.

`python -m bench.audit_kills` does so for longer.
"""

import os
import random
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bench.kills.counting import is_whole
from bench.kills.ledger import Ledger, Told, read
from bench.kills.playing import Plan, Victim, play
from bench.kills.power_cut import Disk
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


HAS_COMPILER = shutil.which("cc") is not None or shutil.which("gcc") is not None
"""Without one a power cut is only the end of all processes."""
POWER = {
    "postgresql": (Victim.PROVIDER, Victim.DATABASE, Victim.WRITERS),
    "sqlite": (Victim.PROVIDER, Victim.WRITERS),
}
FIRST = {"postgresql": (Victim.DATABASE,), "sqlite": (Victim.SERVING, Victim.WRITERS)}


@pytest.mark.parametrize("database", FIRST)
def test_no_acknowledged_event_is_lost_and_none_is_half(database: str, folder: Path) -> None:
    first = (FIRST[database], (Victim.POWER,) if HAS_COMPILER else POWER[database])
    plan = Plan(
        SEED,
        len(first),
        0.6,
        on_postgresql=database == "postgresql",
        first=first,
        threads=3,
        has_power_cuts=HAS_COMPILER,
    )
    counts = play(plan, folder, lambda _text: None).counts
    assert (counts.lost, counts.doubled, counts.halves, counts.finding) == ((), (), (), None)
    assert counts.acknowledged > 100
    assert counts.proved == counts.rows >= counts.found


@pytest.mark.skipif(not HAS_COMPILER, reason="a power cut is played with a C compiler")
def test_what_was_not_brought_to_the_disk_is_gone_after_a_power_cut(folder: Path) -> None:
    root = folder / "files"
    root.mkdir()
    disk = Disk.below(root, folder)
    written = {"kept": 3, "lost": 3, "longer": 5}
    for name in written:
        (root / name).write_bytes(b"old")
    program = """
import os, sys
for name in ("kept", "lost", "longer"):
    file = os.open(name, os.O_RDWR)
    os.pwrite(file, b"new", 0)
    if name != "lost":
        os.fsync(file)
    if name == "longer":
        os.pwrite(file, b"er", 3)
"""
    environment = {**os.environ, **disk.environment}
    subprocess.run([sys.executable, "-c", program], cwd=root, env=environment, check=True)
    assert [len((root / name).read_bytes()) for name in written] == list(written.values())
    assert disk.lose(Unlucky()) == 2
    assert [(root / name).read_bytes() for name in written] == [b"new", b"old", b"new"]


class Unlucky(random.Random):
    def randint(self, a: int, b: int) -> int:
        return a


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
