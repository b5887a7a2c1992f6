"""Codes that people read out, copy and type: Douglas Crockford's base 32, which has no I, L, O and U."""

import secrets
from collections.abc import Callable
from typing import Final

ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
GROUP: Final = 4
TYPED_CHARACTERS_AT_MOST: Final = 64
_READ_AS: Final = str.maketrans("OIL", "011")


def draw(characters: int, choose: Callable[[str], str] = secrets.choice) -> str:
    """Each character is 5 random bits."""
    return "".join(choose(ALPHABET) for _ in range(characters))


def shown(code: str) -> str:
    """Such as `7F3K-9QXM-2B4D`."""
    return "-".join(code[start : start + GROUP] for start in range(0, len(code), GROUP))


def read(typed: str) -> str:
    """What is misread is read as what was meant; strokes, blanks and what there is none of do not count."""
    letters = typed[:TYPED_CHARACTERS_AT_MOST].upper().translate(_READ_AS)
    return "".join(letter for letter in letters if letter in ALPHABET)
