"""A token that somebody hands in, without saying what it is: ours or not, and what it stands for.

`token_type_hint` is not needed (RFC 7009 section 2.1): the two kinds cannot be taken for one another.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from idp.oidc.keys.jwt import NotOurToken
from idp.oidc.provider import Provider
from idp.oidc.token import access_tokens, live_grants, offline_grants, refresh_tokens
from idp.oidc.token.live_grants import LiveGrant
from idp.oidc.token.offline_grants import Standing
from idp.oidc.token.refresh_tokens import RefreshToken

GRANTED_TO = "granted_to"
"""The claim of an exchanged token that names the client to which the person gave the grant. Such a token is
always opaque, so nobody reads it."""
THROUGH = "through"
"""Its claim of who exchanged before: `client_id` -> `jti` of what that got."""


@dataclass(frozen=True, slots=True)
class AccessToken:
    grant_id: str
    client_id: str
    """To which it was issued."""
    claims: dict[str, Any]
    grant: LiveGrant

    @property
    def is_exchanged(self) -> bool:
        return GRANTED_TO in self.claims

    @property
    def granted_to(self) -> str:
        """The client to which the person gave the grant."""
        first: str = self.claims.get(GRANTED_TO, self.client_id)
        return first


@dataclass(frozen=True, slots=True)
class OfClient:
    """An access token that stands for a client alone."""

    client_id: str
    claims: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Offline:
    """A refresh token whose grant stands."""

    grant_id: str
    client_id: str
    token: RefreshToken
    grant: Standing


Recognised = AccessToken | OfClient | Offline


def recognise(provider: Provider, text: str, now: datetime) -> Recognised | None:
    """None for whatever opens nothing (any more)."""
    token = refresh_tokens.read(provider.grant_key, text)
    if token is not None:
        found = offline_grants.find(provider.reads, token.grant_id, now)
        if found is None or _has_ended_at(provider, found):
            return None
        return Offline(found.id, found.client_id, token, found)
    try:
        claims = access_tokens.read(provider, text, now)
    except NotOurToken:
        return None
    client = provider.clients.find(claims["client_id"])
    if client is None or client.has_ended(claims["iat"]):
        return None
    if "grant" not in claims:
        is_over = access_tokens.is_revoked(provider, claims)
        return None if is_over else OfClient(claims["client_id"], claims)
    grant = live_grants.find(provider.store, claims["grant"])
    if grant is None:
        return None
    recognised = AccessToken(claims["grant"], claims["client_id"], claims, grant)
    is_over = recognised.is_exchanged and not _exchange_stands(provider, recognised)
    return None if is_over else recognised


def _has_ended_at(provider: Provider, found: Standing) -> bool:
    client = provider.clients.known(found.client_id)
    return client is not None and client.has_ended(found.used_at.timestamp())


def _exchange_stands(provider: Provider, found: AccessToken) -> bool:
    """It ends with its grant; with every client through whose hands it came; and when one of them gives back
    what it was got for, or itself."""
    before: dict[str, str] = found.claims[THROUGH]
    for client_id in (found.granted_to, *before):
        client = provider.clients.find(client_id)
        if client is None or client.has_ended(found.claims["iat"]):
            return False
    tokens = (found.claims, *({"jti": token_id} for token_id in before.values()))
    return not any(access_tokens.is_revoked(provider, claims) for claims in tokens)
