from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session, sessionmaker

from idp.audit.context import AuditContext
from idp.staff import accounts, changes
from idp.staff.accounts import StaffAccounts
from idp.staff.changes import Change, Done, NotYours
from idp.staff.models import StaffAccount, StaffStatus
from tests.idp.people.conftest import NOW
from tests.idp.staff.conftest import ON_EACH_DATABASE, SETTINGS, Make, signed_in

pytestmark = ON_EACH_DATABASE
LATER = NOW + timedelta(hours=80)
Ask = Callable[..., Done]
Decide = Callable[..., Done]


@pytest.fixture
def ask(sessions: sessionmaker[Session], known: StaffAccounts) -> Ask:
    def one(
        account: StaffAccount, kind: Change, *, by: str = "operator", roles: tuple[str, ...] = ()
    ) -> Done:
        with sessions.begin() as session:
            row = accounts.locked(session, account.id)
            assert row is not None
            return changes.ask(
                session,
                known,
                row,
                kind,
                asked_by=by,
                settings=SETTINGS,
                context=AuditContext(LATER, actor=by),
                roles=roles,
            )

    return one


@pytest.fixture
def decide(sessions: sessionmaker[Session], known: StaffAccounts) -> Decide:
    def one(asked: Done, officer: StaffAccount, *, agrees: bool = True, at: timedelta = timedelta()) -> Done:
        assert asked.change is not None
        with sessions.begin() as session:
            return changes.decide(
                session,
                known,
                asked.change.id,
                signed_in(officer),
                agrees=agrees,
                settings=SETTINGS,
                context=AuditContext(LATER + at, actor=officer.id),
            )

    return one


def status_of(sessions: sessionmaker[Session], account: StaffAccount) -> tuple[str, list[str]]:
    with sessions() as session:
        row = session.get_one(StaffAccount, account.id)
        return row.status, row.roles


@pytest.mark.parametrize(
    ("kind", "roles"), [(Change.DISABLE, ()), (Change.RESET, ()), (Change.ROLES, ("clerk",))]
)
def test_an_operator_alone_takes_no_auditor_away(
    sessions: sessionmaker[Session],
    make: Make,
    ask: Ask,
    decide: Decide,
    kind: Change,
    roles: tuple[str, ...],
) -> None:
    auditor, officer = make("auditor"), make("security")
    asked = ask(auditor, kind, roles=roles)
    assert asked.change is not None
    assert status_of(sessions, auditor) == ("active", ["auditor"])
    done = decide(asked, officer)
    assert (done.code is not None) is (kind is Change.RESET)
    assert status_of(sessions, auditor) != ("active", ["auditor"])


def test_everybody_else_is_changed_at_once(sessions: sessionmaker[Session], make: Make, ask: Ask) -> None:
    clerk = make("clerk")
    assert ask(clerk, Change.ROLES, roles=("clerk", "operator")).change is None
    assert ask(clerk, Change.RESET).code
    assert ask(clerk, Change.DISABLE).change is None
    assert status_of(sessions, clerk) == (StaffStatus.DISABLED, ["operator", "clerk"])


def test_an_auditor_who_keeps_the_role_gets_others_at_once(make: Make, ask: Ask) -> None:
    assert ask(make("auditor"), Change.ROLES, roles=("auditor", "clerk")).change is None


@pytest.mark.parametrize("role", ["clerk", "operator"])
def test_who_is_no_officer_does_not_decide(make: Make, ask: Ask, decide: Decide, role: str) -> None:
    asked = ask(make("auditor"), Change.DISABLE)
    with pytest.raises(NotYours, match="role"):
        decide(asked, make(role))


def test_the_auditor_may_refuse_and_not_agree(
    sessions: sessionmaker[Session], make: Make, ask: Ask, decide: Decide
) -> None:
    auditor = make("auditor")
    asked = ask(auditor, Change.DISABLE)
    with pytest.raises(NotYours, match="own"):
        decide(asked, auditor)
    decide(asked, auditor, agrees=False)
    with pytest.raises(NotYours, match="over"):
        decide(asked, make("security"))
    assert status_of(sessions, auditor)[0] == "active"


