from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from idp.staff import sessions as staff_sessions
from idp.staff.models import StaffStatus
from idp.staff.roles import StaffRole
from tests.idp.people.conftest import NOW
from tests.idp.staff.conftest import ON_EACH_DATABASE, SETTINGS, Make

pytestmark = ON_EACH_DATABASE
MINUTE = timedelta(minutes=1)


@pytest.fixture
def opened(session: Session, make: Make) -> tuple[str, str]:
    """The id and the secret of a clerk's session."""
    clerk = make("clerk")
    row, secret = staff_sessions.open(
        session, clerk.id, "browser", ("pwd", "otp"), now=NOW, settings=SETTINGS
    )
    session.commit()
    return row.sid, secret


def test_a_session_says_who_it_is_of_as_the_account_is_now(
    session: Session, make: Make, opened: tuple[str, str]
) -> None:
    found = staff_sessions.find(session, opened[1], "browser", NOW)
    assert found is not None
    assert (found.staff_number, found.window, found.methods) == ("S-1", "3", ("pwd", "otp"))
    assert found.has(StaffRole.CLERK)
    assert not found.has(StaffRole.SECURITY, StaffRole.AUDITOR)


def test_a_cookie_is_of_no_use_in_another_browser(session: Session, opened: tuple[str, str]) -> None:
    assert staff_sessions.find(session, opened[1], "another", NOW) is None
    assert staff_sessions.find(session, "", "browser", NOW) is None
    assert staff_sessions.find(session, "made up", "browser", NOW) is None


def test_it_ends_after_half_an_hour_without_use(session: Session, opened: tuple[str, str]) -> None:
    assert staff_sessions.find(session, opened[1], "browser", NOW + 29 * MINUTE) is not None
    assert staff_sessions.find(session, opened[1], "browser", NOW + 30 * MINUTE) is None


def test_it_ends_after_eight_hours_whatever_its_use(session: Session, opened: tuple[str, str]) -> None:
    now = NOW
    while now < NOW + timedelta(hours=8):
        found = staff_sessions.find(session, opened[1], "browser", now)
        assert found is not None
        staff_sessions.touch(session, found, now, SETTINGS)
        now += 20 * MINUTE
    assert staff_sessions.find(session, opened[1], "browser", NOW + timedelta(hours=8)) is None
    assert staff_sessions.sweep(session, NOW + timedelta(hours=8)) == 1


def test_it_is_worth_nothing_once_the_account_is_not_active(
    session: Session, make: Make, opened: tuple[str, str]
) -> None:
    assert staff_sessions.standing(session, opened[0], NOW) is not None
    account = staff_sessions.StaffAccount
    session.query(account).update({"status": StaffStatus.DISABLED.value})
    assert staff_sessions.standing(session, opened[0], NOW) is None
    assert staff_sessions.find(session, opened[1], "browser", NOW) is None
