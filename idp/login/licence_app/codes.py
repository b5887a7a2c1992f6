"""The codes that a page shows, the digits that a telephone shows: made of a link and a key, kept nowhere."""

import hmac
import json
from typing import Final

from idp.login.licence_app.states import Link
from idp.oidc.device.user_codes import ALPHABET

CODE_LETTERS: Final = 12
"""Of 20: 51 bits, more than anybody could try in the minute that one is good, and still typed by hand."""
GROUP: Final = 4
DIGITS: Final = 4


def code_of(link: Link, key: bytes) -> str:
    """The one that the page shows now."""
    number = int.from_bytes(_mac(key, "code", link.id, str(link.generation)))
    letters = []
    for _ in range(CODE_LETTERS):
        number, place = divmod(number, len(ALPHABET))
        letters.append(ALPHABET[place])
    return "".join(letters)


def digits_of(link: Link, key: bytes) -> str:
    """What the telephone that has taken the link up shows once it has confirmed, and the page asks for."""
    number = int.from_bytes(_mac(key, "digits", link.id, link.phone or ""))
    return str(number % 10**DIGITS).zfill(DIGITS)


def shown(code: str) -> str:
    """In groups, as a person reads it."""
    return "-".join(code[start : start + GROUP] for start in range(0, len(code), GROUP))


def normalise(typed: str) -> str | None:
    """None for what can be no code."""
    letters = typed.replace("-", "").upper()
    is_code = len(letters) == CODE_LETTERS and set(letters) <= set(ALPHABET)
    return letters if is_code else None


def _mac(key: bytes, *parts: str) -> bytes:
    return hmac.digest(key, json.dumps(parts).encode(), "sha256")
