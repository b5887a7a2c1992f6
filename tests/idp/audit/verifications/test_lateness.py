"""What falls behind is said once an hour, by its name; what is on time is not."""

from datetime import timedelta
from typing import Any

from idp.audit.events.proving import AuditProofLate
from idp.audit.tree.status import COUNTED_AT_MOST, Integrity, integrity
from idp.audit.verifications.lateness import Lateness
from idp.storage.ephemeral.memory import MemoryStore
from tests.fakes import AuditTrap
from tests.idp.audit.tree.conftest import Log
from tests.idp.audit.verifications.conftest import asked, verifying


def state(log: Log) -> Integrity:
    return integrity(log.engine, ("file",))


def late(log: Log) -> list[str]:
    return [step for step, _ in state(log).late(log.clock(), 60)]


def test_a_log_that_nobody_wrote_to_is_not_late(log: Log) -> None:
    found = state(log)
    assert (found.size, found.waiting, found.head_size, found.keys) == (0, 0, 0, ())
    assert late(log) == []
    log.clock.advance(10**6)
    assert late(log) == []


def test_a_log_that_is_proved_is_not_late(log: Log) -> None:
    log.grow(5)
    found = state(log)
    assert (found.size, found.waiting, found.head_size) == (5, 1, 5)  # the key's event waits
    log.proving().round()
    log.clock.advance(61)
    log.proving().round()
    found = state(log)
    assert (found.waiting, found.unsigned_since, found.anchors[0].waiting_since) == (0, None, None)
    assert found.anchors[0].size == found.head_size == 6
    assert found.head_kid == found.keys[0].kid
    log.clock.advance(10**6)
    assert late(log) == []


def test_rows_that_nobody_folds_are_late(log: Log) -> None:
    log.write(3)
    log.clock.advance(599)
    assert late(log) == []
    log.clock.advance(2)
    assert late(log) == ["folding"]
    assert state(log).waiting == 3 <= COUNTED_AT_MOST


def test_rows_that_nobody_signs_are_late(log: Log) -> None:
    log.write(3)
    log.sequencer().round()
    log.clock.advance(601)
    assert late(log) == ["signing"]


def test_old_rows_that_came_in_now_wait_for_a_head_no_longer_than_since_the_last(log: Log) -> None:
    """As those of traffic that is made up for a sandbox."""
    log.grow(3)
    proved = log.clock()
    log.clock.now -= timedelta(days=14)
    log.write(5)
    log.clock.now = proved + timedelta(seconds=40)
    log.sequencer().round()
    assert state(log).unsigned_since == proved
    assert late(log) == []


def test_old_rows_that_came_in_now_wait_to_be_folded_no_longer_than_since_the_last_head(log: Log) -> None:
    log.grow(3)
    proved = log.clock()
    log.clock.now -= timedelta(days=14)
    log.write(5)
    log.clock.now = proved + timedelta(seconds=40)
    assert state(log).waiting_since == proved
    assert late(log) == []
    log.clock.advance(601)
    assert late(log) == ["folding"]


def test_heads_that_nobody_takes_are_late_by_the_anchors_name(log: Log) -> None:
    log.write(3)
    sequencer = log.sequencer()
    sequencer.round()
    log.signer().sign_if_due()
    sequencer.round()
    log.clock.advance(61)
    log.signer().sign_if_due()
    log.clock.advance(601)
    assert late(log) == ["anchor:file"]


def test_it_is_said_once_an_hour(log: Log) -> None:
    log.write(3)
    log.clock.advance(3600)
    trap = AuditTrap()
    store = MemoryStore(log.clock)
    options: dict[str, Any] = {"anchors": ("file",), "head_seconds": 60}
    lateness = [Lateness(log.engine, store, log.clock, trap.append, **options) for _ in range(2)]
    assert [one.round() for one in lateness] == [1, 0]
    log.clock.advance(3601)
    assert [one.round() for one in lateness] == [1, 0]
    assert trap.events == [AuditProofLate("folding", 3600), AuditProofLate("folding", 7201)]


def test_attack_an_anchor_that_is_said_to_be_ahead_is_late(log: Log) -> None:
    log.grow(5, 5)
    log.harm("UPDATE audit_anchors SET size = 1000000")
    log.clock.advance(601)
    assert late(log) == ["anchor:file"]


def test_attack_a_head_that_is_dated_ahead_hides_nothing(log: Log) -> None:
    """Neither by its line, nor by the column beside it, which nothing signs."""
    log.grow(5, 5)
    log.write(1)
    log.clock.advance(31)
    log.sequencer().round()
    log.harm("UPDATE audit_heads SET at = '2099-01-01 00:00:00.000000'")
    log.clock.advance(601)
    assert late(log) == ["signing"]


def test_attack_a_run_that_never_ends_keeps_all_others_from_beginning(log: Log) -> None:
    trap = AuditTrap()
    options: dict[str, Any] = {"anchors": ("file",), "head_seconds": 60, "is_verified_daily": True}
    lateness = Lateness(log.engine, MemoryStore(log.clock), log.clock, trap.append, **options)
    log.grow(5, 5)
    asked(log)
    assert verifying(log).round()
    asked(log)
    log.harm("UPDATE audit_verifications SET held_until = '2099-01-01 00:00:00.000000' WHERE unfinished = 1")
    log.clock.advance(24 * 3600)
    lateness.round()
    assert not verifying(log).round()
    late = AuditProofLate("verification", 48 * 3600 + 1)
    assert late.step not in [event.step for event in trap.events if isinstance(event, AuditProofLate)]
    log.clock.advance(24 * 3600 + 1)
    lateness.round()
    assert late in trap.events
