"""What waits for another officer, who may be that one, and what nobody agrees to."""

from datetime import timedelta

import pytest

from idp.measures.kinds import Kind, State
from idp.measures.subjects import MeasureRefused
from tests.idp.measures.desk import CLIENT, OFFICER, SECOND, Desk
from tests.idp.oidc.world import HALL, fields_of


def test_what_takes_two_waits_for_another_officer_who_is_settled(desk: Desk) -> None:
    desk.two_officers = ("freeze:client",)
    desk.world.sign_in()
    measure_id = desk.take(Kind.FREEZE, CLIENT, HALL)
    assert desk.row(measure_id).state == State.WAITING
    assert fields_of(desk.world.authorize())
    refused = {
        "asker": desk.officer(OFFICER),
        "role": desk.officer(SECOND, "auditor"),
        "new": desk.officer(SECOND, days=0),
    }
    for reason, officer in refused.items():
        with pytest.raises(MeasureRefused, match=reason):
            desk.measures.decide(measure_id, officer, agrees=True, context=desk.context(officer.staff_id))
    desk.measures.decide(measure_id, desk.officer(), agrees=True, context=desk.context(SECOND))
    assert desk.row(measure_id).agreed_by == SECOND
    with pytest.raises(MeasureRefused, match="over"):
        desk.measures.decide(measure_id, desk.officer(), agrees=True, context=desk.context(SECOND))
    assert next(row.payload for row in desk.world.events("measure_taken")).count(SECOND) == 1


def test_what_nobody_agrees_to_lapses(desk: Desk) -> None:
    desk.two_officers = ("freeze:client",)
    measure_id = desk.take(Kind.FREEZE, CLIENT, HALL)
    desk.world.clock.advance(timedelta(hours=24).total_seconds())
    with pytest.raises(MeasureRefused, match="over"):
        desk.measures.decide(measure_id, desk.officer(), agrees=True, context=desk.context(SECOND))
    desk.measures.going_on.round()
    assert desk.row(measure_id).state == State.LAPSED


def test_who_asked_may_take_it_back(desk: Desk) -> None:
    desk.two_officers = ("freeze:client",)
    measure_id = desk.take(Kind.FREEZE, CLIENT, HALL)
    desk.measures.decide(measure_id, desk.officer(OFFICER), agrees=False, context=desk.context())
    assert desk.row(measure_id).state == State.REFUSED
