"""grant_type=urn:openid:params:grant-type:ciba (OpenID Connect CIBA Core 1.0 section 10.1)."""

from datetime import datetime

from idp.oidc.backchannel.listed import WAY
from idp.oidc.backchannel.notices import PUSH
from idp.oidc.clients.fields.backchannel import CIBA
from idp.oidc.clients.metadata import Client
from idp.oidc.decoupled import polling
from idp.oidc.errors import InvalidRequest, UnauthorizedClient
from idp.oidc.http import Request
from idp.oidc.provider import Provider
from idp.oidc.token.senders import Sender
from idp.oidc.token.tokens import Tokens

GRANT_TYPE = CIBA


def grant(provider: Provider, request: Request, client: Client, sender: Sender, now: datetime) -> Tokens:
    """Raises InvalidRequest, UnauthorizedClient, and the errors of `polling.grant`."""
    if client.metadata.backchannel_token_delivery_mode == PUSH:
        # Section 11: what is pushed cannot be fetched.
        raise UnauthorizedClient("The client has registered that its tokens are pushed.")
    handle = request.form.get("auth_req_id")
    if handle is None:
        raise InvalidRequest("auth_req_id is missing.")
    return polling.grant(
        provider, request, client, sender, now, way=WAY, handle=handle, grant_type=GRANT_TYPE
    )
