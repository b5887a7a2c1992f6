from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from argon2 import PasswordHasher
from sqlalchemy.orm import Session, sessionmaker

from idp.audit.context import AuditContext
from idp.crypto.fields import FieldCipher
from idp.people.passkeys import NewPasskey, PasskeyKnown
from idp.people.passwords import Passwords
from idp.staff import accounts, means, totp
from idp.staff.means import Shown
from idp.staff.models import StaffAccount
from tests.idp.people.conftest import NOW
from tests.idp.staff.conftest import ON_EACH_DATABASE, Make

pytestmark = ON_EACH_DATABASE
PASSWORDS = Passwords(1, hasher=PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
SECRET = b"s" * 20
RIGHT = "correct horse"


@pytest.fixture
def clerk(
    sessions: sessionmaker[Session], make: Make, cipher: FieldCipher, context: AuditContext
) -> StaffAccount:
    made = make("clerk", active=False)
    with sessions.begin() as session:
        account = accounts.locked(session, made.id)
        assert account is not None
        means.set_password_and_totp(
            session,
            account,
            PASSWORDS.hash(RIGHT),
            SECRET,
            totp.step_at(NOW) - 9,
            cipher=cipher,
            way="activation",
            context=context,
        )
    return account


def check(found: means.Candidate, password: str, code: str, passwords: Passwords = PASSWORDS) -> Shown | None:
    return means.check(passwords, found, password, code, NOW, may_try=lambda _staff_id: True)


def test_both_are_needed(session: Session, cipher: FieldCipher, clerk: StaffAccount) -> None:
    found = means.candidate(session, cipher, "s-1")
    step = totp.step_at(NOW)
    code = totp.code_at(SECRET, step)
    assert check(found, RIGHT, code) == Shown(clerk.id, step)
    assert check(found, "wrong horse", code) is None
    assert check(found, RIGHT, "000000") is None


def test_who_has_tried_too_many_codes_is_told_nothing_else(
    session: Session, cipher: FieldCipher, clerk: StaffAccount
) -> None:
    """And for whom it is asked whether they may: somebody whose password is right, or nobody."""
    found = means.candidate(session, cipher, "S-1")
    code = totp.code_at(SECRET, totp.step_at(NOW))
    asked: list[str] = []

    def may_try(staff_id: str) -> bool:
        asked.append(staff_id)
        return False

    for password in (RIGHT, "wrong horse"):
        assert means.check(PASSWORDS, found, password, code, NOW, may_try=may_try) is None
    assert asked == [clerk.id, means.NOBODY]


def test_nobody_is_checked_like_somebody(session: Session, cipher: FieldCipher) -> None:
    found = means.candidate(session, cipher, "S-9")
    code = totp.code_at(bytes(20), totp.step_at(NOW))
    assert found.staff_id is None
    assert check(found, "nobody's password", code) is None


def test_what_a_secret_is_sealed_for_shows_in_no_repr(
    session: Session, cipher: FieldCipher, clerk: StaffAccount
) -> None:
    assert "s" * 20 not in repr(means.candidate(session, cipher, "S-1"))
    assert clerk.totp_sealed is not None
    assert SECRET not in clerk.totp_sealed


def test_of_several_who_show_one_code_one_is_let_in(
    sessions: sessionmaker[Session], clerk: StaffAccount
) -> None:
    start = Barrier(4)

    def take(_number: int) -> bool:
        start.wait()
        with sessions.begin() as session:
            return means.take(session, Shown(clerk.id, totp.step_at(NOW)))

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(take, range(4))) == [False, False, False, True]


def test_a_password_of_other_parameters_is_stored_anew(
    sessions: sessionmaker[Session], cipher: FieldCipher, clerk: StaffAccount
) -> None:
    stronger = Passwords(1, hasher=PasswordHasher(time_cost=2, memory_cost=8, parallelism=1))
    with sessions.begin() as session:
        found = means.candidate(session, cipher, "S-1")
        code = totp.code_at(SECRET, totp.step_at(NOW))
        shown = check(found, RIGHT, code, stronger)
        assert shown is not None
        assert means.take(session, shown)
    with sessions() as session:
        kept = means.candidate(session, cipher, "S-1").password_hash
        assert kept is not None
        assert "t=2" in kept


def passkey(credential: bytes = b"one") -> NewPasskey:
    return NewPasskey(credential, b"key", 1, ("usb",), backed_up=False, label=" my  key ")


@pytest.fixture
def change(
    sessions: sessionmaker[Session], clerk: StaffAccount
) -> Callable[[Callable[[Session, StaffAccount], object]], object]:
    def within(do: Callable[[Session, StaffAccount], object]) -> object:
        with sessions.begin() as session:
            account = accounts.locked(session, clerk.id)
            assert account is not None
            return do(session, account)

    return within


def test_the_last_means_is_not_removed(
    sessions: sessionmaker[Session], clerk: StaffAccount, context: AuditContext
) -> None:
    with sessions.begin() as session:
        account = accounts.locked(session, clerk.id)
        assert account is not None
        row = means.add_passkey(session, account, passkey(), way="added", context=context)
        assert row.label == "my key"
        with pytest.raises(PasskeyKnown):
            means.add_passkey(session, account, passkey(), way="added", context=context)
        account.password_hash = None
        assert not means.remove_passkey(session, account, row.id, but="", context=context)
        means.add_passkey(session, account, passkey(b"two"), way="added", context=context)
        assert means.remove_passkey(session, account, row.id, but="", context=context)
        assert [one.credential_id for one in means.passkeys_of(session, account.id)] == [b"two"]


def test_a_copied_passkey_is_noticed(
    sessions: sessionmaker[Session], clerk: StaffAccount, context: AuditContext
) -> None:
    with sessions.begin() as session:
        account = accounts.locked(session, clerk.id)
        assert account is not None
        row = means.add_passkey(session, account, passkey(), way="added", context=context)
        assert means.passkey_used(session, row, sign_count=2, backed_up=False, context=context)
        assert not means.passkey_used(session, row, sign_count=2, backed_up=False, context=context)
