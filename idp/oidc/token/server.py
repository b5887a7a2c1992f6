"""The token endpoint (RFC 6749 section 3.2): client authentication, then the grant, then JSON."""

from collections.abc import Callable, Mapping
from datetime import datetime

from idp.oidc.clients.metadata import Client
from idp.oidc.endpoints import posted_form
from idp.oidc.errors import InvalidRequest, UnauthorizedClient, UnsupportedGrantType
from idp.oidc.http import CORS, NO_STORE, Request, Response, answer_json
from idp.oidc.provider import Provider
from idp.oidc.token import dpop
from idp.oidc.token.grants import (
    authorization_code,
    ciba,
    client_credentials,
    device_code,
    jwt_bearer,
    refresh_token,
    token_exchange,
)
from idp.oidc.token.senders import Sender, sender_of
from idp.oidc.token.tokens import Tokens

PATH = "/oauth2/token"
Grant = Callable[[Provider, Request, Client, Sender, datetime], Tokens]
GRANTS: Mapping[str, Grant] = {
    authorization_code.GRANT_TYPE: authorization_code.grant,
    refresh_token.GRANT_TYPE: refresh_token.grant,
    client_credentials.GRANT_TYPE: client_credentials.grant,
    device_code.GRANT_TYPE: device_code.grant,
    token_exchange.GRANT_TYPE: token_exchange.grant,
    ciba.GRANT_TYPE: ciba.grant,
    jwt_bearer.GRANT_TYPE: jwt_bearer.grant,
}


def answer(provider: Provider, request: Request) -> Response:
    return posted_form.answer(provider, request, _respond, path=PATH, name="token")


def _respond(provider: Provider, request: Request, client: Client, now: datetime) -> Response:
    grant = _grant_of(request, client)
    sender = sender_of(provider, request, client, PATH, now)
    minted = grant(provider, request, client, sender, now)
    return answer_json(minted.to_json(), headers=(*NO_STORE, *CORS, *dpop.nonce_for(provider, client, now)))


def _grant_of(request: Request, client: Client) -> Grant:
    name = request.form.get("grant_type")
    if name is None:
        raise InvalidRequest("grant_type is missing.")
    found = GRANTS.get(name)
    if found is None:
        raise UnsupportedGrantType("This grant_type is not supported.")
    if name not in client.metadata.grant_types:
        raise UnauthorizedClient("The client is not registered for this grant_type.")
    return found
