"""Digests, keyed digests and secrets made by the machine.

Machine-made secrets carry 256 bits, so a plain or keyed SHA-256 is enough for them; argon2 is for
what people choose (OWASP ASVS 6.2, 11.4).
"""

import hmac
from binascii import a2b_base64, b2a_base64
from functools import lru_cache
from hashlib import sha256
from ssl import RAND_bytes
from typing import Any

BLOCK_BYTES = 64
"""Of SHA-256. RFC 2104 section 2 has this, and the two pads."""
INNER, OUTER = (bytes(byte ^ pad for byte in range(256)) for pad in (0x36, 0x5C))
KEYS_AT_MOST = 64
URL_SAFE, STANDARD = bytes.maketrans(b"+/", b"-_"), bytes.maketrans(b"-_", b"+/")


def base64url(data: bytes) -> str:
    """RFC 7515 section 2: no padding."""
    return b2a_base64(data, newline=False).translate(URL_SAFE).rstrip(b"=").decode("ascii")


def from_base64url(text: str) -> bytes:
    """Inverse of `base64url`; raises ValueError on anything else.

    The decoder skips characters that it does not know; here one value has one text.
    """
    data = a2b_base64((text + "=" * (-len(text) % 4)).encode("ascii").translate(STANDARD))
    if base64url(data) != text:
        raise ValueError("not canonical base64url")
    return data


def digest(value: str) -> str:
    """SHA-256 of a secret or code, as base64url: what is kept in its place."""
    return base64url(sha256(value.encode()).digest())


def keyed(key: bytes, *parts: str) -> str:
    """HMAC-SHA-256 over length-prefixed parts, so that ("ab", "c") and ("a", "bc") differ."""
    data = [part.encode() for part in parts]
    inner, outer = _begun(key)
    inner, outer = inner.copy(), outer.copy()
    inner.update(b"".join([len(part).to_bytes(4, "big") + part for part in data]))
    outer.update(inner.digest())
    return base64url(outer.digest())


@lru_cache(KEYS_AT_MOST)
def _begun(key: bytes) -> tuple[Any, Any]:
    """RFC 2104 section 4: both digests with the key in them already. Our keys are few, and OpenSSL's own way
    looks its algorithm up for each MAC, which costs twice the MAC."""
    block = (sha256(key).digest() if len(key) > BLOCK_BYTES else key).ljust(BLOCK_BYTES, b"\0")
    return sha256(block.translate(INNER)), sha256(block.translate(OUTER))


def new_secret(size: int = 32) -> str:
    """A random secret of `size` bytes, as base64url.

    From OpenSSL's generator, as the keys of TLS are. To ask the kernel would cost less by itself, but Python
    gives its lock away meanwhile: of many threads at work each would lose its turn at each secret, and half
    of all switches between them were for these.
    """
    return base64url(RAND_bytes(size))


def same(left: str, right: str) -> bool:
    """Compare in constant time."""
    return hmac.compare_digest(left.encode(), right.encode())
