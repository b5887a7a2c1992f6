"""What this client signs itself: assertions that it is who it is, proofs that a key is its own."""

import secrets
from collections.abc import Callable, Mapping
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, JWKRegistry, OKPKey, RSAKey

ASSERTION_SECONDS = 60
OF_CURVE = {"P-256": "ES256", "P-384": "ES384", "P-521": "ES512", "Ed25519": "EdDSA"}
PrivateKey = ECKey | RSAKey | OKPKey


def private_key(jwk: Mapping[str, Any]) -> PrivateKey:
    """Raises ValueError, without a word of the key."""
    if jwk.get("kty") not in ("EC", "RSA", "OKP"):
        raise ValueError("the key is not one of a pair: kty is EC, RSA or OKP")
    try:
        key = JWKRegistry.import_key(dict(jwk))
    except (JoseError, ValueError, TypeError, KeyError):
        raise ValueError("the private key is not a JWK (RFC 7517)") from None
    if not isinstance(key, ECKey | RSAKey | OKPKey) or not key.is_private:
        raise ValueError("the key is not a private one")
    algorithm_of(key)
    return key


def algorithm_of(key: PrivateKey) -> str:
    """What the JWK itself says (`alg`), or what goes with its curve; PS256 for RSA. Raises ValueError."""
    told = key.as_dict(private=False)
    if isinstance(told.get("alg"), str):
        return str(told["alg"])
    if isinstance(key, RSAKey):
        return "PS256"
    try:
        return OF_CURVE[str(told["crv"])]
    except KeyError:
        raise ValueError("nothing can be signed on the key's curve") from None


def signed(key: PrivateKey, claims: Mapping[str, Any], **header: Any) -> str:
    algorithm = algorithm_of(key)
    return jwt.encode({"alg": algorithm, **header}, dict(claims), key, algorithms=[algorithm])


def client_assertion(key: PrivateKey, client_id: str, issuer: str, clock: Callable[[], float]) -> str:
    """RFC 7523 section 3. For the issuer and nothing else: what another one is sent is of no use to it."""
    now = int(clock())
    claims = {
        "iss": client_id,
        "sub": client_id,
        "aud": issuer,
        "jti": secrets.token_urlsafe(),
        "iat": now,
        "exp": now + ASSERTION_SECONDS,
    }
    return signed(key, claims, **({"kid": key.kid} if key.kid else {}))
