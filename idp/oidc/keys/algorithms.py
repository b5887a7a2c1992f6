"""The algorithms that we sign with, straight over pyca/cryptography: one line of a table each."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256, sha512
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

RECEIPT_ALGORITHM = "ES256"
RSA_BITS = 3072
"""128 bits of strength, as P-256 has (NIST SP 800-57 part 1, table 2)."""
P256_BYTES = 32
ES256 = ec.ECDSA(SHA256())
PKCS1 = padding.PKCS1v15()
PSS = padding.PSS(padding.MGF1(SHA256()), SHA256.digest_size)
"""RFC 7518 section 3.5: the salt is as long as the digest."""


@dataclass(frozen=True, slots=True)
class Algorithm:
    """`private`: the class of its keys. `digest`: for `at_hash` and its like (OpenID Connect Core 1.0
    section 3.1.3.6)."""

    private: type
    generate: Callable[[], Any]
    sign: Callable[[Any, bytes], bytes]
    verify: Callable[[Any, bytes, bytes], None]
    """Of a public key, the signature and the data. Raises InvalidSignature."""
    digest: Callable[[bytes], bytes]


def _sign_es256(key: ec.EllipticCurvePrivateKey, data: bytes) -> bytes:
    # RFC 7518 section 3.4: r and s, 32 bytes each, not ASN.1.
    r, s = decode_dss_signature(key.sign(data, ES256))
    return r.to_bytes(P256_BYTES, "big") + s.to_bytes(P256_BYTES, "big")


def _verify_es256(key: ec.EllipticCurvePublicKey, signature: bytes, data: bytes) -> None:
    if len(signature) != 2 * P256_BYTES:
        raise InvalidSignature
    r, s = (int.from_bytes(half, "big") for half in (signature[:P256_BYTES], signature[P256_BYTES:]))
    key.verify(encode_dss_signature(r, s), data, ES256)


def _sha256(data: bytes) -> bytes:
    return sha256(data).digest()


def _rsa() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=RSA_BITS)


ALGORITHMS: Mapping[str, Algorithm] = {
    "ES256": Algorithm(
        ec.EllipticCurvePrivateKey,
        lambda: ec.generate_private_key(ec.SECP256R1()),
        _sign_es256,
        _verify_es256,
        _sha256,
    ),
    "RS256": Algorithm(
        rsa.RSAPrivateKey,
        _rsa,
        lambda key, data: key.sign(data, PKCS1, SHA256()),
        lambda key, signature, data: key.verify(signature, data, PKCS1, SHA256()),
        _sha256,
    ),
    "PS256": Algorithm(
        rsa.RSAPrivateKey,
        _rsa,
        lambda key, data: key.sign(data, PSS, SHA256()),
        lambda key, signature, data: key.verify(signature, data, PSS, SHA256()),
        _sha256,
    ),
    # RFC 8037 section 3.1; Ed25519 hashes with SHA-512.
    "EdDSA": Algorithm(
        ed25519.Ed25519PrivateKey,
        ed25519.Ed25519PrivateKey.generate,
        lambda key, data: key.sign(data),
        lambda key, signature, data: key.verify(signature, data),
        lambda data: sha512(data).digest(),
    ),
}
