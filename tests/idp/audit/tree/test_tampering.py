"""Each way to harm the log, by somebody who may do everything in the database, and what is said of it."""

import json

import pytest

from idp.audit.tree.findings import Finding, Kind
from tests.idp.audit.tree.conftest import Log
from tests.idp.audit.tree.harming import event_at, refold, resign, rewind, rewrite

on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""What is looked at is the same on both."""
SIZES = (5, 7, 300, 8)
# The first key of the log is an event, too: written when the first head was signed.
TOTAL = sum(SIZES) + 1


@pytest.fixture
def whole(log: Log) -> Log:
    log.grow(*SIZES)
    return log


def finding(log: Log, *, anchored: bool = False) -> Finding:
    found = log.verify(anchored=anchored).finding
    assert found is not None, "nobody saw it"
    return found


def test_a_log_that_nobody_harmed_is_whole(whole: Log) -> None:
    report = whole.verify(anchored=True)
    assert report.finding is None
    assert (report.begin, report.end, report.rows, report.dropped) == (0, TOTAL, TOTAL, 0)
    assert (report.heads, report.anchored) == (len(SIZES), TOTAL)
    assert (report.newest, report.unproved) == (whole.clock(), 0)


CHANGES = {
    "payload": '{"method":"pwd","reason":"forgot"}',
    "person_id": "p",
    "client_id": "somebody",
    "name": "signed_in",
    "actor": "operator",
    "address": "",
    "device": "d",
    "request_id": None,
    "interaction_id": "i",
    "id": "01890a5d-ac96-774b-bcce-b302099a8057",
}


def test_a_changed_row_is_found_whatever_was_changed(whole: Log) -> None:
    event = event_at(whole, 151)
    for column, value in CHANGES.items():
        ((before, seq),) = whole.ask(f"SELECT {column}, seq FROM audit_events WHERE id = '{event}'")
        change = f"UPDATE audit_events SET {column} = :value WHERE seq = :seq"
        whole.harm(change, value=value, seq=seq)
        found = finding(whole)
        assert (found.kind, found.what, found.begin, found.end) == (Kind.CHANGED, "row", 151, 152), column
        whole.harm(change, value=before, seq=seq)
        assert whole.verify().finding is None
    whole.harm(f"UPDATE audit_events SET at = '2026-01-02 03:04:05.000001' WHERE id = '{event}'")
    assert finding(whole).kind is Kind.CHANGED


def test_a_deleted_row_is_found(whole: Log) -> None:
    whole.harm(f"DELETE FROM audit_events WHERE id = '{event_at(whole, 9)}'")
    found = finding(whole)
    assert (found.kind, found.what, found.begin) == (Kind.MISSING, "row", 9)


def test_two_rows_that_changed_places_are_found(whole: Log) -> None:
    ((one, first, xid), (other, second, next_xid)) = whole.ask(
        "SELECT e.id, e.seq, e.xid FROM audit_events e JOIN audit_leaves l ON l.xid = e.xid AND l.seq = e.seq"
        " WHERE l.position IN (20, 250) ORDER BY l.position"
    )
    place = "UPDATE audit_events SET seq = :seq, xid = :xid WHERE id = :id"
    whole.harm(place, id=one, seq=-1, xid=xid)
    whole.harm(place, id=other, seq=first, xid=xid)
    whole.harm(place, id=one, seq=second, xid=next_xid)
    found = finding(whole)
    assert (found.kind, found.begin, found.event_id) == (Kind.REORDERED, 20, other)
    assert found.detail == "it was row 250"


@on_sqlite
def test_a_row_that_was_moved_to_where_there_was_none_is_found(whole: Log) -> None:
    event = event_at(whole, 30)
    whole.harm(f"UPDATE audit_events SET xid = -1, seq = -5 WHERE id = '{event}'")
    found = finding(whole)
    assert (found.kind, found.begin, found.event_id) == (Kind.REORDERED, 0, event)


def test_a_row_that_was_put_in_later_is_found(whole: Log) -> None:
    whole.harm(
        "INSERT INTO audit_events (seq, xid, id, at, name, payload)"
        " SELECT -7, xid, '01890a5d-ac96-774b-bcce-b30209900000', at, name, payload FROM audit_events"
        f" WHERE id = '{event_at(whole, 200)}'"
    )
    found = finding(whole)
    assert (found.kind, found.what) == (Kind.FORGED, "row")
    assert found.event_id == "01890a5d-ac96-774b-bcce-b30209900000"


def test_rows_that_were_cut_off_are_found(whole: Log) -> None:
    whole.harm(
        "DELETE FROM audit_events WHERE seq IN (SELECT e.seq FROM audit_events e JOIN audit_leaves l"
        " ON l.xid = e.xid AND l.seq = e.seq WHERE l.position >= 310)"
    )
    found = finding(whole)
    assert (found.kind, found.begin) == (Kind.CUT, 310)


@on_sqlite
def test_rows_and_leaves_that_were_cut_off_are_found_by_the_head(whole: Log) -> None:
    rewind(whole, 310)
    found = finding(whole)
    assert (found.kind, found.begin, found.end) == (Kind.CUT, 310, TOTAL)


@on_sqlite
def test_a_log_cut_back_to_an_old_head_is_found_by_the_anchor_alone(whole: Log) -> None:
    """What is promised begins at the last anchor: without it this is a log that never was longer."""
    before = SIZES[0] + 1 + SIZES[1]
    rewind(whole, before)
    whole.harm(f"DELETE FROM audit_heads WHERE size > {before}")
    whole.harm(f"UPDATE audit_tree SET head_size = {before}")
    assert whole.verify().finding is None
    found = finding(whole, anchored=True)
    assert (found.kind, found.begin, found.end) == (Kind.CUT, before, TOTAL)


@on_sqlite
def test_a_row_and_its_leaf_that_were_changed_together_are_found_by_the_head(whole: Log) -> None:
    rewrite(whole, 100)
    found = finding(whole)
    # Which row it was is lost; between which two heads it lies is not.
    assert (found.kind, found.what) == (Kind.FORGED, "rows")
    assert (found.begin, found.end) == (SIZES[0] + SIZES[1] + 1, SIZES[0] + SIZES[1] + SIZES[2] + 1)


def test_an_administrator_with_the_keys_cannot_change_the_past_unseen_once_an_anchor_was_taken(
    whole: Log,
) -> None:
    """Full SQL rights, and the master keys as well: rows, leaves, subtrees, frontier and heads made anew."""
    rewrite(whole, 100)
    refold(whole)
    resign(whole)
    assert whole.verify().finding is None
    found = finding(whole, anchored=True)
    assert found.kind is Kind.FORGED
    assert (found.begin, found.end) == (SIZES[0] + SIZES[1] + 1, SIZES[0] + SIZES[1] + SIZES[2] + 1)


@on_sqlite
def test_another_key_in_the_place_of_ours_is_found(whole: Log) -> None:
    other = json.dumps({"kty": "EC", "crv": "P-256", "x": "A" * 43, "y": "A" * 43})
    whole.harm("UPDATE audit_keys SET public_jwk = :jwk", jwk=other)
    assert finding(whole).what == "head"
    whole.harm("DELETE FROM audit_keys")
    assert finding(whole, anchored=True).kind is Kind.FORGED


@on_sqlite
def test_a_head_of_another_log_is_refused(whole: Log) -> None:
    whole.harm("UPDATE audit_heads SET line = replace(line, 'example.gov.cn', 'example.gov.tw')")
    assert (finding(whole).kind, finding(whole).what) == (Kind.FORGED, "head")


@on_sqlite
def test_a_head_that_was_taken_out_is_found_by_the_next(whole: Log) -> None:
    whole.harm(f"DELETE FROM audit_heads WHERE size = {SIZES[0] + SIZES[1] + 1}")
    assert (finding(whole).kind, finding(whole).what) == (Kind.MISSING, "head")


@on_sqlite
def test_leaves_that_were_taken_out_or_changed_places_are_found(whole: Log) -> None:
    whole.harm("DELETE FROM audit_leaves WHERE position = 40")
    assert (finding(whole).kind, finding(whole).what, finding(whole).begin) == (Kind.MISSING, "leaf", 40)


@on_sqlite
def test_hashes_of_leaves_that_changed_places_are_found(whole: Log) -> None:
    hashes = dict(tuple(row) for row in whole.ask("SELECT position, hash FROM audit_leaves"))
    for to, of in ((40, 50), (50, 40)):
        whole.harm("UPDATE audit_leaves SET hash = :hash WHERE position = :to", to=to, hash=hashes[of])
    assert (finding(whole).kind, finding(whole).begin) == (Kind.REORDERED, 40)


@on_sqlite
def test_a_changed_subtree_is_found(whole: Log) -> None:
    whole.harm("UPDATE audit_subtrees SET hash = :hash", hash=bytes(32))
    assert (finding(whole).kind, finding(whole).what) == (Kind.CHANGED, "subtree")


@on_sqlite
def test_a_tree_that_would_go_on_elsewhere_is_found(whole: Log) -> None:
    """Or rows that are written from now on would never be folded."""
    whole.harm("UPDATE audit_tree SET seq = seq + 1000")
    assert (finding(whole).kind, finding(whole).what) == (Kind.CHANGED, "tree")


@on_sqlite
def test_a_tree_that_allows_dropping_young_rows_is_not_believed(whole: Log) -> None:
    whole.harm("UPDATE audit_tree SET kept_from = 300")
    whole.harm(f"DELETE FROM audit_events WHERE id = '{event_at(whole, 9)}'")
    assert (finding(whole).kind, finding(whole).begin) == (Kind.MISSING, 9)
    # Nor where a head says so: it is younger than what it says was old.
    whole.grow(3)
    assert (finding(whole).kind, finding(whole).what) == (Kind.FORGED, "head")


@on_sqlite
def test_a_part_is_looked_at_between_heads_and_what_is_before_held_to_its_head(whole: Log) -> None:
    report = whole.verify(begin=150, end=200, anchored=True)
    begin, end = SIZES[0] + SIZES[1] + 1, SIZES[0] + SIZES[1] + SIZES[2] + 1
    assert (report.finding, report.begin, report.end, report.rows) == (None, begin, end, end - begin)
    assert report.anchored == end
    event = event_at(whole, 3)
    whole.harm("UPDATE audit_events SET actor = 'x' WHERE id = :id", id=event)
    assert whole.verify(begin=150).finding is None
    assert finding(whole).begin == 3
    whole.harm("UPDATE audit_leaves SET hash = :hash WHERE position = 3", hash=bytes(32))
    found = whole.verify(begin=150).finding
    assert found is not None
    assert (found.kind, found.begin, found.end) == (Kind.FORGED, SIZES[0], begin)
