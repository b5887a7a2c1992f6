"""Client assertions (RFC 7521, RFC 7523): a client proves who it is by a JWT that it made itself.

Signed with a key of its own (`private_key_jwt`), or with a MAC by its secret (`client_secret_jwt`): two ways
that have no algorithm in common (OpenID Connect Core 1.0 section 9).
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from idp.crypto.digests import digest
from idp.oidc.clients.credentials.jwks import ClientKeys
from idp.oidc.clients.fields.key import CLIENT_SECRET_JWT, PRIVATE_KEY_JWT
from idp.oidc.clients.metadata import Client
from idp.oidc.errors import InvalidClient
from idp.oidc.facts import Differs, Fact, Late, Misshapen, Skewed
from idp.oidc.inspection.redaction import address
from idp.oidc.jose import jws
from idp.oidc.jose.jws import MAC_ALGORITHMS, Token, TokenRefused, Unproved
from idp.storage.ephemeral import EphemeralStore

TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
SECONDS_AT_MOST = 3600
"""From now until `exp`, for its jti is kept that long. An hour is what Authlib and others take unasked."""
CLOCK_SKEW_SECONDS = 10
"""FAPI 2.0 section 5.3.2.1: `iat` and `nbf` may lie so far ahead of our clock."""
JTI_CHARACTERS_AT_MOST = 256
EXPLICIT = "client-authentication+jwt"
"""draft-ietf-oauth-rfc7523bis section 4: who says that it is nothing else also says whom alone it is for."""
TYPES = frozenset({None, "jwt", EXPLICIT})
"""RFC 8725 section 3.12: neither a request object nor a DPoP proof is an assertion."""


class Assertions:
    """Checks assertions, each once."""

    def __init__(
        self, issuer: str, keys: ClientKeys, store: EphemeralStore, *, mtls_origin: str = ""
    ) -> None:
        """`mtls_origin`: where our endpoints have a second address (RFC 8705 section 5)."""
        self._issuer = issuer
        self._origins = (issuer, *((mtls_origin,) if mtls_origin else ()))
        self._keys = keys
        self._store = store

    def check(
        self, client: Client, assertion: Unproved, secrets: Sequence[bytes], *, endpoint: str, now: datetime
    ) -> int | None:
        """`secrets`: of a client with `client_secret_jwt`; `endpoint`: the address that was asked.

        Returns which of the secrets it was. Raises InvalidClient.
        """
        try:
            token, number = self._verified(client, assertion, secrets)
            ends = _checked(token, client, self._audiences(token, client, endpoint), now)
        except TokenRefused as refused:
            raise _failed(str(refused), refused.fact) from None
        # Taken last: an assertion that fails a check has not been used.
        jti = digest(f"{client.client_id} {token.claims['jti']}")
        seconds = int(ends - now.timestamp()) + CLOCK_SKEW_SECONDS
        if not self._store.add_once(f"assertion:{jti}", b"", seconds=seconds):
            raise _failed("the assertion was used before", Differs("jti", "", ()))
        return number

    def _verified(
        self, client: Client, assertion: Unproved, secrets: Sequence[bytes]
    ) -> tuple[Token, int | None]:
        """By the method that the client registered, whatever the assertion says. Raises TokenRefused."""
        if client.metadata.secret_is_known:
            return _authenticated(assertion, secrets)
        token = jws.verified(
            assertion,
            lambda kid, algorithm: self._keys.find(client, kid, algorithm),
            client.metadata.assertion_algorithms,
        )
        return token, None

    def _audiences(self, token: Token, client: Client, endpoint: str) -> Collection[str]:
        if client.metadata.rules.audience_is_the_issuer or jws.type_of(token.header) == EXPLICIT:
            return (self._issuer,)
        # RFC 7523 section 3 (3), RFC 9126 section 2: the token endpoint and the one that is asked, too.
        paths = ("/oauth2/token", endpoint.removeprefix(self._issuer))
        return (self._issuer, *(origin + path for origin in self._origins for path in paths))


def _authenticated(assertion: Unproved, secrets: Sequence[bytes]) -> tuple[Token, int]:
    """By each of the secrets in turn: the assertion does not say which. Raises TokenRefused."""
    refused = TokenRefused("the client has no secret that is good now")
    for number, secret in enumerate(secrets):
        try:
            return jws.authenticated(assertion, secret), number
        except TokenRefused as problem:
            refused = problem
    raise refused


def said_by(assertion: Unproved) -> tuple[str | None, str]:
    """Who an assertion says that it comes from, and by which method: where to look for the keys."""
    subject = assertion.claims.get("sub")
    method = CLIENT_SECRET_JWT if assertion.header.get("alg") in MAC_ALGORITHMS else PRIVATE_KEY_JWT
    return (subject if isinstance(subject, str) else None), method


def _checked(token: Token, client: Client, audiences: Collection[str], now: datetime) -> int | float:
    """When the assertion ends. Raises TokenRefused."""
    claims = token.claims
    if jws.type_of(token.header) not in TYPES:
        raise TokenRefused("typ is that of another kind of token")
    # RFC 7523 section 3 (1, 2): both are the client's id.
    if claims.get("iss") != client.client_id or claims.get("sub") != client.client_id:
        raise TokenRefused("iss and sub must be the client_id", Differs("iss", "", (client.client_id,)))
    named = claims.get("aud")
    named = [named] if isinstance(named, str) else named
    # Every audience must be ours: one that is meant for another server too could be replayed by it.
    if not isinstance(named, list) or not named or not all(one in audiences for one in named):
        raise TokenRefused("aud must be this server", other_audience(named, audiences))
    # draft-ietf-oauth-rfc7523bis section 4: the issuer as the sole value; a list of one is as good.
    if len(audiences) == 1 and len(named) != 1:
        raise TokenRefused("aud must be one value", other_audience(named, audiences))
    # FAPI 2.0 Security Profile section 5.3.2.1: as a text.
    if client.metadata.rules.audience_is_text and not isinstance(claims["aud"], str):
        raise TokenRefused("aud must be one text, not a list", other_audience(named, audiences))
    jti = claims.get("jti")
    if not isinstance(jti, str) or not 0 < len(jti) <= JTI_CHARACTERS_AT_MOST:
        raise TokenRefused("jti is missing or too long")
    return dated(claims, now.timestamp())


def dated(claims: Mapping[str, Any], now: float, *, seconds_at_most: int = SECONDS_AT_MOST) -> int | float:
    """When the assertion ends (RFC 7523 section 3 (4 to 6)). Raises TokenRefused."""
    for name in ("exp", "iat", "nbf"):
        value = claims.get(name, 0)
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise TokenRefused(f"{name} is no date")
    ends: int | float = claims.get("exp", 0)  # an int of any size compares; as a float it overflows
    if ends <= now:
        raise TokenRefused("exp is missing or past", past(claims, now))
    if ends > now + seconds_at_most + CLOCK_SKEW_SECONDS:
        too_far = Skewed("exp", whole(ends) - whole(now), seconds_at_most)
        raise TokenRefused(f"exp is more than {seconds_at_most} seconds away", too_far)
    begins = max(claims.get("iat", 0), claims.get("nbf", 0))
    if begins > now + CLOCK_SKEW_SECONDS:
        ahead = Skewed("iat", whole(begins) - whole(now), CLOCK_SKEW_SECONDS)
        raise TokenRefused("iat or nbf lies in the future", ahead)
    return ends


def past(claims: Mapping[str, Any], now: float) -> Fact:
    """Of a JWT that has ended, or that does not say when it does."""
    ends = claims.get("exp")
    if not isinstance(ends, int | float):
        return Misshapen("exp", "missing")
    begun = claims.get("iat", ends)
    lifetime = whole(ends) - whole(begun) if isinstance(begun, int | float) else 0
    return Late("exp", whole(now) - whole(ends), lifetime)


def other_audience(named: object, expected: Collection[str]) -> Differs:
    given = named if isinstance(named, list) else [] if named is None else [named]
    return Differs("aud", " ".join(address(str(one)) for one in given[:3]), tuple(expected))


def whole(seconds: int | float) -> int:
    """JSON has numbers of any size."""
    return int(max(-(10**10), min(seconds, 10**10)))


def _failed(detail: str, fact: Fact | None = None) -> InvalidClient:
    return InvalidClient("Client authentication failed.", detail=f"client_assertion: {detail}", fact=fact)
