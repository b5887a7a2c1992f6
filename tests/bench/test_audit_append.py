"""The bench of the audit log still runs. No time is judged here."""

import os
from collections.abc import Iterator

import pytest

from bench import audit_append


@pytest.fixture(autouse=True)
def _same_cores() -> Iterator[None]:
    """What the bench pins, later tests are not to be bound by."""
    before = os.sched_getaffinity(0)
    yield
    os.sched_setaffinity(0, before)


def test_it_runs(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.argv", ["bench", "--seconds", "0.1", "--rounds", "1", "--callers", "8"])
    monkeypatch.setattr(audit_append, "FLOOR_EVENTS", 100)
    audit_append.main()
    printed = capsys.readouterr().out
    assert "8 callers" in printed
    assert "by the driver alone" in printed
