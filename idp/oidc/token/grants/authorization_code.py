"""grant_type=authorization_code (RFC 6749 section 4.1.3)."""

from datetime import datetime

from idp.audit.events import CodeReplayed, TokenIssued
from idp.oidc.claims.asked import read
from idp.oidc.claims.proved import Recipient
from idp.oidc.claims.release import NoLongerStands, Released, release
from idp.oidc.clients.metadata import Client
from idp.oidc.errors import InvalidGrant, InvalidRequest
from idp.oidc.http import Request
from idp.oidc.provider import Provider
from idp.oidc.token import codes, tokens
from idp.oidc.token.codes import Authorization, Presented, Replayed
from idp.oidc.token.tokens import Tokens

GRANT_TYPE = "authorization_code"


def grant(provider: Provider, request: Request, client: Client, now: datetime) -> Tokens:
    """Raises InvalidRequest, InvalidGrant. The event is durable before the tokens leave."""
    form = request.form
    code = form.get("code")
    if code is None:
        raise InvalidRequest("code is missing.")
    presented = Presented(client.client_id, form.get("redirect_uri"), form.get("code_verifier"))
    context = provider.context(request, now)
    try:
        authorization, grant_id = codes.redeem(provider.store, provider.grant_key, code, presented)
    except Replayed as replayed:
        provider.audit.append(CodeReplayed(client.client_id, replayed.grant_id), context)
        raise
    released = _released(provider, client, authorization, now)
    minted = tokens.mint(
        provider.keys.current(),
        provider.issuer,
        authorization,
        grant_id,
        client,
        provider.protocol,
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
    provider.audit.append(event, context)
    return minted


def _released(
    provider: Provider, client: Client, authorization: Authorization, now: datetime
) -> Released | None:
    """What the id_token says of the person, where the request asked for it there. Raises InvalidGrant."""
    asked = read(authorization.claims).id_token
    if not asked:
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
