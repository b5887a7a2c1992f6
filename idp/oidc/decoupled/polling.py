"""What both grants answer to a poll: wait, wait longer, too late, no; or tokens, once.

RFC 8628 section 3.5, CIBA Core 1.0 section 11: the errors are the same. Who is called back (CIBA ping)
comes here, too, to fetch.
"""

from datetime import datetime

from idp.audit.events.protocol import CodeReplayed
from idp.crypto.digests import digest
from idp.oidc import resources
from idp.oidc.claims.release import stands
from idp.oidc.clients.metadata import Client
from idp.oidc.decoupled import pace, waiting
from idp.oidc.decoupled.waiting import Status, WaitingRequest
from idp.oidc.details.assigning import assigned
from idp.oidc.errors import (
    AccessDenied,
    AuthorizationPending,
    ExpiredToken,
    InvalidGrant,
    SlowDown,
)
from idp.oidc.http import Request
from idp.oidc.provider import Provider
from idp.oidc.token import codes, issuing, live_grants
from idp.oidc.token.codes import Authorization
from idp.oidc.token.senders import Sender
from idp.oidc.token.tokens import Tokens


def grant(
    provider: Provider,
    request: Request,
    client: Client,
    sender: Sender,
    now: datetime,
    *,
    way: str,
    handle: str,
    grant_type: str,
) -> Tokens:
    """The tokens, bound to the key that this poll has shown, as those of any grant are.

    Raises AuthorizationPending, SlowDown, ExpiredToken, AccessDenied, InvalidGrant, InvalidTarget.
    """
    found = of_client(provider, request, client, now, way=way, handle=handle)
    if provider.twists is not None and (forced := provider.twists.polled(found.grant_id)) is not None:
        raise forced
    authorization = _approved(provider, found, now)
    # Looked at before it is taken: who names a wrong resource may ask again.
    narrowed = resources.narrowed(request.form, authorization.resources, provider.issuer)
    given = assigned(
        *(provider, client, request.form, authorization.details, narrowed),
        acts=authorization.mandate_id is not None,
    )
    if not waiting.take(provider.store, found):
        raise _replayed(provider, request, client, found.grant_id, now)
    _check_standing(provider, client, found, authorization, now)
    context = provider.context(request, now)
    return issuing.issue(
        provider,
        client,
        sender,
        authorization,
        found.grant_id,
        given.resources,
        grant_type=grant_type,
        context=context,
        details=given,
    )


def of_client(
    provider: Provider, request: Request, client: Client, now: datetime, *, way: str, handle: str
) -> WaitingRequest:
    """What the handle stands for. Raises InvalidGrant; one that was used before ends its grant."""
    found = waiting.find(provider.store, digest(handle))
    if found is None:
        raise _replayed(provider, request, client, codes.grant_id_of(provider.grant_key, handle), now)
    if (found.client_id, found.way) != (client.client_id, way):
        # RFC 8628 section 3.4, CIBA Core 1.0 section 11. It goes on for its own client, as a refresh token.
        raise _invalid("issued to another client, or for another grant")
    return found


def _approved(provider: Provider, found: WaitingRequest, now: datetime) -> Authorization:
    if found.status is Status.DENIED:
        raise AccessDenied("The person did not agree.", detail="denied")
    if found.expires_at <= now:
        raise ExpiredToken("Nobody answered in time, or the answer was not fetched.")
    if found.authorization is not None:
        # Whoever comes too early for it gets it nevertheless: there is nothing left to wait for.
        return found.authorization
    if not pace.is_kept(provider.store, found, now):
        raise SlowDown("Wait five seconds longer between two polls, from now on.")
    raise AuthorizationPending("The person has not answered yet.")


def _check_standing(
    provider: Provider, client: Client, found: WaitingRequest, authorization: Authorization, now: datetime
) -> None:
    """Minutes may lie between the answer and this: the person may have signed out, have taken something back,
    or be frozen. Raises InvalidGrant."""
    live, scopes = codes.live_grant_of(authorization), authorization.scopes
    if stands(provider.reads, live, client.client_id, now, scopes):
        return
    live_grants.end(provider.store, found.grant_id)
    raise _invalid("the session, the consent or the account has ended")


def _replayed(
    provider: Provider, request: Request, client: Client, grant_id: str, now: datetime
) -> InvalidGrant:
    """RFC 6749 section 4.1.2, as for a code: what the handle gave is ended, live or kept."""
    was_live = live_grants.end(provider.store, grant_id)
    if issuing.ends_offline(provider, grant_id, now) or was_live:
        provider.audit.append(CodeReplayed(client.client_id, grant_id), provider.context(request, now))
        return _invalid("replayed: its grant was ended")
    return _invalid("unknown, long expired or used")


def _invalid(detail: str) -> InvalidGrant:
    return InvalidGrant("What was asked for is not known, or not for this client.", detail=detail)
