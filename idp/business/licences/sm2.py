"""Signatures by SM2 with SM3 (GB/T 32918.2-2016, on the curve of GB/T 32918.5-2017), made by GmSSL.

OpenSSL as pyca/cryptography builds it knows the curve but gives no access to it. What arrives is checked
here before GmSSL sees it, so that its own leniency, now or in a later version, decides nothing.
"""

from typing import Final

import gmssl_pyx

from idp.business.licences.der import SignatureValue, read
from idp.business.licences.refusals import LicenceRefused, Rule

# GB/T 32918.5-2017 section 2: the recommended curve over a prime field of 256 bits.
P: Final = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFF
A: Final = P - 3
B: Final = 0x28E9FA9E9D9F5E344D5A9E4BCF6509A7F39789F515AB8F92DDBCBD414D940E93
N: Final = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123
USER_ID: Final = b"1234567812345678"
"""GB/T 35276-2017 section 10: who signs, as far as the digest is concerned, where nothing else is agreed."""
COORDINATE = 32
UNCOMPRESSED = b"\x04"


def read_point(encoded: bytes) -> bytes:
    """x and y of a public key, 64 bytes. Raises LicenceRefused unless it is a point of the curve."""
    if len(encoded) != 1 + 2 * COORDINATE or encoded[:1] != UNCOMPRESSED:
        raise LicenceRefused(Rule.ALGORITHM, "the public key is not an uncompressed point")
    point = encoded[1:]
    x, y = int.from_bytes(point[:COORDINATE]), int.from_bytes(point[COORDINATE:])
    # The cofactor is 1, so a point of the curve is one of the right order.
    if x >= P or y >= P or (y * y - (x * x * x + A * x + B)) % P:
        raise LicenceRefused(Rule.ALGORITHM, "the public key is not a point of its curve")
    return point


def verifies(point: bytes, message: bytes, signature: bytes) -> bool:
    """Raises LicenceRefused for a signature that is not even the form of one."""
    value = read(SignatureValue, signature, "the signature")
    # GB/T 32918.2-2016 section 7.1, steps B1, B2 and B5.
    if not (0 < value.r < N and 0 < value.s < N) or (value.r + value.s) % N == 0:
        return False
    try:
        return bool(gmssl_pyx.sm2_verify(point, message, signature, USER_ID))
    except gmssl_pyx.GmsslInnerError:
        return False


def sign(private: bytes, point: bytes, message: bytes) -> bytes:
    """DER of the signature by a key of 32 bytes; for the sandbox, which has no other keys than its own."""
    made: bytes = gmssl_pyx.sm2_sign(private, point, message, USER_ID)
    return made


def generate() -> tuple[bytes, bytes]:
    """A new key: the point (64 bytes) and the private part (32 bytes)."""
    point, private = gmssl_pyx.sm2_key_generate()
    return point, private
