"""Whether an exchanged token still stands: on the grant of the first client, and on the person's consent with
whom it is shown to."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, bindparam, select

from idp.oidc import sharing
from idp.oidc.claims import release
from idp.oidc.claims.release import Ground
from idp.oidc.clients.metadata import Client
from idp.oidc.provider import Provider
from idp.oidc.resources import serves
from idp.oidc.sharing import Consent
from idp.oidc.token.recognised import AccessToken, OfClient
from idp.storage.base import UtcDateTime
from idp.storage.prepared import Prepared

CONSENT = "consent"
"""The claim that names the consent with the server of the resource, where that is in another sector."""
AGREED_SCOPES = Prepared(
    select(Consent.scopes).where(
        Consent.id == bindparam("consent"), Consent.expires_at > bindparam("now", type_=UtcDateTime())
    )
)


def stands(where: Connection | Engine, found: AccessToken, now: datetime, *, in_part: bool = False) -> bool:
    """Of any access token of a person, exchanged or not. One that says more than the person allows by now
    opens nothing, at a resource server as at userinfo.

    `in_part`: it is to be exchanged for one that says no more than that.
    """
    return ground(where, found, now, in_part=in_part) is not None


def ground(
    where: Connection | Engine, found: AccessToken, now: datetime, *, in_part: bool = False
) -> Ground | None:
    """What it stands on, as `stands` asks."""
    scopes = scopes_of(found.claims)
    if not found.is_exchanged:
        left = () if in_part else scopes
        return release.ground(where, found.grant, found.client_id, now, left)
    standing = release.ground(where, found.grant, found.granted_to, now, scopes)
    if standing is None or not _is_agreed(where, found.claims.get(CONSENT), scopes, now):
        return None
    return standing


def may_know_sub(provider: Provider, client: Client, found: AccessToken | OfClient) -> bool:
    """The `sub` of an exchanged token is the one at its server, which nobody else is told
    (OpenID Connect Core 1.0 section 8.1), not even who got the token."""
    is_exchanged = isinstance(found, AccessToken) and found.is_exchanged
    return not is_exchanged or serves(provider, client, found.claims)


def agreed_scopes(connection: Connection, found: AccessToken) -> frozenset[str]:
    """What the person allows the first client now."""
    agreed = sharing.agreed(connection, found.grant.person_id, found.granted_to)
    return frozenset() if agreed is None else agreed.scopes


def scopes_of(claims: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(claims.get("scope", "").split())


def _is_agreed(
    where: Connection | Engine, consent_id: str | None, scopes: tuple[str, ...], now: datetime
) -> bool:
    if consent_id is None:
        return True
    agreed = AGREED_SCOPES.one(where, {"consent": consent_id, "now": now})
    return agreed is not None and set(scopes) <= set(agreed.scopes)
