"""The short code between a device and the clerk beside it: eight digits, for a minute or two, taken once.

Digits, since clerks have a keypad for them. A code follows by HMAC from the id of what it stands for, so that
a page that is loaded again can show it again, and only its digest lies in the store.
"""

import hmac
from typing import Final

from idp.crypto.digests import keyed
from idp.storage.ephemeral import EphemeralStore

KEY_USE: Final = "window-codes"
DIGITS: Final = 8
TYPED_AT_MOST: Final = 32


def code_of(key: bytes, help_id: str) -> str:
    mac = hmac.digest(key, b"window code " + help_id.encode("ascii"), "sha256")
    return f"{int.from_bytes(mac[:16], 'big') % 10**DIGITS:0{DIGITS}d}"


def reserve(store: EphemeralStore, key: bytes, help_id: str, *, seconds: int) -> bool:
    """False when the same code stands for something else just now: another id has another one."""
    code = code_of(key, help_id)
    return store.add_once(_place(key, code), help_id.encode("ascii"), seconds=seconds)


def take(store: EphemeralStore, key: bytes, typed: str) -> str | None:
    """What a code stands for; of several who type it one is told, and nobody afterwards."""
    code = normalise(typed)
    found = None if code is None else store.take(_place(key, code))
    return None if found is None else found.decode("ascii")


def drop(store: EphemeralStore, key: bytes, help_id: str) -> None:
    """Another code takes its place. What a neighbour reserved meanwhile stays."""
    place = _place(key, code_of(key, help_id))
    if store.get(place) == help_id.encode("ascii"):
        store.delete(place)


def normalise(typed: str) -> str | None:
    """Full-width digits, blanks and strokes; None for what can be no code."""
    if len(typed) > TYPED_AT_MOST:
        return None
    digits = "".join(str(int(c)) for c in typed if c.isdecimal())
    rest = "".join(c for c in typed if not c.isdecimal()).strip(" -\u3000")
    return digits if len(digits) == DIGITS and not rest else None


def shown(code: str) -> str:
    return f"{code[:4]} {code[4:]}"


def _place(key: bytes, code: str) -> str:
    return f"window-code:{keyed(key, 'window code', code)}"
