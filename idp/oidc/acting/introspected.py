"""For whom a person acts, as a server hears of it that asks about a token (RFC 7662 section 2.2)."""

from datetime import datetime
from typing import Any

from idp.audit.events.protocol import ClaimsReleased
from idp.mandates import standing as mandates
from idp.oidc.acting.claim import PAIRWISE, SaysMore
from idp.oidc.acting.recipients import afresh, again, with_code_and_name
from idp.oidc.claims.catalogue import ACTING_FOR
from idp.oidc.clients.fields.scope import ORGANISATION
from idp.oidc.clients.metadata import Client
from idp.oidc.details.assigning import matters_granted
from idp.oidc.errors import InvalidGrant
from idp.oidc.http import Request
from idp.oidc.provider import Provider
from idp.oidc.token.exchange.standing import may_know_sub, scopes_of
from idp.oidc.token.offline_grants import Standing
from idp.oidc.token.recognised import AccessToken


class NotForThem(Exception):
    """The token opens nothing for who asks: it says more than stands, or they accept nobody in that role."""


def introspected(
    provider: Provider,
    request: Request,
    client: Client,
    found: AccessToken,
    acting: mandates.Standing | None,
    now: datetime,
) -> dict[str, Any]:
    """The claim by its name, or nothing where the person acts as themselves. Raises NotForThem.

    Code and name go to who may ask for them and by a token that was given with them: that is an event.
    """
    first = provider.clients.find(found.granted_to)
    if acting is None:
        if ACTING_FOR in found.claims or not client.metadata.accepts(None):
            raise NotForThem
        return {}
    if not client.metadata.accepts(acting.role) or first is None or not first.metadata.accepts(acting.role):
        raise NotForThem
    try:
        claim = again(found.claims.get(ACTING_FOR, {}))(acting)
    except SaysMore:
        raise NotForThem from None
    if not may_know_sub(provider, client, found):
        # It is in the terms of the server that the token is for.
        return {ACTING_FOR: {name: value for name, value in claim.items() if name not in PAIRWISE}}
    if ORGANISATION not in client.metadata.scopes or ORGANISATION not in scopes_of(found.claims):
        return {ACTING_FOR: claim}
    full = with_code_and_name(provider, acting, claim)
    if full is not claim:
        event = ClaimsReleased(
            *(client.client_id, found.grant.person_id, (ORGANISATION,), client.metadata.purpose_code),
            through="introspection",
            mandate_id=acting.mandate_id,
        )
        provider.audit.append(event, provider.context(request, now))
    return {ACTING_FOR: full}


def of_grant(provider: Provider, client: Client, grant: Standing) -> dict[str, Any]:
    """The same of a refresh token, which is its client's alone. Raises NotForThem."""
    role = None if grant.acting is None else grant.acting.role
    if not client.metadata.accepts(role):
        raise NotForThem
    if grant.acting is None:
        return {}
    try:
        matters = matters_granted(provider, client, grant.details)
        return {ACTING_FOR: afresh(provider, client, matters)(grant.acting)}
    except (SaysMore, InvalidGrant):
        raise NotForThem from None
