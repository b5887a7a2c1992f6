"""What a freeze changes at once at every endpoint, who is told, and what a thaw gives back."""

import json
from dataclasses import replace

import pytest

from idp.mandates.standing import standing
from idp.measures.kinds import Kind, State, SubjectKind
from idp.measures.subjects import MeasureRefused
from idp.oidc.acting.wearing import hold
from idp.oidc.clients.changes import changing, history
from idp.oidc.clients.models import ClientRecord, ClientStatus
from tests.idp.measures.desk import (
    CLIENT,
    OFFICER,
    OFFLINE,
    PERSON,
    Desk,
    deliveries,
    waiting,
)
from tests.idp.oidc.logout.clients import Told, tell
from tests.idp.oidc.world import HALL

TEAM = history.Actor(history.ActorKind.PERSON, "0190b7a4-0000-7000-8000-000000000001")


def test_a_frozen_persons_tokens_and_sessions_open_nothing_from_that_moment(desk: Desk) -> None:
    world = desk.world
    tell(world, HALL)
    world.sign_in()
    online, offline = desk.tokens(), desk.tokens(scope=OFFLINE)
    code = world.code()
    assert desk.opens(online.access)
    measure_id = desk.take(Kind.FREEZE, PERSON, world.person_id)
    assert not desk.is_signed_in()
    assert not desk.opens(online.access)
    assert not desk.opens(offline.access)
    assert offline.refresh is not None
    assert json.loads(desk.refresh(offline.refresh).body)["error"] == "invalid_grant"
    assert json.loads(world.token(code).body)["error"] == "invalid_grant"
    row = desk.row(measure_id)
    assert (row.state, row.sessions_ended, row.notices) == (State.STANDING, 1, 1)
    assert waiting(desk) == 1
    assert deliveries(desk, measure_id) == [(HALL, 1, 1, 0)]
    told = Told(world)
    assert told.drain().delivered == 1
    assert waiting(desk) == 0
    assert deliveries(desk, measure_id) == [(HALL, 1, 0, 0)]


def test_a_thawed_person_has_again_what_outlives_sessions(desk: Desk) -> None:
    desk.world.sign_in()
    offline = desk.tokens(scope=OFFLINE)
    assert offline.refresh is not None
    measure_id = desk.take(Kind.FREEZE, PERSON, desk.world.person_id)
    desk.undo(measure_id)
    assert desk.refresh(offline.refresh).status == 200
    assert desk.row(measure_id).state == State.UNDONE
    with pytest.raises(MeasureRefused, match="over"):
        desk.undo(measure_id)


def test_who_is_frozen_is_not_frozen_twice(desk: Desk) -> None:
    desk.take(Kind.FREEZE, PERSON, desk.world.person_id)
    assert desk.refusal(Kind.FREEZE, PERSON, desk.world.person_id) == "already"


def test_a_frozen_clients_requests_and_tokens_are_refused_and_it_hears_of_it(desk: Desk) -> None:
    world = desk.world
    tell(world, HALL)
    world.sign_in()
    tokens, code = desk.tokens(scope=OFFLINE), world.code()
    measure_id = desk.take(Kind.FREEZE, CLIENT, HALL)
    from idp.oidc.authorize.addressing import Shown

    with pytest.raises(Shown, match="not known"):
        world.authorize()
    assert not desk.opens(tokens.access)
    assert json.loads(world.token(code).body)["error"] == "invalid_client"
    assert tokens.refresh is not None
    assert json.loads(desk.refresh(tokens.refresh).body)["error"] == "invalid_client"
    assert desk.row(measure_id).state == State.WORKING
    world.clock.advance(5)
    desk.measures.going_on.round()
    assert desk.row(measure_id).state == State.STANDING
    assert Told(world).drain().delivered == 1
    assert desk.is_signed_in()
    desk.undo(measure_id)
    assert desk.refresh(tokens.refresh).status == 200


