"""Tokens for a sign-in, whatever grant they come by: a code, a device, a request by the back channel."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from idp import session_clients, sessions
from idp.audit import log as audit
from idp.audit.context import AuditContext
from idp.audit.events.protocol import TokenIssued
from idp.mandates.standing import Standing
from idp.oidc.acting import wearing
from idp.oidc.acting.recipients import afresh, check_servers
from idp.oidc.backchannel import known
from idp.oidc.claims import kept
from idp.oidc.claims.proved import Recipient
from idp.oidc.claims.release import NoLongerStands, Released, release, stands
from idp.oidc.clients.fields.exchange import JWT_BEARER
from idp.oidc.clients.fields.scope import OFFLINE_ACCESS
from idp.oidc.clients.metadata import Client
from idp.oidc.details.assigning import Assigned
from idp.oidc.errors import InvalidGrant
from idp.oidc.provider import Provider
from idp.oidc.token import codes, live_grants, offline_beginnings, offline_grants, refresh_tokens, tokens
from idp.oidc.token.codes import Authorization
from idp.oidc.token.refresh_tokens import RefreshToken
from idp.oidc.token.senders import Sender
from idp.oidc.token.tokens import Tokens

SESSION_ENDED = "its session has ended"


def issue(
    provider: Provider,
    client: Client,
    sender: Sender,
    authorization: Authorization,
    grant_id: str,
    resources: tuple[str, ...],
    *,
    grant_type: str,
    context: AuditContext,
    details: Assigned | None = None,
    in_id_token: Mapping[str, Any] | None = None,
) -> Tokens:
    """`resources`: of those of the authorization, where this access token is to be used. `details`: what it
    carries of the authorization details. `in_id_token`: what it says beside, of how it was asked for.

    The caller has taken what stood for the authorization, and the live grant is there. Its event is durable
    before the tokens leave. Raises InvalidGrant.
    """
    now = context.at
    if client.has_ended(authorization.issued_at):
        raise InvalidGrant("What was granted has ended.", detail="everything of the client's was ended")
    matters = () if details is None else details.matters
    released = _released(provider, client, authorization, matters, now)
    acting = None if released is None else released.acting
    if matters or acting is not None:
        _check_acting(provider, client, authorization, acting)
    check_servers(provider, resources, acting)
    first = None
    if OFFLINE_ACCESS in authorization.scopes:
        first = refresh_tokens.write(provider.grant_key, RefreshToken(grant_id, 0))
    minted = tokens.mint(
        provider,
        replace(authorization, resources=resources)
        if resources != authorization.resources
        else authorization,
        grant_id,
        client,
        sender,
        now,
        {**({} if released is None else released.claims), **(in_id_token or {})},
        details=details,
        acting=None if acting is None else afresh(provider, client, matters)(acting),
        acting_until=None if acting is None else acting.expires_at,
        refresh_token=first,
    )
    if released is not None and released.event is not None:
        provider.audit.append(released.event, context)
    if _names_people(client):
        _know(provider, client, authorization)
    event = _told(client, authorization, grant_type, grant_id, minted, details)
    if first is None:
        # By the statement that writes the event: of who ends the session and who redeems at the same moment,
        # the end wins.
        if provider.audit.append_while(event, context, sessions.living(authorization.session_id)):
            return minted
        live_grants.end(provider.store, grant_id)
        raise InvalidGrant("What was granted has ended.", detail=SESSION_ENDED)
    # RFC 9449 section 5, RFC 8705 section 4: a confidential client is bound by its own keys already.
    bound_to = sender.confirmation if client.metadata.is_public else {}
    _keep_offline(provider, authorization, grant_id, bound_to, event, context)
    return minted


def _check_acting(
    provider: Provider, client: Client, authorization: Authorization, acting: Standing | None
) -> None:
    """Raises InvalidGrant."""
    if acting is None:
        # What is for a mandate is for nobody who has none.
        raise InvalidGrant("What was granted has ended.", detail="it was for who acts for somebody else")
    if session_clients.has_ended(provider.reads, authorization.session_id, client.client_id):
        # Its mandate was narrowed, or its organisation closed for a time: the client has been told that it is
        # over, and would not hear of the next end.
        raise InvalidGrant("What was granted has ended.", detail="the sign-in has ended meanwhile")


def _told(
    client: Client,
    authorization: Authorization,
    grant_type: str,
    grant_id: str,
    minted: Tokens,
    details: Assigned | None,
) -> TokenIssued:
    return TokenIssued(
        client_id=client.client_id,
        person_id=authorization.person_id,
        grant_type=grant_type,
        scopes=authorization.scopes,
        grant_id=grant_id,
        token_id=minted.token_id,
        particulars=() if details is None else details.types,
        particular_digests=() if details is None else details.digests,
    )


def _keep_offline(
    provider: Provider,
    authorization: Authorization,
    grant_id: str,
    bound_to: Mapping[str, str],
    event: TokenIssued,
    context: AuditContext,
) -> None:
    """The row of a grant with offline access, with the event. Raises InvalidGrant: replayed meanwhile, or its
    mandate has ended."""
    now, idle = context.at, timedelta(days=provider.protocol.refresh_token_idle_days)
    if authorization.mandate_id is None:
        row = offline_beginnings.row(grant_id, authorization, bound_to, now, idle=idle)
        audit.record_with(provider.engine, offline_beginnings.NEW, row, event, context=context)
    else:
        with provider.sessions.begin() as session:
            if not wearing.hold(session, authorization.mandate_id):
                raise InvalidGrant("What was granted has ended.", detail="its mandate has ended")
            offline_beginnings.start(session, grant_id, authorization, bound_to, now, idle=idle)
            audit.record(session, event, context=context)
    live, seconds = codes.live_grant_of(authorization), provider.protocol.access_token_seconds
    if not live_grants.go_offline(provider.store, grant_id, live, seconds=seconds):
        # What stood for it came a second time while this was going on, and ended all that was there to end.
        ends_offline(provider, grant_id, now)
        raise InvalidGrant("What was granted has ended.", detail="replayed while it was redeemed")


def _names_people(client: Client) -> bool:
    """By the `sub` that it gets: in requests by the back channel, and in what others say of them."""
    metadata = client.metadata
    return metadata.backchannel_token_delivery_mode is not None or JWT_BEARER in metadata.grant_types


def _know(provider: Provider, client: Client, authorization: Authorization) -> None:
    """From now on this client may name the person."""
    who = provider.grant_key, client.client_id, authorization.sub
    with provider.reads.connect() as connection:
        if known.is_noted(connection, *who):
            return
    with provider.sessions.begin() as session:
        known.note(session, *who, authorization.person_id)


def tell_while_it_stands(
    provider: Provider, grant_id: str, event: TokenIssued, context: AuditContext
) -> None:
    """The event of tokens that were made for a grant with a row: durable, or they are not given out.

    Who ends a grant deletes its row first and then what is live of it. This is the other way round: what is
    live has been put, and then the row is looked for, by the statement that writes the event. So of two at
    the same moment the end wins. Raises InvalidGrant.
    """
    if provider.audit.append_while(event, context, offline_grants.living(grant_id)):
        return
    live_grants.end(provider.store, grant_id)
    raise InvalidGrant("What was granted has ended.", detail="meanwhile")


def ends_offline(provider: Provider, grant_id: str, now: datetime) -> bool:
    """End a grant that has a row; False when there is none.

    Looked at first: whoever sends rubbish must not make us write.
    """
    if not offline_grants.exists(provider.reads, grant_id, now):
        return False
    with provider.sessions.begin() as session:
        ended = offline_grants.end(session, grant_id)
    # After the row: a refresh that had still seen it made a new key, and may not have looked again yet.
    live_grants.end(provider.store, grant_id)
    return ended


def _released(
    provider: Provider,
    client: Client,
    authorization: Authorization,
    matters: tuple[str, ...],
    now: datetime,
) -> Released | None:
    """What the id_token says of the person, where the request asked for it there, and for whom they act.

    Raises InvalidGrant.
    """
    asked = kept.unseal(provider.cipher, client.client_id, authorization.claims).id_token
    if not asked and authorization.mandate_id is None:
        if client.metadata.is_told_of_logouts or OFFLINE_ACCESS in authorization.scopes:
            # Who was told that the session is over must not sign in by it after; and nothing that outlives
            # sessions begins in one that has ended.
            _check_session(provider, client, authorization, now)
        return None
    to = Recipient(
        client=client,
        person_id=authorization.person_id,
        consent_id=authorization.consent_id,
        session_id=authorization.session_id,
        sub=authorization.sub,
        nonce=authorization.nonce,
        scopes=authorization.scopes,
        mandate_id=authorization.mandate_id,
    )
    try:
        return release(
            *(provider, to, asked, now),
            by_scope=False,
            through="id_token",
            tell=afresh(provider, client, matters),
        )
    except NoLongerStands as ended:
        raise InvalidGrant("What was granted has ended.", detail=str(ended)) from None


def _check_session(provider: Provider, client: Client, authorization: Authorization, now: datetime) -> None:
    """Raises InvalidGrant."""
    if not stands(provider.reads, codes.live_grant_of(authorization), client.client_id, now):
        raise InvalidGrant("What was granted has ended.", detail=SESSION_ENDED)
