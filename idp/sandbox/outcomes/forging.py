"""Tokens that are not right: by the sandbox's key with wrong claims, or not by it at all.

A value that is wrong is nobody's: `NOBODY` has characters that no client_id has, and no name below `.invalid`
can be anybody's (RFC 2606 section 2). So what is signed says something of an app's own sign-in to this
app alone, or nothing to anybody.
"""

import hmac
import json
from collections.abc import Callable, Mapping
from functools import lru_cache
from hashlib import sha256
from typing import Any, Final

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from idp.crypto.digests import base64url, from_base64url
from idp.oidc.keys.algorithms import ALGORITHMS
from idp.oidc.keys.jwt import Signer

OTHER_ISSUER: Final = "https://somebody-else.invalid"
NOBODY: Final = "https://nobody.invalid/"
Claims = Mapping[str, Any]
Sign = Callable[[Signer, Claims, str], str]
"""Of a key, claims and a `typ`."""


def honest(signer: Signer, claims: Claims, typ: str) -> str:
    return signer.sign(claims, typ=typ)


def bad_signature(signer: Signer, claims: Claims, typ: str) -> str:
    text, _, signature = signer.sign(claims, typ=typ).rpartition(".")
    broken = bytearray(from_base64url(signature))
    broken[len(broken) // 2] ^= 1
    return f"{text}.{base64url(bytes(broken))}"


def other_key(signer: Signer, claims: Claims, typ: str) -> str:
    """By a key that nobody published, under the `kid` of one that is."""
    private = _unpublished(signer.algorithm)
    return Signer(signer.kid, signer.algorithm, private, signer.types).sign(claims, typ=typ)


def alg_none(_signer: Signer, claims: Claims, typ: str) -> str:
    """RFC 7518 section 3.6."""
    return f"{_text({'alg': 'none', 'typ': typ}, claims)}."


def hs256(signer: Signer, claims: Claims, typ: str) -> str:
    """What passes where the token says which algorithm it is: the public key, in PEM, taken for a secret."""
    pem = signer.public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return _with_a_mac(signer, claims, typ, pem)


def mac(signer: Signer, claims: Claims, typ: str, secret: str) -> str:
    """HS256 as Core 1.0 section 10.1 has it: by the client's secret. Nobody here may register that."""
    return _with_a_mac(signer, claims, typ, secret.encode())


def _with_a_mac(signer: Signer, claims: Claims, typ: str, key: bytes) -> str:
    text = _text({"alg": "HS256", "typ": typ, "kid": signer.kid}, claims)
    return f"{text}.{base64url(hmac.new(key, text.encode('ascii'), sha256).digest())}"


def _text(header: Claims, claims: Claims) -> str:
    return ".".join(base64url(json.dumps(part, separators=(",", ":")).encode()) for part in (header, claims))


@lru_cache(len(ALGORITHMS))
def _unpublished(algorithm: str) -> Any:
    return ALGORITHMS[algorithm].generate()