def test_another_process_obeys_a_frozen_client_after_two_seconds(desk: Desk) -> None:
    world = desk.world
    world.sign_in()
    tokens = desk.tokens()
    measures = desk.measures
    elsewhere = replace(measures, changed=lambda: None)
    wanted = desk.wanted(Kind.FREEZE, CLIENT, HALL)
    elsewhere.take(wanted, by=OFFICER, context=desk.context())
    world.clock.advance(2)
    assert world.userinfo(tokens.access).status == 401


def test_what_the_operator_suspended_is_not_frozen_and_does_not_come_back_by_a_thaw(desk: Desk) -> None:
    with desk.world.provider.sessions.begin() as session:
        session.get_one(ClientRecord, HALL).status = "suspended"
    assert desk.refusal(Kind.FREEZE, CLIENT, HALL) == "status"


def test_attack_a_team_stops_its_app_so_that_it_cannot_be_frozen(desk: Desk) -> None:
    with desk.world.provider.sessions.begin() as session:
        changing.set_status(session, HALL, ClientStatus.PAUSED, actor=TEAM, context=desk.context())
    desk.take(Kind.FREEZE, CLIENT, HALL)
    with desk.world.provider.sessions() as session:
        assert session.get_one(ClientRecord, HALL).status == "frozen"


def test_what_its_team_had_stopped_a_thaw_does_not_let_go_on(desk: Desk) -> None:
    with desk.world.provider.sessions.begin() as session:
        changing.set_status(session, HALL, ClientStatus.PAUSED, actor=TEAM, context=desk.context())
    desk.undo(desk.take(Kind.FREEZE, CLIENT, HALL))
    with desk.world.provider.sessions.begin() as session:
        assert session.get_one(ClientRecord, HALL).status == "paused"
        changing.set_status(session, HALL, ClientStatus.ACTIVE, actor=TEAM, context=desk.context())
    desk.undo(desk.take(Kind.FREEZE, CLIENT, HALL))
    with desk.world.provider.sessions() as session:
        assert session.get_one(ClientRecord, HALL).status == "active"


def test_a_freeze_and_a_thaw_are_versions_of_the_registration(desk: Desk) -> None:
    desk.undo(desk.take(Kind.FREEZE, CLIENT, HALL))
    with desk.world.provider.sessions() as session:
        thawed, frozen = history.history(session, HALL, limit=2)
    for version in (thawed, frozen):
        assert version.changed == (changing.STATUS,)
        assert version.actor.kind is history.ActorKind.STAFF
    assert [json.loads(event.payload)["changed"] for event in desk.world.events("client_changed")] == [
        ["status"],
        ["status"],
    ]


@pytest.mark.parametrize("scope", ["openid profile", OFFLINE])
def test_a_code_of_somebody_who_was_frozen_is_worth_nothing_at_a_client_that_is_told_nothing(
    desk: Desk, scope: str
) -> None:
    world = desk.world
    world.sign_in()
    code = world.code(scope=scope)
    desk.take(Kind.FREEZE, PERSON, world.person_id)
    assert json.loads(world.token(code).body)["error"] == "invalid_grant"
    assert world.events("token_issued") == []


def test_an_organisation_that_is_frozen_is_acted_for_by_nobody_until_it_is_thawed(desk: Desk) -> None:
    world = desk.world
    mandate_id, organisation_id = desk.legal_representative()
    with world.provider.reads.connect() as connection:
        assert standing(connection, mandate_id, world.clock()) is not None
    measure_id = desk.take(Kind.FREEZE, SubjectKind.ORGANISATION, organisation_id)
    assert desk.refusal(Kind.FREEZE, SubjectKind.ORGANISATION, organisation_id) == "already"
    with world.provider.reads.connect() as connection:
        assert standing(connection, mandate_id, world.clock()) is None
    with world.provider.sessions() as session:
        assert not hold(session, mandate_id)
    desk.undo(measure_id)
    with world.provider.reads.connect() as connection:
        assert standing(connection, mandate_id, world.clock()) is not None


def test_a_session_that_came_to_be_at_the_moment_of_a_freeze_is_gone_after_the_thaw(desk: Desk) -> None:
    measure_id = desk.take(Kind.FREEZE, PERSON, desk.world.person_id)
    desk.world.sign_in()
    assert not desk.is_signed_in()
    desk.undo(measure_id)
    assert not desk.is_signed_in()
