from datetime import timedelta

import pytest
from sqlalchemy.orm import Session, sessionmaker

from idp.audit.context import AuditContext
from idp.crypto.fields import BlindIndex, FieldCipher
from idp.people import accounts as people_accounts
from idp.people import documents
from idp.staff import accounts
from idp.staff import sessions as staff_sessions
from idp.staff.accounts import Place, StaffAccounts, StaffKnown, StaffNumberWrong
from idp.staff.models import StaffStatus
from tests.fakes import AuditTrap
from tests.idp.people.conftest import NOW
from tests.idp.staff.conftest import ON_EACH_DATABASE, SETTINGS, Make, number_of

pytestmark = ON_EACH_DATABASE


def test_a_code_is_for_one_account_and_for_its_time(
    sessions: sessionmaker[Session], known: StaffAccounts, context: AuditContext
) -> None:
    with sessions.begin() as session:
        account, code = known.add(session, "c-1", ["clerk"], number_of(1), Place(), context=context)
        other, _ = known.add(session, "C-2", ["clerk"], number_of(2), Place(), context=context)
        assert account.staff_number == "C-1"
        assert known.code_is_right(account, code.lower().replace("-", " "), NOW)
        assert not known.code_is_right(other, code, NOW)
        assert not known.code_is_right(account, code, NOW + timedelta(hours=72))
        account.status = StaffStatus.ACTIVE.value
        assert not known.code_is_right(account, code, NOW)
        AuditTrap(number_of(1), number_of(2), code).check_stored(session)


def test_nobody_has_two_accounts(
    sessions: sessionmaker[Session], known: StaffAccounts, context: AuditContext
) -> None:
    with sessions.begin() as session:
        known.add(session, "C-1", ["clerk"], number_of(1), Place(), context=context)
        for staff_number, own in (("C-1", number_of(2)), ("C-2", number_of(1))):
            with pytest.raises(StaffKnown):
                known.add(session, staff_number, ["clerk"], own, Place(), context=context)
        assert [one.staff_number for one in accounts.everybody(session)] == ["C-1"]


@pytest.mark.parametrize("wrong", ["", "-1", "1-", "王 1", "a b", "x" * 33])
def test_what_is_no_staff_number(session: Session, wrong: str) -> None:
    with pytest.raises(StaffNumberWrong):
        accounts.normalise(wrong)
    assert accounts.find(session, wrong) is None


def test_a_reset_takes_everything_and_gives_a_code(
    sessions: sessionmaker[Session], known: StaffAccounts, context: AuditContext, make: Make
) -> None:
    made = make("clerk")
    with sessions.begin() as session:
        account = accounts.locked(session, made.id)
        assert account is not None
        account.password_hash, account.totp_sealed, account.totp_step = "hash", b"sealed", 7
        opened, _ = staff_sessions.open(session, account.id, "b", ("pwd",), now=NOW, settings=SETTINGS)
        code = known.reset(session, account, context=context)
        assert known.code_is_right(account, code, NOW)
        assert (account.password_hash, account.totp_sealed, account.totp_step, account.enrolled_at) == (
            (None,) * 4
        )
        assert not staff_sessions.end(session, opened.sid)


def test_a_disabled_account_has_no_code_and_no_session(
    sessions: sessionmaker[Session], context: AuditContext, make: Make
) -> None:
    made = make("clerk")
    with sessions.begin() as session:
        account = accounts.locked(session, made.id)
        assert account is not None
        _sid, secret = staff_sessions.open(session, account.id, "b", ("pwd",), now=NOW, settings=SETTINGS)
        assert staff_sessions.find(session, secret, "b", NOW) is not None
        assert accounts.disable(session, account, reason="left", context=context)
        assert not accounts.disable(session, account, reason="left", context=context)
        assert staff_sessions.find(session, secret, "b", NOW) is None
        assert account.activation_digest is None


def test_their_own_number_is_known_also_by_another_card_of_theirs(
    sessions: sessionmaker[Session],
    known: StaffAccounts,
    context: AuditContext,
    make: Make,
    cipher: FieldCipher,
    index: BlindIndex,
) -> None:
    account = make("clerk")
    assert known.is_themself(account, number_of(1))
    assert not known.is_themself(account, number_of(2))
    document = documents.identify(number_of(1), NOW.date())
    with sessions.begin() as session:
        assert accounts.own_person_of(session, account) is None
        person = people_accounts.create(
            session, document, "张三", level=2, cipher=cipher, index=index, context=context
        )
        assert accounts.own_person_of(session, account) == person.id
