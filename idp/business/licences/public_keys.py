"""The public key of a certificate: which kind it is, whether it is strong enough, what it verifies."""

from dataclasses import dataclass
from typing import Final

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.asn1 import Null, encode_der
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import load_der_public_key
from cryptography.x509 import ObjectIdentifier

from idp.business.licences import sm2
from idp.business.licences.algorithms import Algorithm, Family
from idp.business.licences.der import SignatureValue, SubjectPublicKeyInfo, read, whole_bytes
from idp.business.licences.refusals import LicenceRefused, Rule

RSA = ObjectIdentifier("1.2.840.113549.1.1.1")
ELLIPTIC = ObjectIdentifier("1.2.840.10045.2.1")
SM2_CURVE = ObjectIdentifier("1.2.156.10197.1.301")
CURVES: Final = {  # RFC 5480 section 2.1.1.1: the curve, its name, the bytes of a point on it, its order
    ObjectIdentifier("1.2.840.10045.3.1.7"): (
        "ecdsa-p256",
        65,
        0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551,
    ),
    ObjectIdentifier("1.3.132.0.34"): (
        "ecdsa-p384",
        97,
        0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFC7634D81F4372DDF581A0DB248B0A77AECEC196ACCC52973,
    ),
}
RSA_BITS: Final = range(2048, 8192 + 1)
"""Below, too weak (NIST SP 800-131A); above, a means to keep a server busy."""
EXPONENTS: Final = range(65537, 1 << 256)
"""FIPS 186-5 section 5.1. Above, one signature takes as long to verify as to make."""


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A key that may verify. `name` says what it is, for people: rsa-2048, ecdsa-p256, ecdsa-p384, sm2."""

    name: str
    family: Family
    held: rsa.RSAPublicKey | ec.EllipticCurvePublicKey | bytes
    order: int = 0

    def verify(self, algorithm: Algorithm, message: bytes, signature: bytes, rule: Rule) -> None:
        """Raises LicenceRefused of that rule. A key is asked for its own kind of signature alone."""
        if algorithm.family is not self.family:
            raise LicenceRefused(rule, f"a key of {self.name} has made no signature by {algorithm.name}")
        try:
            verified = self._verifies(algorithm, message, signature)
        except LicenceRefused as malformed:
            raise LicenceRefused(rule, malformed.reason) from None
        if not verified:
            raise LicenceRefused(rule, f"the signature by {algorithm.name} does not verify")

    def _verifies(self, algorithm: Algorithm, message: bytes, signature: bytes) -> bool:
        if isinstance(self.held, bytes):
            return sm2.verifies(self.held, message, signature)
        chosen = algorithm.hash
        assert chosen is not None  # of all but SM2
        try:
            if isinstance(self.held, ec.EllipticCurvePublicKey):
                value = read(SignatureValue, signature, "the signature")
                if not (0 < value.r < self.order and 0 < value.s < self.order):
                    return False
                self.held.verify(signature, message, ec.ECDSA(chosen))
            else:
                self.held.verify(signature, message, _padding(algorithm), chosen)
        except InvalidSignature:
            return False
        return True


def _padding(algorithm: Algorithm) -> padding.AsymmetricPadding:
    if algorithm.is_pss and algorithm.hash is not None:
        return padding.PSS(padding.MGF1(algorithm.hash), algorithm.hash.digest_size)
    return padding.PKCS1v15()


def read_public_key(info: SubjectPublicKeyInfo) -> PublicKey:
    """Raises LicenceRefused for a kind that is not known, and for a weak or impossible key."""
    kind, parameters = info.algorithm.algorithm, info.algorithm.parameters
    if kind == RSA and isinstance(parameters, Null):
        return _read_rsa(info)
    if kind == ELLIPTIC and isinstance(parameters, ObjectIdentifier):
        if parameters == SM2_CURVE:
            return PublicKey("sm2", Family.SM2, sm2.read_point(whole_bytes(info.key, "the public key")))
        if parameters in CURVES:
            return _read_elliptic(info, *CURVES[parameters])
        raise LicenceRefused(Rule.ALGORITHM, f"keys on the curve {parameters.dotted_string} are not accepted")
    raise LicenceRefused(Rule.ALGORITHM, f"keys of the kind {kind.dotted_string} are not accepted")


def _read_rsa(info: SubjectPublicKeyInfo) -> PublicKey:
    found = _loaded(info)
    if not isinstance(found, rsa.RSAPublicKey):
        raise LicenceRefused(Rule.ALGORITHM, "the RSA key is none")
    if found.key_size not in RSA_BITS:
        raise LicenceRefused(Rule.ALGORITHM, f"an RSA key of {found.key_size} bits is not accepted")
    if found.public_numbers().e not in EXPONENTS:
        raise LicenceRefused(Rule.ALGORITHM, "an RSA key with so small or large an exponent is not accepted")
    return PublicKey(f"rsa-{found.key_size}", Family.RSA, found)


def _read_elliptic(info: SubjectPublicKeyInfo, name: str, size: int, order: int) -> PublicKey:
    if len(whole_bytes(info.key, "the public key")) != size:
        raise LicenceRefused(Rule.ALGORITHM, "the public key is not an uncompressed point")
    found = _loaded(info)
    if not isinstance(found, ec.EllipticCurvePublicKey):
        raise LicenceRefused(Rule.ALGORITHM, "the key on an elliptic curve is none")
    return PublicKey(name, Family.ECDSA, found, order)


def _loaded(info: SubjectPublicKeyInfo) -> object:
    try:
        return load_der_public_key(encode_der(info))
    except (ValueError, UnsupportedAlgorithm):
        raise LicenceRefused(Rule.ALGORITHM, "the public key is not one of its kind") from None
