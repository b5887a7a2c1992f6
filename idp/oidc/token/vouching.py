"""Assertions of another issuer about a person (RFC 7521, RFC 7523 section 3): signed by whom the operator
trusts, about somebody whom the client knows, for this client, now, and once.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from idp.crypto.digests import digest
from idp.oidc.clients.credentials.assertions import CLOCK_SKEW_SECONDS, JTI_CHARACTERS_AT_MOST, dated
from idp.oidc.clients.fields.key import ASSERTION_ALGORITHMS
from idp.oidc.clients.metadata import Client
from idp.oidc.errors import InvalidGrant
from idp.oidc.jose import jws
from idp.oidc.jose.jws import TokenRefused, Unproved
from idp.oidc.provider import Provider
from idp.settings import AssertionIssuer

TYPES = frozenset({None, "jwt"})
"""RFC 8725 section 3.12: no other kind of token of the same issuer is an assertion."""
SUB_CHARACTERS_AT_MOST = 255


@dataclass(frozen=True, slots=True, repr=False)
class Vouched:
    """What an assertion says that stood every check."""

    by: str
    """The issuer's name in the settings."""
    sub: str
    """Who, as the client knows them."""
    scopes: frozenset[str]
    """What may be given on the issuer's word, at most."""
    key: str
    """Of its `jti`."""
    ends: int | float


def vouched(provider: Provider, client: Client, assertion: str, now: datetime) -> Vouched:
    """RFC 7521 section 4.1.1: whatever is wrong with it is `invalid_grant`. Raises InvalidGrant."""
    try:
        read = jws.unproved(assertion)
        name, trusted = _issuer_of(provider, read)
        token = jws.verified(
            read,
            lambda kid, algorithm: provider.issuer_keys.find_at(trusted.jwks_uri, kid, algorithm),
            ASSERTION_ALGORITHMS,
        )
        if jws.type_of(token.header) not in TYPES:
            raise TokenRefused("typ is that of another kind of token")
        return _checked(provider, client, name, trusted, token.claims, now)
    except TokenRefused as refused:
        raise _invalid(str(refused)) from None


def use_up(provider: Provider, said: Vouched, now: datetime) -> None:
    """RFC 7523 section 3 (7): once. Raises InvalidGrant."""
    seconds = int(said.ends - now.timestamp()) + CLOCK_SKEW_SECONDS
    if not provider.store.add_once(said.key, b"", seconds=seconds):
        raise _invalid("used before")


def _issuer_of(provider: Provider, assertion: Unproved) -> tuple[str, AssertionIssuer]:
    """Whose keys to ask. Raises TokenRefused."""
    named = assertion.claims.get("iss")
    for name, trusted in provider.protocol.assertion_issuers.items():
        # RFC 7523 section 3 (1): compared as strings.
        if named == trusted.issuer:
            return name, trusted
    raise TokenRefused("of an issuer that is not trusted here")


def _checked(
    provider: Provider,
    client: Client,
    name: str,
    trusted: AssertionIssuer,
    claims: dict[str, Any],
    now: datetime,
) -> Vouched:
    """Raises TokenRefused."""
    if client.client_id not in trusted.clients:
        raise TokenRefused("its issuer may not vouch for this client")
    # Section 3 (2)
    sub = claims.get("sub")
    if not isinstance(sub, str) or not 0 < len(sub) <= SUB_CHARACTERS_AT_MOST:
        raise TokenRefused("sub is missing or too long")
    # Of our own (section 3 (8)): two clients of one site know a person by the same sub.
    if claims.get("client_id") != client.client_id:
        raise TokenRefused("client_id must be the client that presents it")
    _check_audience(claims.get("aud"), _audiences(provider, client))
    jti = claims.get("jti")
    if not isinstance(jti, str) or not 0 < len(jti) <= JTI_CHARACTERS_AT_MOST:
        raise TokenRefused("jti is missing or too long")
    # Section 3 (4 to 6)
    ends = dated(claims, now.timestamp(), seconds_at_most=provider.protocol.assertion_seconds_at_most)
    key = f"vouched:{digest(f'{name} {jti}')}"
    return Vouched(name, sub, frozenset(trusted.scope.split()), key, ends)


def _audiences(provider: Provider, client: Client) -> Collection[str]:
    if client.metadata.rules.audience_is_the_issuer:
        return (provider.issuer,)
    return (provider.issuer, f"{provider.issuer}/oauth2/token")


def _check_audience(named: Any, ours: Collection[str]) -> None:
    """Section 3 (3). One, and us: what is meant for another server too could be replayed by it.

    Raises TokenRefused.
    """
    named = named[0] if isinstance(named, list) and len(named) == 1 else named
    if not isinstance(named, str) or named not in ours:
        raise TokenRefused("aud must be this server, and no other")


def _invalid(detail: str) -> InvalidGrant:
    return InvalidGrant("The assertion is not valid.", detail=detail)
