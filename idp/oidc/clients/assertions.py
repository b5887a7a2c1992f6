"""Client assertions (RFC 7521, RFC 7523): a client proves who it is by a JWT that it signed itself."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from idp.crypto.digests import digest, from_base64url
from idp.oidc import jose
from idp.oidc.clients.jwks import ClientKeys
from idp.oidc.clients.metadata import Client
from idp.oidc.errors import InvalidClient
from idp.oidc.jose import TokenRefused
from idp.storage.ephemeral import EphemeralStore

TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
SECONDS_AT_MOST = 3600
"""From now until `exp`, for its jti is kept that long. An hour is what Authlib and others take unasked."""
CLOCK_SKEW_SECONDS = 10
"""FAPI 2.0 section 5.3.2.1: `iat` and `nbf` may lie so far ahead of our clock."""
JTI_CHARACTERS_AT_MOST = 256


class Assertions:
    """Checks assertions, each once."""

    def __init__(self, issuer: str, keys: ClientKeys, store: EphemeralStore) -> None:
        self._issuer = issuer
        self._keys = keys
        self._store = store

    def check(self, client: Client, assertion: str, *, endpoint: str, now: datetime) -> None:
        """`endpoint`: the address that was asked. Raises InvalidClient."""
        try:
            token = jose.verified(
                assertion,
                lambda kid, algorithm: self._keys.find(client, kid, algorithm),
                client.metadata.assertion_algorithms,
            )
            ends = _checked(token.claims, client, self._audiences(client, endpoint), now)
        except TokenRefused as refused:
            raise _failed(str(refused)) from None
        # Taken last: an assertion that fails a check has not been used.
        jti = digest(f"{client.client_id} {token.claims['jti']}")
        seconds = int(ends - now.timestamp()) + CLOCK_SKEW_SECONDS
        if not self._store.add_once(f"assertion:{jti}", b"", seconds=seconds):
            raise _failed("the assertion was used before")

    def _audiences(self, client: Client, endpoint: str) -> Collection[str]:
        if client.metadata.rules.audience_is_the_issuer:
            return (self._issuer,)
        return (self._issuer, f"{self._issuer}/oauth2/token", endpoint)


def subject_of(assertion: str) -> str | None:
    """Who an assertion says that it comes from, unproved: where to look for the keys."""
    try:
        jose.header_of(assertion)
        claims = jose.strict_object(from_base64url(assertion.split(".")[1]))
    except (TokenRefused, ValueError):
        return None
    subject = claims.get("sub")
    return subject if isinstance(subject, str) else None


def _checked(
    claims: dict[str, Any], client: Client, audiences: Collection[str], now: datetime
) -> int | float:
    """When the assertion ends. Raises TokenRefused."""
    # RFC 7523 section 3 (1, 2): both are the client's id.
    if claims.get("iss") != client.client_id or claims.get("sub") != client.client_id:
        raise TokenRefused("iss and sub must be the client_id")
    named = claims.get("aud")
    named = [named] if isinstance(named, str) else named
    # Every audience must be ours: one that is meant for another server too could be replayed by it.
    if not isinstance(named, list) or not named or not all(one in audiences for one in named):
        raise TokenRefused("aud must be this server")
    if client.metadata.rules.audience_is_the_issuer and not isinstance(claims["aud"], str):
        raise TokenRefused("aud must be one text, not a list")
    jti = claims.get("jti")
    if not isinstance(jti, str) or not 0 < len(jti) <= JTI_CHARACTERS_AT_MOST:
        raise TokenRefused("jti is missing or too long")
    return _dated(claims, now.timestamp())


def _dated(claims: dict[str, Any], now: float) -> int | float:
    for name in ("exp", "iat", "nbf"):
        value = claims.get(name, 0)
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise TokenRefused(f"{name} is no date")
    ends: int | float = claims.get("exp", 0)  # an int of any size compares; as a float it overflows
    if ends <= now:
        raise TokenRefused("exp is missing or past")
    if ends > now + SECONDS_AT_MOST + CLOCK_SKEW_SECONDS:
        raise TokenRefused(f"exp is more than {SECONDS_AT_MOST} seconds away")
    if max(claims.get("iat", 0), claims.get("nbf", 0)) > now + CLOCK_SKEW_SECONDS:
        raise TokenRefused("iat or nbf lies in the future")
    return ends


def _failed(detail: str) -> InvalidClient:
    return InvalidClient("Client authentication failed.", detail=f"client_assertion: {detail}")
