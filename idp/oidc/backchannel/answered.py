"""What follows when a person has answered: the client is told, or gets its tokens, as it is registered."""

from datetime import datetime, timedelta
from typing import Any

from idp.audit.context import AuditContext
from idp.oidc.backchannel import notices
from idp.oidc.backchannel.notices import Callback, Notice
from idp.oidc.clients.fields.backchannel import CIBA
from idp.oidc.clients.fields.scope import OFFLINE_ACCESS
from idp.oidc.clients.metadata import Client
from idp.oidc.decoupled import waiting
from idp.oidc.decoupled.waiting import WaitingRequest
from idp.oidc.details.assigning import assigned
from idp.oidc.errors import InvalidGrant, ProtocolError
from idp.oidc.http import Parameters
from idp.oidc.provider import Provider
from idp.oidc.token import issuing, live_grants, refresh_tokens
from idp.oidc.token.codes import Authorization
from idp.oidc.token.refresh_tokens import RefreshToken
from idp.oidc.token.senders import UNBOUND
from idp.oidc.token.tokens import at_hash
from idp.storage import outbox

AUTH_REQ_ID = "urn:openid:params:jwt:claim:auth_req_id"
RT_HASH = "urn:openid:params:jwt:claim:rt_hash"


def approved(
    provider: Provider,
    client: Client,
    asked: WaitingRequest,
    authorization: Authorization,
    context: AuditContext,
) -> None:
    callback = notices.callback_of(provider, asked)
    if callback is None:
        return  # it polls
    if client.metadata.backchannel_token_delivery_mode == notices.PUSH:
        notice = _pushed(provider, client, asked, callback, authorization, context)
    else:
        notice = notices.ping(asked, callback)
    _enqueue(provider, callback, notice, context.at)


def denied(provider: Provider, client: Client, asked: WaitingRequest, now: datetime) -> None:
    callback = notices.callback_of(provider, asked)
    if callback is None:
        return
    if client.metadata.backchannel_token_delivery_mode == notices.PUSH:
        until = now + notices.TOLD_OF_FAILURE_FOR
        notice = notices.failed(asked, callback, "access_denied", until)
    else:
        notice = notices.ping(asked, callback)
    _enqueue(provider, callback, notice, now)


def _pushed(
    provider: Provider,
    client: Client,
    asked: WaitingRequest,
    callback: Callback,
    authorization: Authorization,
    context: AuditContext,
) -> Notice:
    now = context.at
    try:
        if not waiting.take(provider.store, asked):
            raise InvalidGrant("What was asked for is not known any more.")
        # Nobody polls, so nobody narrows: all of it (RFC 9396 section 7).
        given = assigned(
            *(provider, client, Parameters(), authorization.details, authorization.resources),
            acts=authorization.mandate_id is not None,
        )
        minted = issuing.issue(
            provider,
            client,
            UNBOUND,
            authorization,
            asked.grant_id,
            given.resources,
            grant_type=CIBA,
            context=context,
            details=given,
            in_id_token=_of_this_request(provider, client, asked, callback, authorization),
        )
    except ProtocolError:
        live_grants.end(provider.store, asked.grant_id)
        return notices.failed(asked, callback, notices.FAILED, now + notices.TOLD_OF_FAILURE_FOR)
    until = now + timedelta(seconds=minted.expires_in)
    return notices.pushed(asked, callback, minted.to_json(), until, authorization)


def _of_this_request(
    provider: Provider,
    client: Client,
    asked: WaitingRequest,
    callback: Callback,
    authorization: Authorization,
) -> dict[str, Any]:
    """Section 10.3.1: what binds the id_token to the request, and the refresh token to the id_token."""
    said = {AUTH_REQ_ID: callback.auth_req_id}
    if OFFLINE_ACCESS in authorization.scopes:
        first = refresh_tokens.write(provider.grant_key, RefreshToken(asked.grant_id, 0))
        said[RT_HASH] = at_hash(first, client.metadata.id_token_signed_response_alg)
    return said


def _enqueue(provider: Provider, callback: Callback, notice: Notice, now: datetime) -> None:
    with provider.sessions.begin() as session:
        notices.enqueue(session, provider.cipher, notice, now)
        if callback.expiring is not None:
            outbox.withdraw(session, callback.expiring)
