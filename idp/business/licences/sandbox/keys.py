"""Private keys of the sandbox's authorities and licences, in PKCS #8 as OpenSSL reads it, SM2 included."""

import base64
import re
from dataclasses import dataclass
from typing import Annotated, Final

from cryptography.hazmat.asn1 import BitString, Explicit, decode_der, encode_der, sequence
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from idp.business.licences import sm2
from idp.business.licences.algorithms import (
    ECDSA_SHA256,
    ECDSA_SHA384,
    PSS_SHA256,
    RSA_SHA256,
    SM2_SM3,
    Algorithm,
)
from idp.business.licences.der import AlgorithmIdentifier, SubjectPublicKeyInfo
from idp.business.licences.public_keys import ELLIPTIC, SM2_CURVE

KINDS: Final = ("sm2", "ecdsa", "rsa")
RSA_BITS: Final = 2048
EXPONENT: Final = 65537


@sequence
class EcPrivateKey:
    """RFC 5915 section 3; the curve stands outside."""

    version: int
    private: bytes
    public: Annotated[BitString | None, Explicit(1)]


@sequence
class PrivateKeyInfo:
    """RFC 5208 section 5."""

    version: int
    algorithm: AlgorithmIdentifier
    private: bytes


@dataclass(frozen=True, slots=True)
class Sm2Key:
    private: bytes
    point: bytes


@dataclass(frozen=True, slots=True, repr=False)
class SigningKey:
    held: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | Sm2Key

    @property
    def algorithm(self) -> Algorithm:
        """What it signs by, where nothing else is asked."""
        if isinstance(self.held, Sm2Key):
            return SM2_SM3
        if isinstance(self.held, rsa.RSAPrivateKey):
            return RSA_SHA256
        return ECDSA_SHA384 if isinstance(self.held.curve, ec.SECP384R1) else ECDSA_SHA256

    @property
    def public_info(self) -> SubjectPublicKeyInfo:
        if isinstance(self.held, Sm2Key):
            identifier = AlgorithmIdentifier(algorithm=ELLIPTIC, parameters=SM2_CURVE)
            return SubjectPublicKeyInfo(algorithm=identifier, key=_bits(sm2.UNCOMPRESSED + self.held.point))
        public = self.held.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        return decode_der(SubjectPublicKeyInfo, public)

    def sign(self, message: bytes, algorithm: Algorithm | None = None) -> bytes:
        """In DER for ECDSA and SM2. Raises ValueError for an algorithm that is another kind's."""
        chosen = algorithm or self.algorithm
        if chosen.family is not self.algorithm.family:
            raise ValueError("a key of another kind")
        if isinstance(self.held, Sm2Key):
            return sm2.sign(self.held.private, self.held.point, message)
        assert chosen.hash is not None  # of all but SM2
        if isinstance(self.held, ec.EllipticCurvePrivateKey):
            return self.held.sign(message, ec.ECDSA(chosen.hash))
        if chosen == PSS_SHA256:
            pss = padding.PSS(padding.MGF1(chosen.hash), chosen.hash.digest_size)
            return self.held.sign(message, pss, chosen.hash)
        return self.held.sign(message, padding.PKCS1v15(), chosen.hash)

    def pem(self) -> str:
        if not isinstance(self.held, Sm2Key):
            made = self.held.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
            return made.decode("ascii")
        inner = EcPrivateKey(
            version=1, private=self.held.private, public=_bits(sm2.UNCOMPRESSED + self.held.point)
        )
        identifier = AlgorithmIdentifier(algorithm=ELLIPTIC, parameters=SM2_CURVE)
        info = PrivateKeyInfo(version=0, algorithm=identifier, private=encode_der(inner))
        return pem("PRIVATE KEY", encode_der(info))


def generate(kind: str) -> SigningKey:
    """One of KINDS."""
    if kind == "sm2":
        point, private = sm2.generate()
        return SigningKey(Sm2Key(private, point))
    if kind == "rsa":
        return SigningKey(rsa.generate_private_key(EXPONENT, RSA_BITS))
    return SigningKey(ec.generate_private_key(ec.SECP256R1()))


def from_pem(text: str) -> SigningKey:
    """Raises ValueError."""
    info = _sm2_info(text)
    if info is None:
        held = load_pem_private_key(text.encode("ascii"), None)
        if not isinstance(held, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey):
            raise ValueError("a key of no kind that licences have")
        return SigningKey(held)
    inner = decode_der(EcPrivateKey, info.private)
    if inner.public is None:
        raise ValueError("an SM2 key without its public part")
    return SigningKey(Sm2Key(inner.private, sm2.read_point(inner.public.as_bytes())))


def _sm2_info(text: str) -> PrivateKeyInfo | None:
    """RSA's and NIST's keys are the library's to read."""
    body = re.search(r"-----BEGIN PRIVATE KEY-----\n(.+?)-----END PRIVATE KEY-----", text, re.DOTALL)
    try:
        info = decode_der(PrivateKeyInfo, base64.b64decode(body[1])) if body else None
    except ValueError:
        return None
    return info if info and info.algorithm.parameters == SM2_CURVE else None


def pem(label: str, der: bytes) -> str:
    text = base64.b64encode(der).decode("ascii")
    lines = "\n".join(text[start : start + 64] for start in range(0, len(text), 64))
    return f"-----BEGIN {label}-----\n{lines}\n-----END {label}-----\n"


def _bits(data: bytes) -> BitString:
    return BitString(data, 0)
