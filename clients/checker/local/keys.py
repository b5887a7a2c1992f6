"""The provider's keys, and signatures of every kind: good, bad, and none at all."""

import hashlib
import hmac
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from secrets import token_hex
from typing import Any

from joserfc import jwt
from joserfc.jwk import ECKey, KeyParameters, KeySet, OKPKey, RSAKey

Key = ECKey | RSAKey | OKPKey
HASHES = {"256": hashlib.sha256, "384": hashlib.sha384, "512": hashlib.sha512, "DSA": hashlib.sha512}
CURVES = {"ES256": "P-256", "ES384": "P-384", "ES512": "P-521"}
ALGORITHMS = ("ES256", "RS256", "PS256", "ES384", "EdDSA")


class Keys:
    def __init__(self, algorithm: str) -> None:
        """Raises ValueError."""
        if algorithm not in ALGORITHMS:
            raise ValueError(f"not one of {', '.join(ALGORITHMS)}")
        self.algorithm = algorithm
        self.published: list[Key] = [_made(algorithm)]

    @property
    def current(self) -> Key:
        return self.published[-1]

    def renew(self) -> None:
        self.published.append(_made(self.algorithm))

    def jwks(self) -> Mapping[str, Any]:
        return {**KeySet(list(self.published)).as_dict(private=False)}

    def signed(self, claims: Mapping[str, Any], **header: str) -> str:
        return self._by(self.current, claims, header)

    def by_another_key(self, claims: Mapping[str, Any], **header: str) -> str:
        """Under the `kid` of the current one."""
        return self._by(_made(self.algorithm, str(self.current.kid)), claims, header)

    def with_a_bad_signature(self, claims: Mapping[str, Any], **header: str) -> str:
        head, body, signature = self.signed(claims, **header).split(".")
        octets = bytearray(_decoded(signature))
        octets[len(octets) // 2] ^= 0x01
        return f"{head}.{body}.{encoded(bytes(octets))}"

    def unsigned(self, claims: Mapping[str, Any], **header: str) -> str:
        return f"{_parts({'alg': 'none', 'kid': self.current.kid, **header}, claims)}."

    def with_a_mac(self, claims: Mapping[str, Any], secret: bytes, **header: str) -> str:
        text = _parts({"alg": "HS256", "kid": self.current.kid, **header}, claims)
        return f"{text}.{encoded(hmac.digest(secret, text.encode(), 'sha256'))}"

    def public_key_as_text(self) -> bytes:
        """The PEM that an application hands to its library: what a MAC would be checked by where the token
        may choose the algorithm."""
        return bytes(self.current.as_pem(private=False))

    def half_hash(self, text: str) -> str:
        """`at_hash` (OpenID Connect Core 1.0 section 3.1.3.6)."""
        digest = HASHES[self.algorithm[-3:]](text.encode()).digest()
        return encoded(digest[: len(digest) // 2])

    def _by(self, key: Key, claims: Mapping[str, Any], header: Mapping[str, str]) -> str:
        told = {"alg": self.algorithm, "kid": str(key.kid), **header}
        return jwt.encode(told, dict(claims), key, algorithms=[self.algorithm])


def encoded(octets: bytes) -> str:
    return urlsafe_b64encode(octets).rstrip(b"=").decode()


def _decoded(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _parts(header: Mapping[str, Any], claims: Mapping[str, Any]) -> str:
    return ".".join(encoded(json.dumps(part).encode()) for part in (header, claims))


def _made(algorithm: str, kid: str = "") -> Key:
    said: KeyParameters = {"kid": kid or token_hex(8), "use": "sig", "alg": algorithm}
    if algorithm in CURVES:
        return ECKey.generate_key(CURVES[algorithm], said)
    if algorithm == "EdDSA":
        return OKPKey.generate_key("Ed25519", said)
    return RSAKey.generate_key(2048, said)
