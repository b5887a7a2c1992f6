"""The public key that a proof carries in its own header (RFC 9449 section 4.2), and its thumbprint.

Nowhere else is a key believed that comes with a token: here it proves nothing but that two requests
come from who holds it. Straight over pyca/cryptography, and remembered: a client uses one key again
and again.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

from idp.crypto.digests import base64url, from_base64url
from idp.oidc.jose.jws import KEY_TYPES, TokenRefused

MEMBERS = {"EC": ("crv", "kty", "x", "y"), "OKP": ("crv", "kty", "x"), "RSA": ("e", "kty", "n")}
"""RFC 7638 section 3.2 and RFC 8037 appendix A.3: what a thumbprint is taken over, in its order."""
PRIVATE = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k"})
"""RFC 7518 section 6."""
RSA_BITS = range(2048, 4097)
LARGEST_EXPONENT = 2**32
"""A larger one buys nothing, and time of ours is its price."""
REMEMBERED = 1024


@dataclass(frozen=True, slots=True)
class ProofKey:
    thumbprint: str
    """RFC 7638, with SHA-256."""
    public: Any


def proof_key(jwk: object, algorithm: str) -> ProofKey:
    """The key of a `jwk` header, if the algorithm goes with it. Raises TokenRefused."""
    if not isinstance(jwk, Mapping):
        raise TokenRefused("jwk is missing, or no object")
    if PRIVATE & jwk.keys():
        # RFC 9449 section 4.3 (7)
        raise TokenRefused("jwk holds a private key")
    kind, curve = KEY_TYPES[algorithm]
    if jwk.get("kty") != kind or (curve is not None and jwk.get("crv") != curve):
        raise TokenRefused("jwk does not go with alg")
    values = tuple(jwk.get(name) for name in MEMBERS[kind])
    if not all(isinstance(value, str) for value in values):
        raise TokenRefused("jwk is not whole")
    return _read(kind, values)


@lru_cache(maxsize=REMEMBERED)
def _read(kind: str, values: tuple[str, ...]) -> ProofKey:
    members = dict(zip(MEMBERS[kind], values, strict=True))
    try:
        public = _public(kind, members)
    except ValueError:
        raise TokenRefused("jwk is no key") from None
    text = json.dumps(members, separators=(",", ":"), ensure_ascii=False).encode()
    return ProofKey(base64url(sha256(text).digest()), public)


def _public(kind: str, members: Mapping[str, str]) -> Any:
    """Raises ValueError: a point off the curve, among others."""
    if kind == "EC":
        x, y = from_base64url(members["x"]), from_base64url(members["y"])
        if len(x) != 32 or len(y) != 32:
            raise ValueError("coordinates of P-256 have 32 bytes")  # RFC 7518 section 6.2.1.2
        numbers = ec.EllipticCurvePublicNumbers(
            int.from_bytes(x, "big"), int.from_bytes(y, "big"), ec.SECP256R1()
        )
        return numbers.public_key()
    if kind == "OKP":
        return ed25519.Ed25519PublicKey.from_public_bytes(from_base64url(members["x"]))
    exponent, modulus = (int.from_bytes(from_base64url(members[name]), "big") for name in ("e", "n"))
    if modulus.bit_length() not in RSA_BITS or not 2 < exponent < LARGEST_EXPONENT:
        raise ValueError("RSA keys have 2048 to 4096 bits")
    return rsa.RSAPublicNumbers(exponent, modulus).public_key()
