"""grant_type=authorization_code (RFC 6749 section 4.1.3)."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from idp.audit import log as audit
from idp.audit.context import AuditContext
from idp.audit.events import CodeReplayed, TokenIssued
from idp.oidc import resources
from idp.oidc.claims import kept
from idp.oidc.claims.proved import Recipient
from idp.oidc.claims.release import NoLongerStands, Released, release, stands
from idp.oidc.clients.metadata import OFFLINE_ACCESS, Client
from idp.oidc.errors import InvalidGrant, InvalidRequest, InvalidTarget
from idp.oidc.http import Request
from idp.oidc.provider import Provider
from idp.oidc.token import codes, live_grants, offline_grants, refresh_tokens, tokens
from idp.oidc.token.codes import Authorization, Presented, Spent
from idp.oidc.token.refresh_tokens import RefreshToken
from idp.oidc.token.senders import Sender
from idp.oidc.token.tokens import Tokens

GRANT_TYPE = "authorization_code"


def grant(provider: Provider, request: Request, client: Client, sender: Sender, now: datetime) -> Tokens:
    """Raises InvalidRequest, InvalidGrant. The event is durable before the tokens leave."""
    form = request.form
    code = form.get("code")
    if code is None:
        raise InvalidRequest("code is missing.")
    presented = Presented(client.client_id, form.get("redirect_uri"), form.get("code_verifier"), sender.jkt)
    context = provider.context(request, now)
    try:
        authorization, grant_id = codes.redeem(provider.store, provider.grant_key, code, presented)
    except Spent as spent:
        # Both, whatever came of the first: RFC 9700 section 4.5.
        ended_offline = _ends_offline(provider, spent.grant_id, now)
        if spent.was_live or ended_offline:
            provider.audit.append(CodeReplayed(client.client_id, spent.grant_id), context)
        raise
    try:
        narrowed = resources.narrowed(form, authorization.resources, provider.issuer)
    except InvalidTarget:
        live_grants.end(provider.store, grant_id)
        raise
    released = _released(provider, client, authorization, now)
    minted = tokens.mint(
        provider,
        replace(authorization, resources=narrowed) if narrowed != authorization.resources else authorization,
        grant_id,
        client,
        sender,
        now,
        None if released is None else released.claims,
    )
    if released is not None and released.event is not None:
        provider.audit.append(released.event, context)
    event = TokenIssued(
        client_id=client.client_id,
        person_id=authorization.person_id,
        grant_type=GRANT_TYPE,
        scopes=authorization.scopes,
        grant_id=grant_id,
        token_id=minted.token_id,
    )
    if OFFLINE_ACCESS not in authorization.scopes:
        provider.audit.append(event, context)
        return minted
    # RFC 9449 section 5, RFC 8705 section 4: a confidential client is bound by its own keys already.
    bound_to = sender.confirmation if client.metadata.is_public else {}
    _keep_offline(provider, authorization, grant_id, bound_to, event, context, now)
    first = refresh_tokens.write(provider.grant_key, RefreshToken(grant_id, 0))
    return minted.with_refresh_token(first)


def _keep_offline(
    provider: Provider,
    authorization: Authorization,
    grant_id: str,
    bound_to: Mapping[str, str],
    event: TokenIssued,
    context: AuditContext,
    now: datetime,
) -> None:
    """The row of a grant with offline access, with the event. Raises InvalidGrant: replayed meanwhile."""
    with provider.sessions.begin() as session:
        idle = timedelta(days=provider.protocol.refresh_token_idle_days)
        offline_grants.start(session, grant_id, authorization, bound_to, now, idle=idle)
        audit.record(session, event, context=context)
    live, seconds = codes.live_grant_of(authorization), provider.protocol.access_token_seconds
    if not live_grants.go_offline(provider.store, grant_id, live, seconds=seconds):
        # The code came a second time while this was going on, and ended all that was there to end.
        _ends_offline(provider, grant_id, now)
        raise InvalidGrant("The code is not valid.", detail="replayed while it was redeemed")


def _ends_offline(provider: Provider, grant_id: str, now: datetime) -> bool:
    """Looked at first: whoever sends rubbish must not make us write."""
    with provider.reads.connect() as connection:
        if not offline_grants.exists(connection, grant_id, now):
            return False
    with provider.sessions.begin() as session:
        ended = offline_grants.end(session, grant_id)
    # After the row: a refresh that had still seen it made a new key, and may not have looked again yet.
    live_grants.end(provider.store, grant_id)
    return ended


def _released(
    provider: Provider, client: Client, authorization: Authorization, now: datetime
) -> Released | None:
    """What the id_token says of the person, where the request asked for it there. Raises InvalidGrant."""
    asked = kept.unseal(provider.cipher, client.client_id, authorization.claims).id_token
    if not asked:
        if client.metadata.is_told_of_logouts:
            _session_stands(provider, client, authorization, now)
        return None
    to = Recipient(
        client=client,
        person_id=authorization.person_id,
        consent_id=authorization.consent_id,
        session_id=authorization.session_id,
        sub=authorization.sub,
        nonce=authorization.nonce,
        scopes=authorization.scopes,
    )
    try:
        with provider.reads.connect() as connection:
            return release(connection, provider, to, asked, now, by_scope=False, through="id_token")
    except NoLongerStands as ended:
        raise InvalidGrant("The code is not valid.", detail=str(ended)) from None


def _session_stands(provider: Provider, client: Client, authorization: Authorization, now: datetime) -> None:
    """Raises InvalidGrant. A client that was told that the session is over must not sign in by it after."""
    with provider.reads.connect() as connection:
        if not stands(connection, codes.live_grant_of(authorization), client.client_id, now):
            raise InvalidGrant("The code is not valid.", detail="its session has ended")
