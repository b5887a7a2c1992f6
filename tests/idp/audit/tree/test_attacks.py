"""What somebody tries who rules the database, and has stolen the key of the heads, too: all of it is seen."""

from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from idp.audit import insertion
from idp.audit.following import Follower
from idp.audit.tree.findings import Finding, Kind
from idp.audit.tree.heads import Head, read
from idp.audit.tree.keys import rotate, signing
from idp.audit.tree.proving import NoProof, prove
from idp.audit.tree.retention import Retention
from idp.audit.tree.sequencer import read_state
from idp.audit.tree.status import integrity
from idp.audit.tree.verifying import Outside, snapshot
from idp.storage.base import new_id
from idp.storage.outages import OUTAGES
from tests.idp.audit.tree.conftest import LOG, Log
from tests.idp.audit.tree.harming import resign

ROWS = (5, 7, 9)
on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def whole(log: Log) -> Log:
    """Heads of it were given away."""
    log.grow(*ROWS)
    assert log.verify(anchored=True).finding is None
    return log


def finding(log: Log) -> Finding:
    found = log.verify(anchored=True).finding
    assert found is not None, "nobody saw it"
    return found


def sign_one_more(log: Log, **members: Any) -> None:
    """With the genuine key, of the tree as it is."""
    log.write(1)
    assert log.sequencer().fold()
    with Session(log.engine) as session:
        kid, key = signing(session, log.cipher, log.clock())
    ((last,),) = log.ask("SELECT line FROM audit_heads ORDER BY size DESC LIMIT 1")
    before = read(last)
    with log.engine.connect() as connection:
        state = read_state(connection)
    head = Head(
        log=LOG,
        size=state.tree.size,
        root=state.tree.root(),
        at=log.clock().replace(microsecond=0),
        previous=before.digest,
        kept_from=0,
        kid=kid,
    )
    head = replace(head, **members).signed_by(key)
    log.harm(
        "INSERT INTO audit_heads (size, at, line) VALUES (:size, :at, :line)",
        size=head.size,
        at=head.at,
        line=head.line,
    )
    log.harm(f"UPDATE audit_tree SET head_size = {head.size}, kept_from = {head.kept_from}")


def delete_before(log: Log, position: int) -> None:
    log.harm(
        "DELETE FROM audit_events WHERE seq IN (SELECT e.seq FROM audit_events e JOIN audit_leaves l"
        f" ON l.xid = e.xid AND l.seq = e.seq WHERE l.position < {position})"
    )


def test_attack_heads_are_signed_anew_as_older_ones_that_allow_to_drop_rows(whole: Log) -> None:
    """The same sizes and roots as those that were given away; only the dates and what may be gone differ."""
    year = timedelta(days=365)
    sizes = [size for (size,) in whole.ask("SELECT size FROM audit_heads ORDER BY size")]
    begin = datetime.fromisoformat("2020-01-01T00:00:00+00:00")
    moments = {size: begin + number * year for number, size in enumerate(sizes)}
    resign(
        whole,
        lambda head: replace(head, at=moments[head.size], kept_from=sizes[0] if head.size > sizes[0] else 0),
    )
    whole.harm(f"UPDATE audit_tree SET kept_from = {sizes[0]}")
    delete_before(whole, sizes[0])
    assert (finding(whole).kind, finding(whole).what) == (Kind.FORGED, "head")


def test_attack_a_head_of_the_future_says_that_everything_is_old_enough_to_go(whole: Log) -> None:
    size = sum(ROWS) + 1
    ahead = whole.clock().replace(microsecond=0) + timedelta(days=200)
    sign_one_more(whole, at=ahead, kept_from=size)
    delete_before(whole, size)
    assert (finding(whole).kind, finding(whole).what) == (Kind.FORGED, "head")
    assert "not come yet" in finding(whole).detail


def test_attack_heads_that_go_back_in_time(whole: Log) -> None:
    """Which head was old enough is looked for by halving: among moments in disorder anything is found."""
    sign_one_more(whole, at=whole.clock().replace(microsecond=0) - timedelta(days=400))
    assert (finding(whole).kind, finding(whole).what) == (Kind.REORDERED, "head")


def test_attack_a_head_that_was_given_away_is_taken_out_and_the_rest_signed_anew(whole: Log) -> None:
    (_, (size,), _) = whole.ask("SELECT size FROM audit_heads ORDER BY size")
    whole.harm(f"DELETE FROM audit_heads WHERE size = {size}")
    resign(whole)
    assert finding(whole).what == "head"


def test_attack_an_event_is_put_into_the_past(whole: Log) -> None:
    """An INSERT by the rules: it is folded like any other. Its time says that it was there before."""
    _write_at(whole, whole.clock() - timedelta(days=30))
    whole.grow(2)
    found = finding(whole)
    assert (found.kind, found.what, found.begin) == (Kind.FORGED, "row", sum(ROWS) + 1)
    assert "older than the heads before it" in found.detail
    assert found.event_id is not None


