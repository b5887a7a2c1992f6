"""Digests, keyed digests and secrets made by the machine.

Machine-made secrets carry 256 bits, so a plain or keyed SHA-256 is enough for them; argon2 is for
what people choose (OWASP ASVS 6.2, 11.4).
"""

import hashlib
import hmac
import secrets
from base64 import urlsafe_b64decode
from binascii import b2a_base64

URL_SAFE = bytes.maketrans(b"+/", b"-_")


def base64url(data: bytes) -> str:
    """RFC 7515 section 2: no padding."""
    return b2a_base64(data, newline=False).translate(URL_SAFE).rstrip(b"=").decode("ascii")


def from_base64url(text: str) -> bytes:
    """Inverse of `base64url`; raises ValueError on anything else.

    The standard decoder skips characters that it does not know; here one value has one text.
    """
    data = urlsafe_b64decode(text + "=" * (-len(text) % 4))
    if base64url(data) != text:
        raise ValueError("not canonical base64url")
    return data


def digest(value: str) -> str:
    """SHA-256 of a secret or code, as base64url: what is kept in its place."""
    return base64url(hashlib.sha256(value.encode()).digest())


def keyed(key: bytes, *parts: str) -> str:
    """HMAC-SHA-256 over length-prefixed parts, so that ("ab", "c") and ("a", "bc") differ."""
    data = [part.encode() for part in parts]
    message = b"".join([len(part).to_bytes(4, "big") + part for part in data])
    return base64url(hmac.digest(key, message, "sha256"))


def new_secret(size: int = 32) -> str:
    """A random secret of `size` bytes, as base64url."""
    return base64url(secrets.token_bytes(size))


def same(left: str, right: str) -> bool:
    """Compare in constant time."""
    return hmac.compare_digest(left.encode(), right.encode())
