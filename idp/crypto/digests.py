"""Digests, keyed digests and secrets made by the machine.

Machine-made secrets carry 256 bits, so a plain or keyed SHA-256 is enough for them; argon2 is for
what people choose (OWASP ASVS 6.2, 11.4).
"""

import hashlib
import hmac
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode


def base64url(data: bytes) -> str:
    """RFC 7515 section 2: no padding."""
    return urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


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
    mac = hmac.new(key, digestmod=hashlib.sha256)
    for part in parts:
        data = part.encode()
        mac.update(len(data).to_bytes(4, "big") + data)
    return base64url(mac.digest())


def new_secret(size: int = 32) -> str:
    """A random secret of `size` bytes, as base64url."""
    return base64url(secrets.token_bytes(size))


def same(left: str, right: str) -> bool:
    """Compare in constant time."""
    return hmac.compare_digest(left.encode(), right.encode())
