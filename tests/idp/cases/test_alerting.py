import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from idp.audit.models import AuditEvent
from idp.cases import alerting, history, working
from idp.cases.history import CaseRefused
from idp.cases.words import CaseKind, Outcome
from idp.detection import alerts
from idp.detection.findings import Severity
from tests.idp.cases.conftest import ON_EACH_DATABASE, Open, Raise, by

pytestmark = ON_EACH_DATABASE
Sessions = sessionmaker[Session]


def add(sessions: Sessions, case_id: str, alert_id: str, officer: str) -> None:
    with sessions.begin() as session:
        alerting.add(session, history.locked(session, case_id, officer), alert_id, context=by(officer))


def close(sessions: Sessions, case_id: str, officer: str, outcome: Outcome) -> None:
    with sessions.begin() as session:
        working.close(session, history.locked(session, case_id, officer), outcome, context=by(officer))


def state(sessions: Sessions, alert_id: str) -> tuple[str, str | None, str | None]:
    with sessions() as session:
        found = alerts.find(session, alert_id)
        assert found is not None
        return found.status, found.outcome, found.case_id


def test_alerts_are_over_with_their_case_and_were_what_it_was(
    sessions: Sessions, officers: tuple[str, str], opened: Open, raised: Raise
) -> None:
    case_id, one, two, other = opened(), raised(), raised(rule="spraying"), raised("client", "hall")
    add(sessions, case_id, one, officers[0])
    add(sessions, case_id, one, officers[0])
    add(sessions, case_id, two, officers[1])
    assert state(sessions, one) == ("acknowledged", None, case_id)
    close(sessions, case_id, officers[0], Outcome.FALSE_ALARM)
    assert state(sessions, one) == state(sessions, two) == ("closed", "false_alarm", case_id)
    assert state(sessions, other) == ("open", None, None)
    with sessions() as session:
        names = list(session.scalars(select(AuditEvent.name).order_by(AuditEvent.seq)))
    assert names.count("case_alert_added") == 2
    assert names.count("alert_status_changed") == 4


def test_an_alert_is_in_one_living_case(
    sessions: Sessions, officers: tuple[str, str], opened: Open, raised: Raise
) -> None:
    first, second, alert_id = opened(), opened(), raised()
    add(sessions, first, alert_id, officers[0])
    with pytest.raises(CaseRefused, match="alert"):
        add(sessions, second, alert_id, officers[1])
    close(sessions, first, officers[0], Outcome.UNRESOLVED)
    add(sessions, second, alert_id, officers[1])
    assert state(sessions, alert_id) == ("acknowledged", None, second)


def test_nobody_sees_to_an_alert_about_themself(
    sessions: Sessions, officers: tuple[str, str], opened: Open, raised: Raise
) -> None:
    one, two = officers
    case_id, alert_id = opened(), raised("staff", two)
    with pytest.raises(CaseRefused, match="own"):
        add(sessions, case_id, alert_id, two)
    add(sessions, case_id, alert_id, one)


def test_attack_who_a_case_is_about_sees_to_its_alerts_instead(
    sessions: Sessions, officers: tuple[str, str], raised: Raise
) -> None:
    """The alert is about an address; the case, which a colleague has, is about the officer as well."""
    one, two = officers
    alert_id = raised()
    with sessions.begin() as session:
        context = by(one)
        about = [("staff", two)]
        case = working.open_case(session, CaseKind.STAFF_CONDUCT, Severity.HIGH, about, context=context)
        alerting.add(session, case, alert_id, context=context)
    with pytest.raises(CaseRefused, match="own"), sessions.begin() as session:
        alerting.locked(session, alert_id, context=by(two))
    with sessions.begin() as session:
        assert alerting.locked(session, alert_id, context=by(one)).id == alert_id


def test_of_nothing_there_is_no_alert(sessions: Sessions, officers: tuple[str, str], opened: Open) -> None:
    with pytest.raises(CaseRefused, match="alert"):
        add(sessions, opened(), "no alert", officers[0])
