"""What the token endpoint answers, and id_tokens (OpenID Connect Core 1.0 section 2)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from idp.crypto.digests import base64url
from idp.oidc.claims.catalogue import ACTING_FOR
from idp.oidc.clients.credentials.sealing import sealed
from idp.oidc.clients.metadata import Client
from idp.oidc.details.assigning import Assigned
from idp.oidc.keys.algorithms import ALGORITHMS
from idp.oidc.keys.jwt import ID_TOKEN
from idp.oidc.provider import Provider
from idp.oidc.resources import audience
from idp.oidc.token import access_tokens
from idp.oidc.token.codes import Authorization
from idp.oidc.token.senders import BEARER, Sender


@dataclass(frozen=True, slots=True)
class Tokens:
    access_token: str
    id_token: str | None
    """None where there is no person."""
    token_id: str
    """`jti` of the access token."""
    expires_in: int
    """Seconds."""
    scope: str
    refresh_token: str | None = None
    token_type: str = BEARER
    issued_token_type: str | None = None
    """Of a token that was got in exchange (RFC 8693 section 2.2.1)."""
    authorization_details: Sequence[Mapping[str, Any]] = ()
    """Those that are assigned to the access token."""

    def to_json(self) -> dict[str, Any]:
        """RFC 6749 section 5.1, OpenID Connect Core 1.0 section 3.1.3.3."""
        document: dict[str, Any] = {
            "access_token": self.access_token,
            "token_type": self.token_type,
            "expires_in": self.expires_in,
        }
        if self.issued_token_type is not None:
            document["issued_token_type"] = self.issued_token_type
        if self.scope:
            document["scope"] = self.scope
        if self.id_token is not None:
            document["id_token"] = self.id_token
        if self.refresh_token is not None:
            document["refresh_token"] = self.refresh_token
        if self.authorization_details:
            # RFC 9396 section 7 (MUST)
            document["authorization_details"] = list(self.authorization_details)
        return document


def mint(
    provider: Provider,
    authorization: Authorization,
    grant_id: str,
    client: Client,
    sender: Sender,
    now: datetime,
    claims: Mapping[str, Any] | None = None,
    *,
    details: Assigned | None = None,
    acting: Mapping[str, Any] | None = None,
    acting_until: datetime | None = None,
    refresh_token: str | None = None,
) -> Tokens:
    """`claims`: of the person, for the id_token, where they were asked for there. `acting`: `acting_for`,
    which both tokens say; None: the person acts as themselves. `acting_until`: when their mandate ends,
    whether that is told or not. `refresh_token`: that goes with them.

    Raises KeysMissing, InvalidClientMetadata: there is no key to encrypt to.
    """
    issued_at = int(now.timestamp())
    scope = " ".join(authorization.scopes)
    carried = [] if details is None else details.to_json(acting)
    whom = {} if acting is None else {ACTING_FOR: acting}
    ends = ends_with(acting_until, issued_at, provider.protocol.access_token_seconds)
    said = {
        "sub": authorization.sub,
        "scope": scope,
        "auth_time": authorization.auth_time,
        "acr": authorization.acr,
        "amr": authorization.amr,
        "sid": authorization.sid,
        "grant": grant_id,
        "exp": ends,
        **whom,
        **access_tokens.who_may_act(client),
        **audience(authorization.resources),
        # RFC 9396 section 9.1: as far as they count where the token is for.
        **({"authorization_details": carried} if carried else {}),
    }
    access_token = access_tokens.write(provider, client, said, sender, now)
    algorithm = client.metadata.id_token_signed_response_alg
    id_token: dict[str, Any] = {
        **whom,
        **(claims or {}),
        "iss": provider.issuer,
        "aud": authorization.client_id,
        "exp": issued_at + provider.protocol.id_token_seconds,
        "iat": issued_at,
        "sub": authorization.sub,
        "auth_time": authorization.auth_time,
        "acr": authorization.acr,
        "amr": authorization.amr,
        "sid": authorization.sid,
        "at_hash": at_hash(access_token.text, algorithm),
    }
    if authorization.nonce is not None:
        id_token["nonce"] = authorization.nonce
    signer = provider.keys.current().signer(algorithm, now)
    if provider.twists is None:
        signed = signer.sign(id_token, typ=ID_TOKEN)
    else:
        signed = provider.twists.id_token(client.client_id, grant_id, signer, id_token)
    return Tokens(
        access_token=access_token.text,
        # OpenID Connect Core 1.0 section 2: signed, and then encrypted.
        id_token=sealed(provider.client_keys, client, signed, client.metadata.id_token_encryption),
        token_id=access_token.token_id,
        expires_in=ends - issued_at,
        scope=scope,
        refresh_token=refresh_token,
        token_type=sender.token_type,
        authorization_details=carried,
    )


def ends_with(until: datetime | None, issued_at: int, seconds: int) -> int:
    """When a token expires, in seconds since 1970: not after the mandate that somebody acts by, for there are
    resource servers that ask nobody. It lives a second at least."""
    ends = issued_at + seconds
    return ends if until is None else max(issued_at + 1, min(ends, int(until.timestamp())))


def at_hash(access_token: str, algorithm: str) -> str:
    """OpenID Connect Core 1.0 section 3.1.3.6: the left half of the digest that the id_token's
    algorithm uses."""
    whole = ALGORITHMS[algorithm].digest(access_token.encode("ascii"))
    return base64url(whole[: len(whole) // 2])
