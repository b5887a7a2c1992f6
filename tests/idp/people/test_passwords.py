"""argon2id, in bounded room, in the same time for everybody."""

from threading import Barrier, Lock, Thread

import argon2
import pytest

from idp.people.passwords import LANES, MEMORY_KIBIBYTES, PASSES, Passwords
from tests.timing import TOLERANCE, alternating


def cheap(memory_kibibytes: int = 64) -> argon2.PasswordHasher:
    return argon2.PasswordHasher(memory_cost=memory_kibibytes, time_cost=1, parallelism=1)


@pytest.fixture(scope="module")
def passwords() -> Passwords:
    return Passwords(2)


def test_a_password_is_right_or_wrong(passwords: Passwords) -> None:
    stored = passwords.hash("seven-blue-kettles")
    assert stored.startswith(f"$argon2id$v=19$m={MEMORY_KIBIBYTES},t={PASSES},p={LANES}$")
    assert len(stored) <= 200
    assert passwords.check(stored, "seven-blue-kettles").is_correct
    assert passwords.check(stored, "seven-blue-kettle").is_correct is False


def test_full_width_letters_are_the_same_password(passwords: Passwords) -> None:
    stored = passwords.hash("seven-blue-kettles")
    assert passwords.check(stored, "ｓｅｖｅｎ－ｂｌｕｅ－ｋｅｔｔｌｅｓ").is_correct


class Remembering(argon2.PasswordHasher):
    """Knows what it was asked to verify."""

    def __init__(self) -> None:
        super().__init__(memory_cost=128, time_cost=3, parallelism=2, salt_len=20, hash_len=24)
        self.verified: list[str | bytes] = []

    def verify(self, hash: str | bytes, password: str | bytes) -> bool:  # type: ignore[override]  # noqa: A002
        self.verified.append(hash)
        return bool(super().verify(hash, password))


def test_a_hash_that_is_none_is_refused(passwords: Passwords) -> None:
    assert passwords.check("not a hash", "x" * 8).is_correct is False


def test_nobodys_hash_has_the_parameters_of_everybodys() -> None:
    hasher = Remembering()
    passwords = Passwords(1, hasher=hasher)
    stored = passwords.hash("seven-blue-kettles")
    assert passwords.check(None, "seven-blue-kettles").is_correct is False
    (nobodys,) = hasher.verified
    assert argon2.extract_parameters(str(nobodys)) == argon2.extract_parameters(stored)
    # Computed to the end, and found to differ: a hash that cannot be read would be refused at once.
    with pytest.raises(argon2.exceptions.VerifyMismatchError):
        argon2.PasswordHasher().verify(nobodys, "seven-blue-kettles")


def test_a_hash_of_other_parameters_is_renewed() -> None:
    old = Passwords(1, hasher=cheap()).hash("seven-blue-kettles")
    today = Passwords(1, hasher=cheap(128))
    checked = today.check(old, "seven-blue-kettles")
    assert checked.is_correct
    assert checked.new_hash is not None
    assert "m=128," in checked.new_hash
    assert today.check(checked.new_hash, "seven-blue-kettles").new_hash is None
    assert today.check(old, "wrong-password").new_hash is None


def test_known_and_unknown_people_take_the_same_time(passwords: Passwords) -> None:
    stored = passwords.hash("seven-blue-kettles")

    def check(target: str | None) -> None:
        assert not passwords.check(target, "a wrong password").is_correct

    assert alternating(lambda: check(stored), lambda: check(None), rounds=25) < TOLERANCE


class Counting(argon2.PasswordHasher):
    """Knows how many checks ran at the same time at most."""

    def __init__(self) -> None:
        super().__init__(memory_cost=4096, time_cost=2, parallelism=1)
        self.lock = Lock()
        self.running = self.most = 0

    def verify(self, hash: str | bytes, password: str | bytes) -> bool:  # type: ignore[override]  # noqa: A002
        with self.lock:
            self.running += 1
            self.most = max(self.most, self.running)
        try:
            return bool(super().verify(hash, password))
        finally:
            with self.lock:
                self.running -= 1


def test_no_more_than_so_many_at_once() -> None:
    hasher = Counting()
    passwords = Passwords(2, hasher=hasher)
    stored = passwords.hash("seven-blue-kettles")
    gate = Barrier(6)

    def check() -> None:
        gate.wait()
        passwords.check(stored, "seven-blue-kettles")

    threads = [Thread(target=check) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert 1 <= hasher.most <= 2
