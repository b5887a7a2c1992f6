"""Checking passwords with argon2id (RFC 9106), which is slow and takes memory on purpose.

No database transaction may be held meanwhile: read the stored hash, close the transaction, check, and open a
new one to store what follows.
"""

from base64 import b64encode
from dataclasses import dataclass
from secrets import token_bytes
from threading import BoundedSemaphore

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.low_level import ARGON2_VERSION

from idp.people.password_rules import LONGEST_CHARACTERS, normalise

# OWASP Password Storage Cheat Sheet: at least 19 MiB, t=2, p=1. RFC 9106's second choice asks for 64 MiB,
# which two cores cannot give to many people at once.
MEMORY_KIBIBYTES = 19 * 1024
PASSES = 2
LANES = 1


@dataclass(frozen=True, slots=True, repr=False)
class Checked:
    is_correct: bool
    new_hash: str | None = None
    """To be stored in place of the old one, when that was made with other parameters."""


class Passwords:
    """Hashes and checks, `at_once` at the same time in this process; further callers wait."""

    def __init__(self, at_once: int, *, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher(
            time_cost=PASSES, memory_cost=MEMORY_KIBIBYTES, parallelism=LANES, type=Type.ID
        )
        self._room = BoundedSemaphore(at_once)
        self._nobodys = _nobodys(self._hasher)

    def hash(self, password: str) -> str:
        """The PHC string to store. Takes some 30 ms and 19 MiB."""
        with self._room:
            return self._hasher.hash(normalise(password))

    def check(self, stored: str | None, password: str) -> Checked:
        """Compare with a stored hash; None (nobody, or somebody without a password) takes as long."""
        if len(password) > LONGEST_CHARACTERS:
            # No such password can have been set, and its length is the caller's choice, not the account's.
            return Checked(is_correct=False)
        with self._room:
            is_correct = self._verify(stored or self._nobodys, normalise(password)) and stored is not None
            if is_correct and stored is not None and self._hasher.check_needs_rehash(stored):
                return Checked(is_correct=True, new_hash=self._hasher.hash(normalise(password)))
            return Checked(is_correct)

    def _verify(self, stored: str, password: str) -> bool:
        try:
            return self._hasher.verify(stored, password)
        except (VerificationError, InvalidHashError):
            return False


def _nobodys(hasher: PasswordHasher) -> str:
    """The hash of no password, with the parameters in use: unknown people take the time that known ones do.

    Drawn, not computed: a process that starts need not spend the time and memory of a check.
    """
    parameters = f"m={hasher.memory_cost},t={hasher.time_cost},p={hasher.parallelism}"
    salt, digest = (_base64(token_bytes(length)) for length in (hasher.salt_len, hasher.hash_len))
    return f"$argon2{hasher.type.name.lower()}$v={ARGON2_VERSION}${parameters}${salt}${digest}"


def _base64(content: bytes) -> str:
    """As the PHC string format has it: without padding."""
    return b64encode(content).decode().rstrip("=")
