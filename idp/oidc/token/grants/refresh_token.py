"""grant_type=refresh_token (RFC 6749 section 6)."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from idp.audit import log as audit
from idp.audit.events.protocol import ClaimsReleased, GrantEnded, TokenIssued
from idp.oidc import resources
from idp.oidc.acting.claim import SaysMore
from idp.oidc.acting.recipients import afresh, check_servers
from idp.oidc.clients.metadata import Client
from idp.oidc.details.assigning import Assigned, assigned
from idp.oidc.errors import InvalidGrant, InvalidRequest, InvalidScope
from idp.oidc.http import Request
from idp.oidc.provider import Provider
from idp.oidc.subjects import sid_of, sub_of
from idp.oidc.token import issuing, live_grants, offline_grants, refresh_tokens, rotation, tokens
from idp.oidc.token.codes import Authorization
from idp.oidc.token.live_grants import LiveGrant
from idp.oidc.token.offline_grants import Standing
from idp.oidc.token.refresh_tokens import RefreshToken
from idp.oidc.token.rotation import Reused
from idp.oidc.token.senders import Sender, check_bound
from idp.oidc.token.tokens import Tokens

GRANT_TYPE = "refresh_token"


def grant(provider: Provider, request: Request, client: Client, sender: Sender, now: datetime) -> Tokens:
    """Raises InvalidRequest, InvalidGrant, InvalidScope, InvalidTarget. The event is durable before the
    tokens leave."""
    text = request.form.get("refresh_token")
    if text is None:
        raise InvalidRequest("refresh_token is missing.")
    token = refresh_tokens.read(provider.grant_key, text)
    if token is None:
        raise _invalid("not one of ours")
    found = offline_grants.find(provider.reads, token.grant_id, now)
    if found is None:
        raise _invalid("the grant, the consent, the account or the mandate has ended")
    if found.client_id != client.client_id:
        # RFC 6749 section 6: bound to the client. Not ended, or a stranger could end it.
        raise _invalid("issued to another client")
    if client.has_ended(found.used_at.timestamp()):
        # Its row is deleted in its turn, which may take a while where there are many.
        raise _invalid("everything of the client's was ended")
    check_bound(found.confirmation, sender, "refresh token")
    granted = found.covered(client.metadata.scopes)
    if not granted:
        raise _invalid("offline access was taken back")
    scopes = _narrowed(request, granted)
    named = resources.narrowed(request.form, found.resources, provider.issuer)
    # RFC 9396 section 6: fewer for this token; the grant keeps them all.
    given = assigned(
        *(provider, client, request.form, found.details, named),
        acts=found.mandate_id is not None,
        is_refresh=True,
    )
    acting = _acting(provider, client, found, given)
    live = LiveGrant(found.person_id, found.consent_id, None, found.claims, mandate_id=found.mandate_id)
    live_grants.keep(provider.store, found.id, live, seconds=provider.protocol.access_token_seconds)
    successor = _used(provider, request, client, token, found, now)
    authorization = _authorization(provider, client, found, scopes, given.resources)
    minted = tokens.mint(
        *(provider, authorization, found.id, client, sender, now),
        details=given,
        acting=acting,
        acting_until=None if found.acting is None else found.acting.expires_at,
        # A confidential client keeps the text that it sent.
        refresh_token=text if successor == token else refresh_tokens.write(provider.grant_key, successor),
    )
    event = TokenIssued(
        *(client.client_id, found.person_id, GRANT_TYPE, scopes, found.id, minted.token_id),
        particulars=given.types,
        particular_digests=given.digests,
    )
    context = provider.context(request, now)
    issuing.tell_while_it_stands(provider, found.id, event, context)
    if acting is not None:
        released = ClaimsReleased(
            *(client.client_id, found.person_id, (), client.metadata.purpose_code),
            through="id_token",
            mandate_id=found.mandate_id,
        )
        provider.audit.append(released, context)
    return minted


def _used(
    provider: Provider, request: Request, client: Client, token: RefreshToken, found: Standing, now: datetime
) -> RefreshToken:
    """The refresh token to go on with. Raises InvalidGrant; a reused one ends its grant."""
    idle = timedelta(days=provider.protocol.refresh_token_idle_days)
    try:
        if client.metadata.is_public:
            with provider.sessions.begin() as session:
                return rotation.successor(session, found, token, now, idle=idle)
        if token.generation != found.generation:
            raise Reused
    except Reused:
        # RFC 9700 section 4.14.2: who of the two is the thief cannot be told, so neither goes on.
        with provider.sessions.begin() as session:
            offline_grants.end(session, found.id)
            event = GrantEnded(client.client_id, found.id, "refresh-token-reused", found.person_id)
            audit.record(session, event, context=provider.context(request, now))
        live_grants.end(provider.store, found.id)
        raise _invalid("used before: its grant was ended") from None
    if not offline_grants.is_touched(found, now):
        with provider.sessions.begin() as session:
            offline_grants.touched(session, found, now, idle=idle)
    return token


def _acting(provider: Provider, client: Client, found: Standing, given: Assigned) -> Mapping[str, Any] | None:
    """For whom the person acts, in the client's terms. Raises InvalidGrant, InvalidTarget."""
    if not client.metadata.accepts(None if found.acting is None else found.acting.role):
        raise _invalid("the client does not accept who acts in that role any more")
    check_servers(provider, given.resources, found.acting)
    if found.acting is None:
        if given.matters:
            raise _invalid("it was for who acts for somebody else")
        return None
    try:
        return afresh(provider, client, given.matters)(found.acting)
    except SaysMore:
        raise _invalid("the mandate covers less than was granted") from None


def _narrowed(request: Request, granted: tuple[str, ...]) -> tuple[str, ...]:
    """RFC 6749 section 6: the scopes of the grant, or fewer."""
    asked = (request.form.get("scope") or "").split()
    if not set(asked) <= set(granted):
        raise InvalidScope("The scope goes beyond what was granted.")
    return tuple(scope for scope in granted if not asked or scope in asked)


def _authorization(
    provider: Provider, client: Client, found: Standing, scopes: tuple[str, ...], named: tuple[str, ...]
) -> Authorization:
    """What the sign-in said, without what only the first id_token may repeat."""
    return Authorization(
        client_id=client.client_id,
        redirect_uri="",
        code_challenge=None,
        nonce=None,
        scopes=scopes,
        person_id=found.person_id,
        consent_id=found.consent_id,
        session_id=found.session_id,
        sub=sub_of(provider.pairwise_key, client, found.person_id),
        sid=sid_of(provider.pairwise_key, client, found.session_id),
        auth_time=found.auth_time,
        acr=found.acr,
        amr=found.amr,
        resources=named,
        mandate_id=found.mandate_id,
    )


def _invalid(detail: str) -> InvalidGrant:
    return InvalidGrant("The refresh token is not valid.", detail=detail)
