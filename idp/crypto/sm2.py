"""Signatures by SM2 with SM3 (GB/T 32918.2-2016, on the curve of GB/T 32918.5-2017), made by GmSSL.

OpenSSL as pyca/cryptography builds it knows the curve but gives no access to it. What arrives is checked
here before GmSSL sees it, so that its own leniency, now or in a later version, decides nothing.
"""

from typing import Final

import gmssl_pyx
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature

# GB/T 32918.5-2017 section 2: the recommended curve over a prime field of 256 bits.
P: Final = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFF
A: Final = P - 3
B: Final = 0x28E9FA9E9D9F5E344D5A9E4BCF6509A7F39789F515AB8F92DDBCBD414D940E93
N: Final = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123
USER_ID: Final = b"1234567812345678"
"""GB/T 35276-2017 section 10: who signs, as far as the digest is concerned, where nothing else is agreed."""
COORDINATE: Final = 32


def is_point(point: bytes) -> bool:
    """Whether x and y, 64 bytes, are a public key."""
    if len(point) != 2 * COORDINATE:
        return False
    x, y = int.from_bytes(point[:COORDINATE]), int.from_bytes(point[COORDINATE:])
    # The cofactor is 1, so a point of the curve is one of the right order.
    return x < P and y < P and (y * y - (x * x * x + A * x + B)) % P == 0


def verifies(point: bytes, message: bytes, r: int, s: int) -> bool:
    """`point`: a public key."""
    # GB/T 32918.2-2016 section 7.1, steps B1, B2 and B5.
    if not (0 < r < N and 0 < s < N) or (r + s) % N == 0:
        return False
    try:
        return bool(gmssl_pyx.sm2_verify(point, message, encode_dss_signature(r, s), USER_ID))
    except gmssl_pyx.GmsslInnerError:
        return False


def sign(private: bytes, point: bytes, message: bytes) -> tuple[int, int]:
    """r and s, by a key of 32 bytes whose public part is the point."""
    r, s = decode_dss_signature(gmssl_pyx.sm2_sign(private, point, message, USER_ID))
    return r, s


def generate() -> tuple[bytes, bytes]:
    """A new key: the point (64 bytes) and the private part (32 bytes)."""
    point, private = gmssl_pyx.sm2_key_generate()
    return point, private
