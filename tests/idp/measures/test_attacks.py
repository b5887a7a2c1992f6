"""Who walks around a measure, or uses one for something else."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from idp.cases import working
from idp.cases.words import CaseKind
from idp.detection.findings import Severity
from idp.measures.kinds import Kind, Reason, State, SubjectKind
from idp.measures.subjects import MeasureRefused
from idp.storage.base import new_id
from tests.idp.measures.desk import OFFICER, OFFLINE, SECOND, Desk
from tests.idp.oidc.world import HALL, SECRETS, basic


def test_attack_a_refresh_before_the_worker_reaches_the_grant(desk: Desk) -> None:
    """With many grants it takes a while until each row is gone; none of them opens anything meanwhile, and
    none outlives it because it was used."""
    world = desk.world
    world.sign_in()
    offline = desk.tokens(scope=OFFLINE)
    later = replace(desk.measures, rules=desk.rules.measures.model_copy(update={"batches_at_once": 0}))
    wanted = desk.wanted(Kind.END_SESSIONS, SubjectKind.CLIENT, HALL)
    later.take(wanted, by=OFFICER, context=desk.context())
    for seconds in (1, 10, 2 * 24 * 3600):
        world.clock.advance(seconds)
        assert offline.refresh is not None
        assert json.loads(desk.refresh(offline.refresh).body).get("error") == "invalid_grant"
        asked = world.post(
            "/oauth2/introspect", {"token": offline.refresh}, authorization=basic(HALL, SECRETS[HALL])
        )
        assert json.loads(asked.body) == {"active": False}
    assert desk.row(wanted.id).grants_ended == 0
    desk.measures.going_on.round()
    assert desk.row(wanted.id).grants_ended == 1


def case_about(desk: Desk, *staff: str) -> str:
    with desk.world.provider.sessions.begin() as session:
        about = [("staff", one) for one in staff]
        return working.open_case(
            session, CaseKind.STAFF_CONDUCT, Severity.HIGH, about, context=desk.context()
        ).id


def test_attack_an_officer_takes_back_what_was_done_in_a_case_about_them(desk: Desk) -> None:
    person = desk.world.person_id
    case_id = case_about(desk, SECOND)
    measure_id = desk.take(Kind.FREEZE, SubjectKind.PERSON, person, case_id=case_id)
    with pytest.raises(MeasureRefused, match="case_own"):
        desk.measures.undo(measure_id, Reason.SETTLED, by=SECOND, context=desk.context(SECOND))
    assert desk.row(measure_id).state == State.STANDING
    desk.undo(measure_id)


@pytest.mark.parametrize("agrees", [True, False])
def test_attack_an_officer_decides_what_is_asked_in_a_case_about_them(desk: Desk, agrees: bool) -> None:
    desk.two_officers = ("freeze:person",)
    case_id = case_about(desk, SECOND)
    measure_id = desk.take(Kind.FREEZE, SubjectKind.PERSON, desk.world.person_id, case_id=case_id)
    with pytest.raises(MeasureRefused, match="case_own"):
        desk.measures.decide(measure_id, desk.officer(), agrees=agrees, context=desk.context(SECOND))
    assert desk.row(measure_id).state == State.WAITING


@pytest.mark.parametrize("days", [-400, 400])
def test_attack_a_measure_that_hides_behind_old_ones(desk: Desk, days: int) -> None:
    """Lists are in the order of ids, which a form brings along."""
    made = new_id(desk.world.clock() + timedelta(days=days))
    taken = desk.refusal(Kind.FREEZE, SubjectKind.PERSON, desk.world.person_id, id=made)
    assert taken == "form"
    chosen = "00000000-0000-4000-8000-000000000000"
    assert desk.refusal(Kind.FREEZE, SubjectKind.PERSON, desk.world.person_id, id=chosen) == "form"


def test_attack_an_officer_who_says_that_the_person_asked_for_it(desk: Desk) -> None:
    """That reason is of who presses it in their account, and nobody else's."""
    person = desk.world.person_id
    assert desk.refusal(Kind.END_SESSIONS, SubjectKind.PERSON, person, reason=Reason.DISOWNED) == "reason"
