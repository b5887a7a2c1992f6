"""Which passwords a person may choose (NIST SP 800-63B-4 section 3.1.1.2, OWASP ASVS 6.2).

Length and a list of what is guessed first, no rules of composition; and nothing that stands on the person's
own card: the last six of the number and the birth date are what guessers of Chinese accounts try next.
"""

import unicodedata
from collections.abc import Iterable
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Final

from idp.people.resident_number import ResidentNumber

SHORTEST_CHARACTERS: Final = 8
LONGEST_CHARACTERS: Final = 128
_FEWEST_DIFFERENT: Final = 4
_KEYBOARD: Final = (
    "01234567890123456789",
    "abcdefghijklmnopqrstuvwxyz",
    "qwertyuiopasdfghjklzxcvbnm",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p",
)
_COMMON_FILE: Final = Path(__file__).with_name("common_passwords.txt")


class WeakPassword(StrEnum):
    """Why a password is refused; the pages have words for each."""

    TOO_SHORT = "too_short"
    TOO_LONG = "too_long"
    COMMON = "common"
    PERSONAL = "personal"


def normalise(password: str) -> str:
    """NFKC, so that full-width letters from an input method are the same password (RFC 8265 section 4)."""
    return unicodedata.normalize("NFKC", password)


def problem_with(
    password: str, *, number: ResidentNumber | None = None, phone: str | None = None
) -> WeakPassword | None:
    """Why this password cannot be chosen, or None. Pure; the number and phone are the person's own."""
    chosen = normalise(password)
    if len(chosen) < SHORTEST_CHARACTERS:
        return WeakPassword.TOO_SHORT
    if len(chosen) > LONGEST_CHARACTERS or len(password) > LONGEST_CHARACTERS:
        return WeakPassword.TOO_LONG
    folded = chosen.casefold()
    if any(part in folded for part in _personal(number, phone)):
        return WeakPassword.PERSONAL
    return WeakPassword.COMMON if _is_guessed_first(folded) else None


def _personal(number: ResidentNumber | None, phone: str | None) -> Iterable[str]:
    if number is not None:
        yield number.value[-6:].casefold()
        yield f"{number.birth_date:%Y%m%d}"
    if phone is not None:
        yield phone[-8:]


def _is_guessed_first(folded: str) -> bool:
    if folded in _common() or len(set(folded)) < _FEWEST_DIFFERENT:
        return True
    if any(folded in row or folded[::-1] in row for row in _KEYBOARD):
        return True
    # abcabcabc: shorter than it looks.
    half = len(folded) // 2
    return any(folded == (folded[:size] * len(folded))[: len(folded)] for size in range(1, min(half, 4) + 1))


@cache
def _common() -> frozenset[str]:
    lines = _COMMON_FILE.read_text("utf-8").splitlines()
    return frozenset(line for line in lines if not line.startswith("#"))
