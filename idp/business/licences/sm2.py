"""Keys and signatures of SM2 as certificates and licences carry them: uncompressed points, and DER."""

from typing import Final

from cryptography.hazmat.asn1 import encode_der

from idp.business.licences.der import SignatureValue, read
from idp.business.licences.refusals import LicenceRefused, Rule
from idp.crypto import sm2
from idp.crypto.sm2 import generate

__all__ = ["generate", "read_point", "sign", "verifies"]

UNCOMPRESSED: Final = b"\x04"


def read_point(encoded: bytes) -> bytes:
    """x and y of a public key, 64 bytes. Raises LicenceRefused unless it is a point of the curve."""
    if len(encoded) != 1 + 2 * sm2.COORDINATE or encoded[:1] != UNCOMPRESSED:
        raise LicenceRefused(Rule.ALGORITHM, "the public key is not an uncompressed point")
    if not sm2.is_point(encoded[1:]):
        raise LicenceRefused(Rule.ALGORITHM, "the public key is not a point of its curve")
    return encoded[1:]


def verifies(point: bytes, message: bytes, signature: bytes) -> bool:
    """Raises LicenceRefused for a signature that is not even the form of one."""
    value = read(SignatureValue, signature, "the signature")
    return sm2.verifies(point, message, value.r, value.s)


def sign(private: bytes, point: bytes, message: bytes) -> bytes:
    """DER of the signature by a key of 32 bytes; for the sandbox, which has no other keys than its own."""
    r, s = sm2.sign(private, point, message)
    return encode_der(SignatureValue(r=r, s=s))
