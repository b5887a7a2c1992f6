"""grant_type=authorization_code (RFC 6749 section 4.1.3)."""

from datetime import datetime

from idp.audit.events import CodeReplayed, TokenIssued
from idp.oidc.clients.metadata import Client
from idp.oidc.errors import InvalidRequest
from idp.oidc.http import Request
from idp.oidc.provider import Provider
from idp.oidc.token import codes, tokens
from idp.oidc.token.codes import Presented, Replayed
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
    minted = tokens.mint(
        provider.keys.current(), provider.issuer, authorization, grant_id, client, provider.protocol, now
    )
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
