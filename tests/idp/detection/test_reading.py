from datetime import timedelta

import pytest
from sqlalchemy.orm import Session, sessionmaker

from idp.cases.words import Outcome
from idp.detection import alerts, reading
from idp.detection.models import AlertStatus
from idp.detection.reading import Done, Sought
from tests.idp.cases.conftest import (
    NOW,
    ON_EACH_DATABASE,
    Raise,
    by,
    cipher,
    clock,
    context,
    engine,
    index,
    known,
    make,
    raised,
    session,
    sessions,
)

__all__ = ["cipher", "clock", "context", "engine", "index", "known", "make", "raised", "session", "sessions"]
pytestmark = ON_EACH_DATABASE
Sessions = sessionmaker[Session]


def close(sessions: Sessions, alert_id: str, outcome: Outcome) -> None:
    with sessions.begin() as session:
        alert = alerts.locked(session, alert_id)
        assert alert is not None
        closed = AlertStatus.CLOSED
        alerts.change(session, alert, closed, NOW, context=by("officer"), outcome=outcome.value)


def test_a_list_goes_on_behind_alerts_of_one_moment(sessions: Sessions, raised: Raise) -> None:
    ids = {raised("client", f"client-{number}") for number in range(7)}
    seen: list[str] = []
    after = None
    with sessions() as session:
        while found := reading.listed(session, Sought(), after, 3):
            seen += [alert.id for alert in found]
            after = (found[-1].opened_at, found[-1].id)
    assert len(seen) == len(ids)
    assert set(seen) == ids
    assert seen == sorted(seen, reverse=True)


@pytest.mark.parametrize(
    ("sought", "count"),
    [
        (Sought(), 2),
        (Sought(()), 3),
        (Sought(("closed",)), 1),
        (Sought(severity="high"), 2),
        (Sought(severity="low"), 0),
        (Sought(rule="spraying"), 1),
        (Sought((), subject=("client", "hall")), 1),
        (Sought((), subject=("person", "hall")), 0),
    ],
)
def test_what_is_asked_for(sessions: Sessions, raised: Raise, sought: Sought, count: int) -> None:
    raised()
    raised(rule="spraying")
    close(sessions, raised("client", "hall"), Outcome.HARMLESS)
    with sessions() as session:
        assert len(reading.listed(session, sought, None, 9)) == count


def test_how_rules_have_done(sessions: Sessions, raised: Raise) -> None:
    outcomes = (Outcome.FALSE_ALARM, Outcome.HARMLESS, Outcome.FALSE_ALARM, Outcome.CONFIRMED_ATTACK)
    for number, outcome in enumerate(outcomes):
        close(sessions, raised("client", f"client-{number}"), outcome)
    raised("client", "open")
    raised(rule="spraying")
    with sessions() as session:
        found = reading.by_rule(session, NOW - timedelta(days=1))
        assert reading.by_rule(session, NOW + timedelta(seconds=1)) == {}
    done = found["stuffing"]
    assert (done.raised, done.closed) == (5, 4)
    assert done.outcomes[0] == ("false_alarm", 2)
    assert done.share("false_alarm", "harmless") == 0.75
    assert found["spraying"] == Done(1)
    assert found["spraying"].share("false_alarm") is None
