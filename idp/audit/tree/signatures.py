"""Which keys sign heads: ES256, or SM2 with SM3 for those who have to have a national algorithm.

A key's name is the thumbprint of its public part, and its public part says what it signs with: a head that
names a key can be taken for no other algorithm's.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDSA,
    SECP256R1,
    EllipticCurvePrivateKey,
    EllipticCurvePublicKey,
    EllipticCurvePublicNumbers,
    generate_private_key,
)
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_der_private_key,
)

from idp.audit.fields import canonical_json
from idp.crypto import sm2
from idp.crypto.digests import base64url, digest, from_base64url

COORDINATE_BYTES = 32
SIGNATURE_BYTES = 2 * COORDINATE_BYTES
Algorithm = Literal["ES256", "SM2"]
CURVES: Mapping[str, Algorithm] = {"P-256": "ES256", "SM2": "SM2"}
"""`crv` of the public part -> what it signs with. The second is registered nowhere; SM2 has one curve."""

Jwk = Mapping[str, Any]


class KeyWrong(ValueError):
    """Not a public key of ours, or not of that name."""


@dataclass(frozen=True, slots=True)
class Sm2PrivateKey:
    point: bytes
    secret: bytes = field(repr=False)


PrivateKey = EllipticCurvePrivateKey | Sm2PrivateKey


def generate(algorithm: Algorithm) -> PrivateKey:
    if algorithm == "SM2":
        return Sm2PrivateKey(*sm2.generate())
    return generate_private_key(SECP256R1())


def sign(key: PrivateKey, message: bytes) -> bytes:
    """r and s, 32 bytes each (RFC 7518 section 3.4), for both algorithms."""
    if isinstance(key, Sm2PrivateKey):
        r, s = sm2.sign(key.secret, key.point, message)
    else:
        r, s = decode_dss_signature(key.sign(message, ECDSA(SHA256())))
    return b"".join(part.to_bytes(COORDINATE_BYTES, "big") for part in (r, s))


def verifies(jwk: Jwk, kid: str, message: bytes, signature: bytes) -> bool:
    """The key's name is its thumbprint: no other can be put in its place. Raises KeyWrong."""
    r, s = (int.from_bytes(part, "big") for part in (signature[:32], signature[32:]))
    key = _public(jwk, kid)
    if isinstance(key, bytes):
        return sm2.verifies(key, message, r, s)
    try:
        key.verify(encode_dss_signature(r, s), message, ECDSA(SHA256()))
    except InvalidSignature:
        return False
    return True


def thumbprint(jwk: Jwk) -> str:
    """RFC 7638 section 3, of an EC key."""
    return digest(canonical_json({name: jwk[name] for name in ("crv", "kty", "x", "y")}))


def public_jwk(key: EllipticCurvePublicKey | bytes) -> dict[str, Any]:
    """RFC 7518 section 6.2.1; bytes: x and y of a key of SM2."""
    curve = "SM2" if isinstance(key, bytes) else "P-256"
    if isinstance(key, bytes):
        parts = key[:COORDINATE_BYTES], key[COORDINATE_BYTES:]
    else:
        numbers = key.public_numbers()
        parts = numbers.x.to_bytes(COORDINATE_BYTES, "big"), numbers.y.to_bytes(COORDINATE_BYTES, "big")
    jwk = {"kty": "EC", "crv": curve, "x": base64url(parts[0]), "y": base64url(parts[1])}
    return {**jwk, "kid": thumbprint(jwk), "use": "sig", "alg": CURVES[curve]}


def public_part(key: PrivateKey) -> dict[str, Any]:
    return public_jwk(key.point if isinstance(key, Sm2PrivateKey) else key.public_key())


def to_bytes(key: PrivateKey) -> bytes:
    """The private part, to be sealed: PKCS #8 DER, or the 32 bytes of SM2."""
    if isinstance(key, Sm2PrivateKey):
        return key.secret
    return key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())


def from_bytes(data: bytes, jwk: Jwk) -> PrivateKey:
    """The inverse; `jwk`: its public part. Raises KeyWrong."""
    if CURVES[jwk["crv"]] == "SM2":
        point = _public(jwk, thumbprint(jwk))
        assert isinstance(point, bytes)
        return Sm2PrivateKey(point, data)
    key = load_der_private_key(data, password=None)
    assert isinstance(key, EllipticCurvePrivateKey)
    return key


def _public(jwk: Jwk, kid: str) -> EllipticCurvePublicKey | bytes:
    """Raises KeyWrong."""
    try:
        if thumbprint(jwk) != kid or jwk["crv"] not in CURVES:
            raise KeyWrong("a key that is not what its name says")
        parts = tuple(from_base64url(jwk[name]) for name in ("x", "y"))
        if jwk["crv"] == "SM2":
            if not sm2.is_point(b"".join(parts)):
                raise KeyWrong("not a public key")
            return b"".join(parts)
        x, y = (int.from_bytes(part, "big") for part in parts)
        return EllipticCurvePublicNumbers(x, y, SECP256R1()).public_key()
    except KeyWrong:
        raise
    except (KeyError, TypeError, ValueError, AttributeError):
        raise KeyWrong("not a public key") from None
