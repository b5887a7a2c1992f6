"""Rows go when they are old, said by a signed head before; what is left is provable as before."""

from collections.abc import Sequence
from datetime import timedelta

import pytest

from idp.audit.tree.findings import Kind
from idp.audit.tree.proving import prove
from idp.audit.tree.retention import Retention
from idp.audit.tree.verifying import snapshot
from tests.idp.audit.tree.conftest import Log

DAY = 86400


def retention(log: Log) -> Retention:
    return Retention(log.engine, log.clock, timedelta(days=365), timedelta(days=1095))


@pytest.fixture
def old(log: Log) -> Sequence[str]:
    """Ten rows, two of them of a face check; a year; three rows; and what is due is done."""
    ids = log.write(10)
    log.harm(f"UPDATE audit_events SET name = 'face_checked' WHERE id IN ('{ids[2]}', '{ids[5]}')")
    log.proving().round()
    log.clock.advance(366 * DAY)
    assert retention(log).round() == 0, "no signed head has said so yet"
    log.grow(3)
    assert retention(log).round() == 8
    log.grow(1)
    return ids


def test_old_rows_go_and_the_log_stays_whole(log: Log, old: Sequence[str]) -> None:
    report = log.verify(anchored=True)
    assert (report.finding, report.dropped, report.anchored) == (None, 8, report.end)
    left = [id_ for (id_,) in log.ask("SELECT id FROM audit_events")]
    assert [id_ for id_ in old if id_ in left] == [old[2], old[5]]
    with snapshot(log.engine) as connection:
        assert prove(connection, old[5])["position"] == 5


def test_rows_of_face_checks_stay_longer(log: Log, old: Sequence[str]) -> None:
    log.clock.advance(1096 * DAY)
    log.grow(1)
    retention(log).round()
    log.grow(1)
    assert log.verify(anchored=True).finding is None
    left = [id_ for (id_,) in log.ask("SELECT id FROM audit_events")]
    assert not {old[2], old[5]} & set(left)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_stays_among_what_went_is_still_held_to_its_leaf(log: Log, old: Sequence[str]) -> None:
    log.harm(f"UPDATE audit_events SET actor = 'x' WHERE id = '{old[5]}'")
    found = log.verify().finding
    assert found is not None
    assert (found.kind, found.begin) == (Kind.CHANGED, 5)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_young_row_is_missing_whatever_went(log: Log, old: Sequence[str]) -> None:
    log.harm("DELETE FROM audit_events WHERE seq = (SELECT seq FROM audit_leaves WHERE position = 12)")
    found = log.verify().finding
    assert found is not None
    assert (found.kind, found.begin) == (Kind.MISSING, 12)
