"""What a client does that signs: keys of its own, assertions with whatever claims a test wants."""

from collections.abc import Callable
from datetime import datetime
from itertools import count
from typing import Any

from joserfc import jws
from joserfc.jwk import ECKey, Key, OKPKey, RSAKey

from idp.crypto.digests import base64url
from idp.oidc.clients.metadata import Client, read

ISSUER = "https://id.example"
NUMBERS = count()
MAKERS: dict[str, Callable[[], Key]] = {
    "ES256": lambda: ECKey.generate_key("P-256"),
    "PS256": lambda: RSAKey.generate_key(2048),
    "RS256": lambda: RSAKey.generate_key(2048),
    "EdDSA": lambda: OKPKey.generate_key("Ed25519"),
}


def new_key(algorithm: str = "ES256", **fields: str) -> Key:
    key = MAKERS[algorithm]()
    return type(key).import_key({**key.as_dict(private=True), "kid": key.thumbprint(), **fields})


def jwks_of(*keys: Key) -> dict[str, Any]:
    return {"keys": [key.as_dict(private=False) for key in keys]}


def signing_client(client_id: str = "bank", *keys: Key, **fields: Any) -> Client:
    given = {} if "jwks_uri" in fields else {"jwks": jwks_of(*keys)}
    metadata = read(
        {
            "client_id": client_id,
            "sector": "bank.example",
            "client_name": "Bank",
            "redirect_uris": ["https://bank.example/callback"],
            "token_endpoint_auth_method": "private_key_jwt",
            "id_token_signed_response_alg": "ES256",
            **given,
            **fields,
        }
    )
    return Client(metadata, (), True)


def claims_of(client_id: str, now: datetime, **changes: Any) -> dict[str, Any]:
    """Those of a fair assertion; None takes a claim away."""
    claims: dict[str, Any] = {
        "iss": client_id,
        "sub": client_id,
        "aud": ISSUER,
        "jti": f"assertion-{next(NUMBERS)}",
        "iat": int(now.timestamp()),
        "exp": int(now.timestamp()) + 60,
    }
    return {name: value for name, value in {**claims, **changes}.items() if value is not None}


def signed(key: Key, claims: dict[str, Any], *, algorithm: str = "ES256", **header: Any) -> str:
    import json

    named = {"alg": algorithm, "kid": key.kid, **header}
    protected = {name: value for name, value in named.items() if value is not None}
    registry = jws.JWSRegistry(algorithms=[algorithm], strict_check_header=False)
    return jws.serialize_compact(protected, json.dumps(claims).encode(), key, registry=registry)


def mac_signed(secret: bytes, claims: dict[str, Any], **header: Any) -> str:
    """By hand: libraries refuse to make what an attacker makes."""
    import hmac
    import json

    parts = ({"alg": "HS256", **header}, claims)
    text = ".".join(base64url(json.dumps(part).encode()) for part in parts)
    return f"{text}.{base64url(hmac.digest(secret, text.encode(), 'sha256'))}"
