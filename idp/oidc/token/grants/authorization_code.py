"""grant_type=authorization_code (RFC 6749 section 4.1.3)."""

from datetime import datetime

from idp.audit.events.protocol import CodeReplayed
from idp.oidc import resources
from idp.oidc.clients.metadata import Client
from idp.oidc.details.assigning import assigned
from idp.oidc.errors import InvalidAuthorizationDetails, InvalidGrant, InvalidRequest, InvalidTarget
from idp.oidc.http import Request
from idp.oidc.provider import Provider
from idp.oidc.token import codes, issuing, live_grants
from idp.oidc.token.codes import Presented, Spent
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
        authorization, grant_id = codes.redeem(provider.store, provider.grant_key, code, presented, now)
    except Spent as spent:
        # Both, whatever came of the first: RFC 6749 section 4.1.2.
        ended_offline = issuing.ends_offline(provider, spent.grant_id, now)
        if spent.was_live or ended_offline:
            provider.audit.append(CodeReplayed(client.client_id, spent.grant_id), context)
        raise
    try:
        narrowed = resources.narrowed(form, authorization.resources, provider.issuer)
        given = assigned(
            *(provider, client, form, authorization.details, narrowed),
            acts=authorization.mandate_id is not None,
        )
    except (InvalidTarget, InvalidAuthorizationDetails, InvalidGrant):
        live_grants.end(provider.store, grant_id)
        raise
    return issuing.issue(
        *(provider, client, sender, authorization, grant_id, given.resources),
        grant_type=GRANT_TYPE,
        context=context,
        details=given,
    )
