"""Access tokens: JWTs (RFC 9068), and how one that comes back is read.

A token of a person names its grant, one ephemeral key that ends all tokens of it at once. A token
that stands for a client alone has no grant: nothing is kept when it is issued, and when it is revoked
its `jti` is, until it would have expired.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from idp.crypto.digests import new_secret
from idp.oidc.keys.jwt import ACCESS_TOKEN, NotOurToken
from idp.oidc.provider import Provider

ALGORITHM = "ES256"
TOKEN_ID_BYTES = 16


@dataclass(frozen=True, slots=True, repr=False)
class Written:
    text: str
    token_id: str
    """`jti`."""


def write(provider: Provider, client_id: str, said: Mapping[str, Any], now: datetime) -> Written:
    """`said`: what the token says besides who wrote it, when, and for whom. Raises KeysMissing."""
    issued_at = int(now.timestamp())
    token_id = new_secret(TOKEN_ID_BYTES)
    # RFC 9068 section 2.2. `aud`: the provider itself, whose userinfo is all that it opens (section 3).
    claims = {
        "iss": provider.issuer,
        "aud": provider.issuer,
        "exp": issued_at + provider.protocol.access_token_seconds,
        "iat": issued_at,
        "jti": token_id,
        "client_id": client_id,
        **said,
    }
    text = provider.keys.current().signer(ALGORITHM, now).sign(claims, typ=ACCESS_TOKEN)
    return Written(text, token_id)


def read(provider: Provider, text: str, now: datetime) -> dict[str, Any]:
    """What one of ours says that has not expired. Whether it still stands is the caller's to ask.

    Raises NotOurToken.
    """
    claims = provider.keys.current().read(text, typ=ACCESS_TOKEN)
    if claims["exp"] <= now.timestamp():
        raise NotOurToken("expired")
    return claims


def revoke(provider: Provider, claims: Mapping[str, Any], now: datetime) -> None:
    """End a token that has no grant."""
    seconds = max(1, int(claims["exp"] - now.timestamp()) + 1)
    provider.store.put(_revoked(claims), b"", seconds=seconds)


def is_revoked(provider: Provider, claims: Mapping[str, Any]) -> bool:
    return provider.store.get(_revoked(claims)) is not None


def _revoked(claims: Mapping[str, Any]) -> str:
    return f"revoked:{claims['jti']}"