def test_who_asked_is_not_the_second(make: Make, ask: Ask, decide: Decide) -> None:
    officer = make("security")
    asked = ask(make("auditor"), Change.DISABLE, by=officer.id)
    with pytest.raises(NotYours, match="asker"):
        decide(asked, officer)


def test_an_operator_does_not_make_the_second_officer_too(make: Make, ask: Ask, decide: Decide) -> None:
    asked = ask(make("auditor"), Change.DISABLE)
    fresh = make("security")
    fresh.enrolled_at = LATER
    with pytest.raises(NotYours, match="new"):
        decide(asked, fresh)
    decide(asked, fresh, at=timedelta(hours=72))


def test_it_lapses(sessions: sessionmaker[Session], make: Make, ask: Ask, decide: Decide) -> None:
    asked = ask(make("auditor"), Change.DISABLE)
    with sessions.begin() as session:
        assert len(changes.waiting(session, LATER)) == 1
        assert changes.waiting(session, LATER + timedelta(days=7)) == []
        assert changes.sweep(session, LATER + timedelta(days=8)) == 0
    with pytest.raises(NotYours, match="over"):
        decide(asked, make("security"), at=timedelta(days=7))
    with sessions.begin() as session:
        assert changes.sweep(session, LATER + timedelta(days=98)) == 1


def test_asked_anew_it_takes_the_place_of_what_waits(make: Make, ask: Ask, decide: Decide) -> None:
    auditor, officer = make("auditor"), make("security")
    first = ask(auditor, Change.DISABLE)
    ask(auditor, Change.RESET)
    with pytest.raises(NotYours, match="unknown"):
        decide(first, officer)


def test_an_operator_does_not_make_a_second_officer_of_an_old_account(
    make: Make, ask: Ask, decide: Decide, sessions: sessionmaker[Session]
) -> None:
    """A colleague's account of long ago is given the role for the occasion."""
    accomplice = make("clerk")
    asked = ask(make("auditor"), Change.DISABLE)
    ask(accomplice, Change.ROLES, roles=("clerk", "security"))
    with sessions() as session:
        officer = session.get_one(StaffAccount, accomplice.id)
    with pytest.raises(NotYours, match="new"):
        decide(asked, officer)
    decide(asked, officer, at=timedelta(hours=72))


def test_an_officer_who_is_given_another_role_stays_settled(
    make: Make, ask: Ask, decide: Decide, sessions: sessionmaker[Session]
) -> None:
    officer = make("security")
    asked = ask(make("auditor"), Change.DISABLE)
    ask(officer, Change.ROLES, roles=("security", "auditor", "clerk"))
    with sessions() as session:
        now_officer = session.get_one(StaffAccount, officer.id)
    decide(asked, now_officer)


def test_a_role_that_was_taken_meanwhile_does_not_come_back_with_what_waited(
    make: Make, ask: Ask, decide: Decide, sessions: sessionmaker[Session]
) -> None:
    """Roles are agreed to as they were shown, so what was shown must not be older than what they are."""
    auditor, officer = make("auditor", "security"), make("security")
    asked = ask(auditor, Change.ROLES, roles=("security",))
    ask(auditor, Change.ROLES, roles=("auditor",))
    with pytest.raises(NotYours, match="unknown"):
        decide(asked, officer)
    assert status_of(sessions, auditor) == ("active", ["auditor"])


def test_what_waits_of_another_kind_goes_on_waiting(make: Make, ask: Ask, decide: Decide) -> None:
    auditor, officer = make("auditor"), make("security")
    asked = ask(auditor, Change.DISABLE)
    ask(auditor, Change.ROLES, roles=("auditor", "clerk"))
    decide(asked, officer)
