"""Measures: what ends at once at every endpoint, who is told, and what is refused."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from idp import sessions
from idp.crypto.digests import digest
from idp.measures import reading
from idp.measures.doing import DO
from idp.measures.kinds import POSSIBLE, Kind, Reason, State
from idp.measures.models import Measure
from idp.measures.reading import Which
from idp.measures.subjects import MeasureRefused
from idp.people.models import Person
from idp.sessions import ENDED_AT_ONCE
from tests.idp.measures.desk import (
    ADDRESS,
    CLIENT,
    OFFICER,
    OFFLINE,
    PERSON,
    SESSION,
    Desk,
)
from tests.idp.oidc.world import HALL, TAX


def test_there_is_a_way_to_do_every_measure_that_is_possible() -> None:
    assert set(DO) == {(kind, one) for kind, kinds in POSSIBLE.items() for one in kinds}


def test_ending_all_of_a_client_ends_what_nobody_can_list(desk: Desk) -> None:
    """Tokens that lie with the client alone, codes on their way, refresh tokens; the session goes on, and
    what the client gets afterwards is good."""
    world = desk.world
    world.sign_in()
    online, offline, code = desk.tokens(), desk.tokens(scope=OFFLINE), world.code()
    measure_id = desk.take(Kind.END_SESSIONS, CLIENT, HALL)
    assert not desk.opens(online.access)
    assert not desk.opens(offline.access)
    assert json.loads(world.token(code).body)["error"] == "invalid_grant"
    assert offline.refresh is not None
    world.clock.advance(1)
    assert json.loads(desk.refresh(offline.refresh).body)["error"] == "invalid_grant"
    assert desk.is_signed_in()
    assert desk.opens(desk.tokens().access)
    world.clock.advance(5)
    desk.measures.going_on.round()
    row = desk.row(measure_id)
    assert (row.state, row.grants_ended) == (State.DONE, 1)


def test_ending_all_of_a_person_ends_what_outlives_sessions_too(desk: Desk) -> None:
    desk.world.sign_in()
    offline = desk.tokens(scope=OFFLINE)
    measure_id = desk.take(Kind.END_SESSIONS, PERSON, desk.world.person_id)
    assert not desk.is_signed_in()
    assert not desk.opens(offline.access)
    desk.world.clock.advance(1)
    desk.world.sign_in()
    anew = desk.tokens(scope=OFFLINE)
    desk.world.clock.advance(5)
    desk.measures.going_on.round()
    row = desk.row(measure_id)
    assert (row.state, row.sessions_ended, row.grants_ended) == (State.DONE, 1, 1)
    assert row.ending == []
    # What the person opens after it stays.
    assert desk.is_signed_in()
    assert anew.refresh is not None
    assert desk.refresh(anew.refresh).status == 200


def test_one_session_ends_by_the_name_that_the_log_has_for_it(desk: Desk) -> None:
    other = desk.sign_in_from("192.0.2.9")
    sid = desk.world.sign_in()
    more = {"person_id": desk.world.person_id}
    desk.take(Kind.END_SESSIONS, SESSION, digest(sid), **more)
    assert not desk.is_signed_in()
    assert desk.refusal(Kind.END_SESSIONS, SESSION, digest(sid), **more) == "over"
    desk.take(Kind.END_SESSIONS, SESSION, digest(other), **more)


@pytest.mark.parametrize(
    ("network", "address"),
    [
        ("203.0.113.0/24", "203.0.113.9"),
        ("203.0.113.9", "::ffff:203.0.113.9"),
        ("::ffff:203.0.113.0/120", "203.0.113.9"),
        ("2001:db8::/32", "2001:db8:5::1"),
    ],
)
def test_sessions_of_a_range_end_and_no_others(desk: Desk, network: str, address: str) -> None:
    for one in (address, "203.0.112.255", "203.0.114.0", "2001:db9::1", None):
        desk.sign_in_from(one)
    measure_id = desk.take(Kind.END_SESSIONS, ADDRESS, network)
    assert desk.row(measure_id).sessions_ended == 1


def test_who_has_to_enrol_again_has_nothing_to_sign_in_with_and_stays_the_same_row(desk: Desk) -> None:
    world = desk.world
    world.sign_in()
    tokens = desk.tokens()
    measure_id = desk.take(Kind.REENROL, PERSON, world.person_id)
    assert not desk.is_signed_in()
    assert not desk.opens(tokens.access)
    with world.provider.sessions() as session:
        person = session.get_one(Person, world.person_id)
        assert (person.status, person.phone_index) == ("reenrol", None)
    with pytest.raises(MeasureRefused, match="over"):
        desk.undo(measure_id)


def test_a_form_that_is_sent_twice_is_one_deed(desk: Desk) -> None:
    desk.world.sign_in()
    wanted = desk.wanted(Kind.END_SESSIONS, PERSON, desk.world.person_id)
    for _ in range(2):
        assert desk.measures.take(wanted, by=OFFICER, context=desk.context()) == wanted.id
    assert len(desk.world.events("measure_taken")) == 1


def test_a_note_is_sealed_and_not_in_the_log(desk: Desk) -> None:
    measure_id = desk.take(Kind.FREEZE, PERSON, desk.world.person_id, note="called at 9, voice unknown")
    row = desk.row(measure_id)
    assert row.note_sealed is not None
    assert b"voice" not in row.note_sealed
    assert desk.measures.note_of(row) == "called at 9, voice unknown"
    assert all("voice" not in event.payload for event in desk.world.events("measure_taken"))


def test_a_measure_of_a_reason_for_undoing_is_refused(desk: Desk) -> None:
    assert desk.refusal(Kind.FREEZE, PERSON, desk.world.person_id, reason=Reason.SETTLED) == "reason"


def test_what_is_impossible_or_unknown_is_refused(desk: Desk) -> None:
    assert desk.refusal(Kind.REENROL, CLIENT, HALL) == "impossible"
    assert desk.refusal(Kind.FREEZE, CLIENT, "nobody") == "unknown"
    assert desk.refusal(Kind.FREEZE, PERSON, "11010519491231002X") == "malformed"
    assert desk.refusal(Kind.END_SESSIONS, CLIENT, TAX) == "taken"


def test_what_a_session_left_behind_ends_by_its_name_when_it_is_over_itself(desk: Desk) -> None:
    sid = desk.world.sign_in()
    offline = desk.tokens(scope=OFFLINE)
    with desk.world.provider.sessions.begin() as session:
        assert sessions.end(session, sid, desk.world.clock())
    more = {"person_id": desk.world.person_id}
    measure_id = desk.take(Kind.END_SESSIONS, SESSION, digest(sid), **more)
    assert offline.refresh is not None
    assert not desk.opens(offline.access)
    assert json.loads(desk.refresh(offline.refresh).body)["error"] == "invalid_grant"
    assert desk.row(measure_id).grants_ended == 1


def test_who_is_killed_in_the_middle_leaves_nothing_undone(desk: Desk) -> None:
    """More sessions than one part ends, and the process dies after the first: another one goes on."""
    for _ in range(ENDED_AT_ONCE + 20):
        desk.sign_in_from("203.0.113.9")
    measures = replace(desk.measures, rules=desk.rules.measures.model_copy(update={"batches_at_once": 1}))
    wanted = desk.wanted(Kind.END_SESSIONS, ADDRESS, "203.0.113.0/24")
    measures.take(wanted, by=OFFICER, context=desk.context())
    row = desk.row(wanted.id)
    assert (row.state, row.sessions_ended) == (State.WORKING, ENDED_AT_ONCE)
    desk.measures.going_on.round()
    row = desk.row(wanted.id)
    assert (row.state, row.sessions_ended) == (State.DONE, ENDED_AT_ONCE + 20)


def test_live_keys_that_a_killed_process_left_are_ended_by_the_next(desk: Desk) -> None:
    """Killed after the rows of grants were gone, and before their keys were."""
    world = desk.world
    world.sign_in()
    offline = desk.tokens(scope=OFFLINE)
    measures = replace(desk.measures, rules=desk.rules.measures.model_copy(update={"batches_at_once": 1}))
    wanted = desk.wanted(Kind.END_SESSIONS, CLIENT, HALL)
    measures.take(wanted, by=OFFICER, context=desk.context())
    assert len(desk.row(wanted.id).ending) == 1
    world.clock.advance(5)
    desk.measures.going_on.round()
    assert desk.row(wanted.id).ending == []
    assert desk.row(wanted.id).state == State.DONE
    assert not desk.opens(offline.access)


def test_what_is_over_for_long_is_forgotten_and_what_is_in_force_is_not(desk: Desk) -> None:
    desk.take(Kind.FREEZE, PERSON, desk.world.person_id)
    over = desk.block("203.0.113.0/24")
    desk.undo(over)
    in_force = {one.id for one in measures_of(desk)} - {over}
    desk.world.clock.advance(timedelta(days=200).total_seconds())
    with desk.world.provider.sessions.begin() as session:
        assert reading.sweep(session, desk.world.clock(), kept=timedelta(days=180)) == 1
    assert {one.id for one in measures_of(desk)} == in_force


def measures_of(desk: Desk) -> Sequence[Measure]:
    with desk.world.provider.sessions() as session:
        return reading.listed(session, Which.ALL, desk.world.clock(), after=None, at_most=10)
