"""Signed tree heads: what the log was at a moment, in one line of JSON.

The line is canonical: sorted names, no spaces, ASCII. The signature (ES256, RFC 7518 section 3.4) is over the
same line without its `signature`; `previous` is the SHA-256 of the line before, signature included.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDSA,
    SECP256R1,
    EllipticCurvePrivateKey,
    EllipticCurvePublicKey,
    EllipticCurvePublicNumbers,
)
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from idp.audit.fields import canonical_json
from idp.crypto.digests import base64url, digest, from_base64url

VERSION = 1
MEMBERS = frozenset({"version", "log", "size", "root", "at", "previous", "kept_from", "kid", "signature"})
MOMENT = "%Y-%m-%dT%H:%M:%SZ"
DATE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
COORDINATE_BYTES = 32
LONGEST_LINE = 2048

Jwk = Mapping[str, Any]


class HeadWrong(ValueError):
    """Not a head, or signed by nobody whom we know."""


@dataclass(frozen=True, slots=True)
class Head:
    log: str
    """The issuer: a head of another provider's log proves nothing of this one's."""
    size: int
    root: bytes
    at: datetime
    previous: str | None
    kept_from: int
    """Rows of lower positions may have been dropped because of their age."""
    kid: str
    signature: bytes = b""

    @property
    def line(self) -> str:
        return canonical_json({**self._members(), "signature": base64url(self.signature)})

    @property
    def digest(self) -> str:
        return digest(self.line)

    def signed_by(self, key: EllipticCurvePrivateKey) -> "Head":
        r, s = decode_dss_signature(key.sign(self._signed(), ECDSA(SHA256())))
        return replace(self, signature=b"".join(part.to_bytes(COORDINATE_BYTES, "big") for part in (r, s)))

    def check(self, keys: Mapping[str, Jwk]) -> None:
        """`keys`: public ones by kid. Raises HeadWrong."""
        jwk = keys.get(self.kid)
        if jwk is None:
            raise HeadWrong("signed by a key that is not among these")
        r, s = (int.from_bytes(part, "big") for part in (self.signature[:32], self.signature[32:]))
        try:
            _public(jwk, self.kid).verify(encode_dss_signature(r, s), self._signed(), ECDSA(SHA256()))
        except InvalidSignature:
            raise HeadWrong("the signature is not of its key") from None

    def _members(self) -> dict[str, Any]:
        return {
            "version": VERSION,
            "log": self.log,
            "size": self.size,
            "root": base64url(self.root),
            "at": f"{self.at.astimezone(UTC):{MOMENT}}",
            "previous": self.previous,
            "kept_from": self.kept_from,
            "kid": self.kid,
        }

    def _signed(self) -> bytes:
        return canonical_json(self._members()).encode("ascii")


def read(line: str) -> Head:
    """Raises HeadWrong for anything but the one way to write a head."""
    try:
        given = json.loads(line) if len(line) <= LONGEST_LINE else None
        if not isinstance(given, dict) or given.keys() != MEMBERS or given["version"] != VERSION:
            raise HeadWrong("not a head")
        texts = (given["log"], given["kid"], given["previous"] or "")
        if not all(isinstance(one, str) for one in texts):
            raise HeadWrong("not a head")
        if DATE.fullmatch(given["at"]) is None:
            raise HeadWrong("not a moment")
        found = Head(
            log=given["log"],
            size=int(given["size"]),
            root=from_base64url(given["root"]),
            at=datetime.strptime(given["at"], MOMENT).replace(tzinfo=UTC),
            previous=given["previous"],
            kept_from=int(given["kept_from"]),
            kid=given["kid"],
            signature=from_base64url(given["signature"]),
        )
        is_same = found.line == line and len(found.signature) == 2 * COORDINATE_BYTES
    except (ValueError, TypeError, AttributeError, OverflowError, RecursionError):
        raise HeadWrong("not a head") from None
    if not is_same:
        raise HeadWrong("not the one way to write this head")
    return found


def thumbprint(jwk: Jwk) -> str:
    """RFC 7638 section 3, of an EC key."""
    return digest(canonical_json({name: jwk[name] for name in ("crv", "kty", "x", "y")}))


def public_jwk(key: EllipticCurvePublicKey) -> dict[str, Any]:
    """RFC 7518 section 6.2.1."""
    numbers = key.public_numbers()
    x, y = (base64url(part.to_bytes(COORDINATE_BYTES, "big")) for part in (numbers.x, numbers.y))
    jwk = {"kty": "EC", "crv": "P-256", "x": x, "y": y}
    return {**jwk, "kid": thumbprint(jwk), "use": "sig", "alg": "ES256"}


def _public(jwk: Jwk, kid: str) -> EllipticCurvePublicKey:
    """Its name is its thumbprint: no other key can be put in its place. Raises HeadWrong."""
    try:
        if thumbprint(jwk) != kid or jwk["crv"] != "P-256":
            raise HeadWrong("a key that is not what its name says")
        x, y = (int.from_bytes(from_base64url(jwk[name]), "big") for name in ("x", "y"))
        return EllipticCurvePublicNumbers(x, y, SECP256R1()).public_key()
    except (KeyError, TypeError, ValueError, AttributeError):
        raise HeadWrong("not a public key") from None
