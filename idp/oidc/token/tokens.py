"""Access tokens (RFC 9068) and id_tokens (OpenID Connect Core 1.0 section 2)."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from idp.crypto.digests import base64url, new_secret
from idp.oidc.clients.metadata import Client
from idp.oidc.keys.algorithms import ALGORITHMS
from idp.oidc.keys.jwt import ACCESS_TOKEN, ID_TOKEN
from idp.oidc.keys.ring import Ring
from idp.oidc.token.codes import Authorization
from idp.settings import Protocol

ACCESS_TOKEN_ALGORITHM = "ES256"  # noqa: S105
TOKEN_ID_BYTES = 16


@dataclass(frozen=True, slots=True)
class Tokens:
    access_token: str
    id_token: str
    token_id: str
    """`jti` of the access token."""
    expires_in: int
    """Seconds."""
    scope: str
    refresh_token: str | None = None

    def with_refresh_token(self, text: str) -> "Tokens":
        return replace(self, refresh_token=text)

    def to_json(self) -> dict[str, Any]:
        """RFC 6749 section 5.1, OpenID Connect Core 1.0 section 3.1.3.3."""
        document: dict[str, Any] = {
            "access_token": self.access_token,
            "token_type": "Bearer",
            "expires_in": self.expires_in,
            "scope": self.scope,
            "id_token": self.id_token,
        }
        return document if self.refresh_token is None else document | {"refresh_token": self.refresh_token}


def mint(
    ring: Ring,
    issuer: str,
    authorization: Authorization,
    grant_id: str,
    client: Client,
    protocol: Protocol,
    now: datetime,
    claims: Mapping[str, Any] | None = None,
) -> Tokens:
    """`claims`: of the person, for the id_token, where they were asked for there. Raises KeysMissing."""
    issued_at = int(now.timestamp())
    token_id = new_secret(TOKEN_ID_BYTES)
    scope = " ".join(authorization.scopes)
    # RFC 9068 section 2.2. `aud`: the provider itself, whose userinfo is all that it opens (section 3).
    access_token = ring.signer(ACCESS_TOKEN_ALGORITHM, now).sign(
        {
            "iss": issuer,
            "aud": issuer,
            "exp": issued_at + protocol.access_token_seconds,
            "iat": issued_at,
            "jti": token_id,
            "sub": authorization.sub,
            "client_id": authorization.client_id,
            "scope": scope,
            "auth_time": authorization.auth_time,
            "acr": authorization.acr,
            "amr": authorization.amr,
            "sid": authorization.sid,
            "grant": grant_id,
        },
        typ=ACCESS_TOKEN,
    )
    algorithm = client.metadata.id_token_signed_response_alg
    id_token: dict[str, Any] = {
        **(claims or {}),
        "iss": issuer,
        "aud": authorization.client_id,
        "exp": issued_at + protocol.id_token_seconds,
        "iat": issued_at,
        "sub": authorization.sub,
        "auth_time": authorization.auth_time,
        "acr": authorization.acr,
        "amr": authorization.amr,
        "sid": authorization.sid,
        "at_hash": at_hash(access_token, algorithm),
    }
    if authorization.nonce is not None:
        id_token["nonce"] = authorization.nonce
    return Tokens(
        access_token=access_token,
        id_token=ring.signer(algorithm, now).sign(id_token, typ=ID_TOKEN),
        token_id=token_id,
        expires_in=protocol.access_token_seconds,
        scope=scope,
    )


def at_hash(access_token: str, algorithm: str) -> str:
    """OpenID Connect Core 1.0 section 3.1.3.6: the left half of the digest that the id_token's
    algorithm uses."""
    whole = ALGORITHMS[algorithm].digest(access_token.encode("ascii"))
    return base64url(whole[: len(whole) // 2])