def test_attack_an_event_is_put_into_the_future(whole: Log) -> None:
    _write_at(whole, whole.clock() + timedelta(days=30))
    found_before_its_head = finding_after_fold(whole)
    assert (found_before_its_head.kind, found_before_its_head.what) == (Kind.FORGED, "row")
    whole.grow(2)
    assert (finding(whole).kind, finding(whole).begin) == (Kind.FORGED, sum(ROWS) + 1)


def test_attack_an_event_is_put_where_nothing_is_ever_folded(whole: Log) -> None:
    """Searches would show it in the past; the tree waits for a transaction of that number."""
    _write_at(whole, whole.clock() - timedelta(days=30))
    whole.harm(f"UPDATE audit_events SET xid = {2**62} WHERE seq = (SELECT max(seq) FROM audit_events)")
    ids = whole.grow(2)
    found = finding(whole)
    assert (found.kind, found.what) == (Kind.FORGED, "row")
    assert "no transaction of that number" in found.detail
    # Nor do others wait behind it.
    ((size,),) = whole.ask("SELECT size FROM audit_tree")
    assert size == sum(ROWS) + 1 + len(ids)
    with Session(whole.engine) as session, session.begin():
        follower = Follower(whole.engine, "statistics")
        batch = follower.next(1000)
        assert batch is not None
        assert len(batch.events) == size
        follower.advance(session, batch)
    whole.write(1)
    assert follower.next(1000) is not None


HARM = {
    "frontier": "UPDATE audit_tree SET frontier = :bytes",
    "size": "UPDATE audit_tree SET size = size + 1",
    "negative": "UPDATE audit_tree SET size = -1",
    "line": "UPDATE audit_heads SET line = 'x'",
    "sealed": "UPDATE audit_keys SET private_sealed = :bytes",
    "unsealed": "UPDATE audit_keys SET private_sealed = NULL",
    "public": "UPDATE audit_keys SET public_jwk = '{}'",
    "curve": """UPDATE audit_keys SET public_jwk = '{"crv"\\:"P-256","x"\\:"AA","y"\\:"AA"}'""",
}


@pytest.mark.parametrize("harm", HARM)
def test_attack_what_was_harmed_stops_the_work_on_the_log_and_no_other(whole: Log, harm: str) -> None:
    """A worker ends at what it does not expect, and with it text messages and notices; at each start anew."""
    whole.harm(HARM[harm], **({"bytes": b"x"} if ":bytes" in HARM[harm] else {}))
    whole.write(3)
    whole.clock.advance(61)
    with suppress(*OUTAGES):
        whole.proving().round()
    with suppress(*OUTAGES):
        Retention(whole.engine, whole.clock, timedelta(days=200), timedelta(days=200)).round()
    whole.clock.advance(3600)
    assert integrity(whole.engine, ["file"]).late(whole.clock(), 60) or finding(whole)
    event = whole.write(1)[0]
    with snapshot(whole.engine) as connection, pytest.raises(NoProof):
        prove(connection, event)
    assert "sealed" in harm or finding(whole)


@on_sqlite
def test_attack_two_anchors_are_given_two_logs(whole: Log) -> None:
    """With the stolen key: one of them is shown a head of other rows. Neither knows; who has both does."""
    taken = whole.given_away()
    last = read(taken.lines[-1])
    with Session(whole.engine) as session:
        _, key = signing(session, whole.cipher, whole.clock())
    other = replace(last, root=bytes(32)).signed_by(key).line
    assert whole.verify(outside=taken).finding is None
    for lines in ((*taken.lines[:-1], other), (*taken.lines, other)):
        found = whole.verify(outside=Outside(lines)).finding
        assert found is not None, "nobody saw it"
        assert found.kind is Kind.FORGED
    assert found.detail == "two heads of one size were given away"


def test_what_took_long_to_be_written_is_not_taken_for_forged(whole: Log) -> None:
    """A transaction holds the moment at which its request began; clocks of two machines differ."""
    _write_at(whole, whole.clock() - timedelta(minutes=20))
    _write_at(whole, whole.clock() + timedelta(minutes=2))
    whole.grow(2)
    assert whole.verify(anchored=True).finding is None


def test_a_sandbox_tells_of_a_past_that_never_was(whole: Log) -> None:
    _write_at(whole, whole.clock() - timedelta(days=30))
    whole.grow(2)
    assert whole.verify(anchored=True, is_sandbox=True).finding is None


@on_sqlite
def test_a_new_key_is_no_reason_to_doubt_older_heads(whole: Log) -> None:
    with Session(whole.engine) as session, session.begin():
        rotate(session, whole.cipher, whole.clock(), actor="operator")
    whole.grow(3)
    assert whole.verify(anchored=True).finding is None


def finding_after_fold(log: Log) -> Finding:
    assert log.sequencer().fold()
    return finding(log)


def _write_at(log: Log, at: datetime) -> None:
    row = {**log._row(0), "at": at, "id": new_id(at)}
    with log.engine.begin() as connection:
        insertion.insert(connection, [row])
