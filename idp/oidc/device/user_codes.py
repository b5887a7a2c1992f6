"""user_code: what a person reads on a device and types on a phone (RFC 8628 section 6.1).

Eight letters of twenty, no vowel among them, so that no word appears: 2.56 * 10^10 codes. Only a keyed digest
is kept: the letters are few enough to be found from a plain one.
"""

import secrets
import unicodedata

from idp.crypto.digests import keyed
from idp.storage.ephemeral import EphemeralStore

ALPHABET = "BCDFGHJKLMNPQRSTVWXZ"
LENGTH = 8
TYPED_AT_MOST = 64
"""Characters that are looked at."""


def reserve(store: EphemeralStore, key: bytes, waiting_id: str, *, seconds: int) -> str:
    """A code that stands for this request and no other, as it is shown."""
    while True:
        code = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
        if store.add_once(_key(key, code), waiting_id.encode("ascii"), seconds=seconds):
            return shown(code)


def find(store: EphemeralStore, key: bytes, code: str) -> str | None:
    """The request's id. `code`: as `normalise` gives it."""
    found = store.get(_key(key, code))
    return None if found is None else found.decode("ascii")


def normalise(typed: str) -> str | None:
    """The code in whatever way it was typed: small letters, full-width ones of a Chinese keyboard, any
    strokes and blanks between. None for what can be no code."""
    wide = unicodedata.normalize("NFKC", typed[:TYPED_AT_MOST]).upper()
    letters = "".join(one for one in wide if one.isalnum())
    is_code = len(letters) == LENGTH and set(letters) <= set(ALPHABET)
    return letters if is_code and len(typed) <= TYPED_AT_MOST else None


def shown(code: str) -> str:
    return f"{code[:4]}-{code[4:]}"


def _key(key: bytes, code: str) -> str:
    return f"user-code:{keyed(key, 'user code', code)}"
