"""Compact JWTs signed and checked with our own keys, put together straight over pyca/cryptography.

Only headers that we wrote ourselves count: a token is ours when its header is one of these, byte for
byte. So `none`, a foreign `kid`, a `jwk` or `jku` in the header, and a
mixed-up algorithm (RFC 8725 section 3.1) cannot even be asked for.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.serialization import load_der_private_key

from idp.crypto.digests import base64url, from_base64url
from idp.oidc.facts import Fact
from idp.oidc.keys.algorithms import ALGORITHMS

PrivateKey = Any
"""Of the class that its algorithm names."""
ID_TOKEN, ACCESS_TOKEN = "JWT", "at+jwt"
"""`typ` values: RFC 7519 section 5.1, RFC 9068 section 2.1."""
RECEIPT = "liveness-receipt+jwt"
"""Explicit typing (RFC 8725 section 3.11). No token's key signs it, nor the next."""
GOING_LIVE = "going-live+jwt"
"""What a sandbox says of an app, for production: by the keys of receipts, which open nothing."""
AUTHORIZATION_RESPONSE = "oauth-authz-resp+jwt"
LOGOUT_TOKEN = "logout+jwt"  # noqa: S105 - a type, no token
"""OpenID Connect Back-Channel Logout 1.0 section 2.4."""
INTROSPECTION = "token-introspection+jwt"
"""RFC 9701 section 5."""
USERINFO = ""
"""No `typ`: libraries refuse one that they do not know, and that of an id_token would let it pass for one."""
TYPES = (ID_TOKEN, ACCESS_TOKEN, AUTHORIZATION_RESPONSE, LOGOUT_TOKEN, INTROSPECTION, USERINFO)

COMPACT = json.JSONEncoder(separators=(",", ":"))
REMEMBERED_AT_MOST = 8192


class NotOurToken(Exception):
    """Not a token that one of these keys signed. What it says is unknown."""

    def __init__(self, text: str, fact: Fact | None = None, client_id: str | None = None) -> None:
        """`fact`: for the developer's doctor; `client_id`: whose it was, where that is known."""
        super().__init__(text)
        self.fact = fact
        self.client_id = client_id


@dataclass(frozen=True, slots=True, repr=False)
class Signer:
    """One private key, loaded once, with the headers that its tokens begin with."""

    kid: str
    algorithm: str
    private: PrivateKey
    types: tuple[str, ...] = TYPES
    public: Any = field(init=False)
    headers: Mapping[str, str] = field(init=False)
    """`typ` -> the header's segment."""
    verified: set[bytes] = field(init=False, default_factory=set)
    """Digests of tokens that this key was found to have signed: a resource asks about one token often, and
    checking a signature costs more than all else. They go with the key, and say nothing of what has ended."""

    def __post_init__(self) -> None:
        headers = {
            typ: _segment({"alg": self.algorithm, **({"typ": typ} if typ else {}), "kid": self.kid})
            for typ in self.types
        }
        object.__setattr__(self, "headers", headers)
        object.__setattr__(self, "public", self.private.public_key())

    @classmethod
    def load(cls, kid: str, algorithm: str, der: bytes, types: tuple[str, ...] = TYPES) -> "Signer":
        # We made it, and it was sealed: to look anew whether an RSA key's numbers are primes takes 40 ms.
        private = load_der_private_key(der, password=None, unsafe_skip_rsa_key_validation=True)
        if not isinstance(private, ALGORITHMS[algorithm].private):
            raise TypeError(f"signing key {kid} is not of the kind that {algorithm} uses")
        return cls(kid, algorithm, private, types)

    def sign(self, claims: Mapping[str, Any], *, typ: str) -> str:
        text = f"{self.headers[typ]}.{_segment(claims)}"
        return f"{text}.{base64url(ALGORITHMS[self.algorithm].sign(self.private, text.encode('ascii')))}"


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
        whole = sha256(token.encode("ascii")).digest()
        if whole not in signer.verified:
            verify = ALGORITHMS[signer.algorithm].verify
            verify(signer.public, from_base64url(signature), f"{header}.{payload}".encode("ascii"))
            if len(signer.verified) >= REMEMBERED_AT_MOST:
                signer.verified.clear()
            signer.verified.add(whole)
        claims = json.loads(from_base64url(payload))
    except (InvalidSignature, ValueError):
        raise NotOurToken("signature") from None
    if not isinstance(claims, dict):
        raise NotOurToken("claims")
    return claims


def _segment(value: Mapping[str, Any]) -> str:
    return base64url(COMPACT.encode(value).encode())
