"""Measures against what happens at the same moment, on PostgreSQL and Redis, with all their locks."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import select

from idp import sessions
from idp.measures.kinds import Kind, State, SubjectKind
from idp.measures.models import Measure
from idp.measures.subjects import MeasureRefused
from idp.oidc.authorize.addressing import Shown
from idp.storage.base import new_id
from tests.contracts.test_flow_on_postgresql import world
from tests.idp.measures.desk import OFFICER, OFFLINE, SECOND, Desk
from tests.idp.oidc.world import HALL, World

__all__ = ["world"]

ROUNDS = 12


@pytest.fixture
def desk(world: World) -> Desk:
    return Desk(world)


def at_once(*deeds: Callable[[], Any]) -> list[Any]:
    """What each came to; an error is one, too."""
    barrier = Barrier(len(deeds))

    def do(deed: Callable[[], Any]) -> Any:
        barrier.wait()
        try:
            return deed()
        except (MeasureRefused, Shown) as refused:
            return refused

    with ThreadPoolExecutor(len(deeds)) as threads:
        return list(threads.map(do, deeds))


@pytest.mark.parametrize("scope", ["openid profile", OFFLINE])
def test_tokens_of_a_code_that_is_redeemed_at_the_moment_of_a_freeze_open_nothing(
    desk: Desk, scope: str
) -> None:
    for _ in range(ROUNDS):
        desk.world.sign_in()
        code = desk.world.code(scope=scope)
        answer, measure_id = at_once(
            lambda code=code: desk.world.token(code),
            lambda: desk.take(Kind.FREEZE, SubjectKind.PERSON, desk.world.person_id),
        )
        said = json.loads(answer.body)
        if answer.status == 200:
            assert not desk.opens(said["access_token"])
            if "refresh_token" in said:
                assert desk.refresh(said["refresh_token"]).status == 400
        else:
            assert said["error"] == "invalid_grant"
        assert not desk.is_signed_in()
        desk.undo(measure_id)
        desk.world.clock.advance(1)


def test_no_grant_outlives_the_end_of_all_that_is_a_persons(desk: Desk) -> None:
    for _ in range(ROUNDS):
        desk.world.sign_in()
        code = desk.world.code(scope=OFFLINE)
        answer, _measure = at_once(
            lambda code=code: desk.world.token(code),
            lambda: desk.take(Kind.END_SESSIONS, SubjectKind.PERSON, desk.world.person_id),
        )
        desk.world.clock.advance(5)
        desk.measures.going_on.round()
        if answer.status == 200:
            said = json.loads(answer.body)
            assert not desk.opens(said["access_token"])
            assert desk.refresh(said["refresh_token"]).status == 400


def test_who_signs_in_at_the_moment_of_a_freeze_is_not_signed_in_after_it(desk: Desk) -> None:
    for _ in range(ROUNDS):
        _sid, measure_id = at_once(
            desk.world.sign_in,
            lambda: desk.take(Kind.FREEZE, SubjectKind.PERSON, desk.world.person_id),
        )
        assert not desk.is_signed_in()
        desk.undo(measure_id)
        assert not desk.is_signed_in()


def test_of_two_officers_one_freezes_and_the_other_is_told(desk: Desk) -> None:
    for _ in range(ROUNDS):
        done = at_once(*[lambda: desk.take(Kind.FREEZE, SubjectKind.CLIENT, HALL)] * 2)
        (measure_id,) = [one for one in done if isinstance(one, str)]
        (refused,) = [one for one in done if isinstance(one, MeasureRefused)]
        assert refused.reason == "already"
        undone = at_once(*[partial(desk.undo, measure_id)] * 2)
        assert sorted(type(one).__name__ for one in undone) == ["MeasureRefused", "NoneType"]


def test_two_second_officers_take_it_once(desk: Desk) -> None:
    desk.two_officers = ("freeze:client",)
    measure_id = desk.take(Kind.FREEZE, SubjectKind.CLIENT, HALL)

    def agree(staff_id: str) -> Callable[[], None]:
        officer = desk.officer(staff_id)
        return lambda: desk.measures.decide(measure_id, officer, agrees=True, context=desk.context(staff_id))

    done = at_once(agree(SECOND), agree("0198c2f0-0000-7000-8000-00000000000c"))
    assert [one.reason for one in done if isinstance(one, MeasureRefused)] == ["over"]
    assert len(desk.world.events("measure_taken")) == 1


def test_one_form_sent_twice_at_once_is_one_deed(desk: Desk) -> None:
    for _ in range(ROUNDS):
        desk.world.sign_in()
        wanted = desk.wanted(Kind.END_SESSIONS, SubjectKind.PERSON, desk.world.person_id)
        wanted = replace(wanted, id=new_id(desk.world.clock()))
        done = at_once(
            *[lambda wanted=wanted: desk.measures.take(wanted, by=OFFICER, context=desk.context())] * 2
        )
        assert done == [wanted.id, wanted.id]
    assert len(desk.world.events("measure_taken")) == ROUNDS


def test_two_workers_end_each_session_once(desk: Desk) -> None:
    count = 40
    for _ in range(count):
        desk.sign_in_from("203.0.113.9")
    wanted = desk.wanted(Kind.END_SESSIONS, SubjectKind.ADDRESS, "203.0.113.0/24")
    at_once(
        lambda: desk.measures.take(wanted, by=OFFICER, context=desk.context()),
        desk.measures.going_on.round,
        desk.measures.going_on.round,
    )
    desk.measures.going_on.round()
    with desk.world.provider.sessions() as session:
        made = session.get_one(Measure, wanted.id)
        assert (made.state, made.sessions_ended) == (State.DONE, count)
        assert session.scalars(select(sessions.BrowserSession.sid)).all() == []
