"""Compact JWTs signed and checked with our own keys, put together straight over pyca/cryptography.

Only ES256 and RS256, and only headers that we wrote ourselves: a token is ours when its header is
one of these, byte for byte. So `none`, a foreign `kid`, a `jwk` or `jku` in the header, and a
mixed-up algorithm (RFC 8725 section 3.1) cannot even be asked for.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_private_key

from idp.crypto.digests import base64url, from_base64url

PrivateKey = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey
ID_TOKEN, ACCESS_TOKEN = "JWT", "at+jwt"
"""`typ` values: RFC 7519 section 5.1, RFC 9068 section 2.1."""
RECEIPT = "liveness-receipt+jwt"
"""Explicit typing (RFC 8725 section 3.11). Its keys sign nothing else, and no token's key signs it."""
AUTHORIZATION_RESPONSE = "oauth-authz-resp+jwt"
TYPES = (ID_TOKEN, ACCESS_TOKEN, AUTHORIZATION_RESPONSE)
P256_BYTES = 32
ES256 = ec.ECDSA(SHA256())
PKCS1 = padding.PKCS1v15()


class NotOurToken(Exception):
    """Not a token that one of these keys signed. What it says is unknown."""


@dataclass(frozen=True, slots=True, repr=False)
class Signer:
    """One private key, loaded once, with the headers that its tokens begin with."""

    kid: str
    algorithm: str
    private: PrivateKey
    types: tuple[str, ...] = TYPES
    public: ec.EllipticCurvePublicKey | rsa.RSAPublicKey = field(init=False)
    headers: Mapping[str, str] = field(init=False)
    """`typ` -> the header's segment."""

    def __post_init__(self) -> None:
        headers = {typ: _segment({"alg": self.algorithm, "typ": typ, "kid": self.kid}) for typ in self.types}
        object.__setattr__(self, "headers", headers)
        object.__setattr__(self, "public", self.private.public_key())

    @classmethod
    def load(cls, kid: str, algorithm: str, der: bytes, types: tuple[str, ...] = TYPES) -> "Signer":
        private = load_der_private_key(der, password=None)
        if not isinstance(private, ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey):
            raise TypeError(f"signing key {kid} is of a kind that no algorithm here uses")
        return cls(kid, algorithm, private, types)

    def sign(self, claims: Mapping[str, Any], *, typ: str) -> str:
        text = f"{self.headers[typ]}.{_segment(claims)}"
        return f"{text}.{base64url(self._signature(text.encode('ascii')))}"

    def _signature(self, data: bytes) -> bytes:
        if isinstance(self.private, rsa.RSAPrivateKey):
            return self.private.sign(data, PKCS1, SHA256())
        # RFC 7518 section 3.4: r and s, 32 bytes each, not ASN.1.
        r, s = decode_dss_signature(self.private.sign(data, ES256))
        return r.to_bytes(P256_BYTES, "big") + s.to_bytes(P256_BYTES, "big")


def read(token: str, signers: Mapping[str, Signer], *, typ: str) -> dict[str, Any]:
    """The claims of a token that one of these keys signed. Dates are the caller's to check.

    `signers`: header segment -> key. Raises NotOurToken.
    """
    header, _, rest = token.partition(".")
    payload, _, signature = rest.partition(".")
    signer = signers.get(header)
    if signer is None or signer.headers.get(typ) != header:
        raise NotOurToken("header")
    try:
        _verify(signer.public, f"{header}.{payload}".encode("ascii"), from_base64url(signature))
        claims = json.loads(from_base64url(payload))
    except (InvalidSignature, ValueError):
        raise NotOurToken("signature") from None
    if not isinstance(claims, dict):
        raise NotOurToken("claims")
    return claims


def _verify(public: ec.EllipticCurvePublicKey | rsa.RSAPublicKey, data: bytes, signature: bytes) -> None:
    if isinstance(public, rsa.RSAPublicKey):
        public.verify(signature, data, PKCS1, SHA256())
        return
    if len(signature) != 2 * P256_BYTES:
        raise InvalidSignature
    r, s = (int.from_bytes(half, "big") for half in (signature[:P256_BYTES], signature[P256_BYTES:]))
    public.verify(encode_dss_signature(r, s), data, ES256)


def _segment(value: Mapping[str, Any]) -> str:
    return base64url(json.dumps(value, separators=(",", ":")).encode())
