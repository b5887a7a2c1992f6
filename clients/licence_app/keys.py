"""Private keys of licences in PKCS #8, and what they sign: RSA, ECDSA on P-256 and P-384, SM2 with SM3."""

import base64
import re
from dataclasses import dataclass
from typing import Annotated, Final

import gmssl_pyx
from cryptography.hazmat.asn1 import BitString, Explicit, decode_der, sequence
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from cryptography.x509 import ObjectIdentifier

SM2_CURVE: Final = ObjectIdentifier("1.2.156.10197.1.301")
SM2_USER_ID: Final = b"1234567812345678"
"""GB/T 35276-2017 section 10: who signs, where nothing else is agreed."""
COORDINATES_BYTES: Final = 64


class WrongKey(Exception):
    """Not a key that a licence may have."""


@sequence
class KeyKind:
    algorithm: ObjectIdentifier
    parameters: ObjectIdentifier | None


@sequence
class PrivateKeyInfo:
    """RFC 5208 section 5."""

    version: int
    kind: KeyKind
    private: bytes


@sequence
class EcPrivateKey:
    """RFC 5915 section 3; the curve stands outside."""

    version: int
    private: bytes
    public: Annotated[BitString | None, Explicit(1)]


@dataclass(frozen=True, slots=True, repr=False)
class Sm2Key:
    private: bytes
    point: bytes


@dataclass(frozen=True, slots=True, repr=False)
class Key:
    held: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | Sm2Key

    @property
    def algorithm(self) -> str:
        """As the protocol calls it."""
        match self.held:
            case Sm2Key():
                return "sm2-sm3"
            case rsa.RSAPrivateKey():
                return "rsa-pkcs1-sha256"
            case ec.EllipticCurvePrivateKey(curve=ec.SECP384R1()):
                return "ecdsa-sha384"
            case _:
                return "ecdsa-sha256"

    def sign(self, text: bytes) -> bytes:
        match self.held:
            case Sm2Key(private=private, point=point):
                made: bytes = gmssl_pyx.sm2_sign(private, point, text, SM2_USER_ID)
                return made
            case rsa.RSAPrivateKey() as key:
                return key.sign(text, padding.PKCS1v15(), hashes.SHA256())
            case key:
                digest = hashes.SHA384() if isinstance(key.curve, ec.SECP384R1) else hashes.SHA256()
                return key.sign(text, ec.ECDSA(digest))


def read_key(pem: str) -> Key:
    """Raises WrongKey."""
    try:
        return Key(_sm2(pem) or _other(pem))
    except ValueError:
        raise WrongKey("not a private key in PKCS #8") from None


def _other(pem: str) -> rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey:
    held = load_pem_private_key(pem.encode("ascii"), None)
    if isinstance(held, rsa.RSAPrivateKey):
        return held
    if isinstance(held, ec.EllipticCurvePrivateKey) and isinstance(held.curve, ec.SECP256R1 | ec.SECP384R1):
        return held
    raise WrongKey("a key of no kind that licences have")


def _sm2(pem: str) -> Sm2Key | None:
    """None for another kind of key. The library that reads those does not know this one."""
    body = re.search(r"-----BEGIN PRIVATE KEY-----\n(.+?)-----END PRIVATE KEY-----", pem, re.DOTALL)
    try:
        info = decode_der(PrivateKeyInfo, base64.b64decode(body[1])) if body else None
    except ValueError:
        return None
    if info is None or info.kind.parameters != SM2_CURVE:
        return None
    inner = decode_der(EcPrivateKey, info.private)
    point = b"" if inner.public is None else inner.public.as_bytes()
    if len(point) != 1 + COORDINATES_BYTES:
        raise WrongKey("an SM2 key without its public part")
    return Sm2Key(inner.private, point[1:])
