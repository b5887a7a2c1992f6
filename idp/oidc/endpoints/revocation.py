"""The revocation endpoint (RFC 7009): a client gives a token back, and the whole grant ends."""

from datetime import datetime

from idp.audit import log as audit
from idp.audit.events.protocol import GrantEnded
from idp.oidc.clients.metadata import Client
from idp.oidc.endpoints import posted_form
from idp.oidc.errors import InvalidRequest
from idp.oidc.http import CORS, NO_STORE, Request, Response
from idp.oidc.provider import Provider
from idp.oidc.token import access_tokens, live_grants, offline_grants
from idp.oidc.token.recognised import AccessToken, OfClient, recognise

PATH = "/oauth2/revoke"


def answer(provider: Provider, request: Request) -> Response:
    return posted_form.answer(provider, request, _respond, path=PATH, name="revocation", begins=False)


def _respond(provider: Provider, request: Request, client: Client, now: datetime) -> Response:
    token = request.form.get("token")
    if token is None:
        raise InvalidRequest("token is missing.")
    _revoke(provider, request, client, token, now)
    # Section 2.2: a token that opens nothing is as good as revoked.
    return Response(200, (*NO_STORE, *CORS))


def _revoke(provider: Provider, request: Request, client: Client, token: str, now: datetime) -> None:
    found = recognise(provider, token, now)
    if found is None:
        return
    if found.client_id != client.client_id:
        # Section 2.1: refused, and the client is told.
        raise InvalidRequest("The token was issued to another client.")
    if isinstance(found, OfClient) or (isinstance(found, AccessToken) and found.is_exchanged):
        # Section 2.1 leaves open what else ends: not the grant, which the person gave to another client.
        access_tokens.revoke(provider, found.claims, now)
        person_id = found.grant.person_id if isinstance(found, AccessToken) else None
        event = GrantEnded(client.client_id, found.claims["jti"], "revoked-by-client", person_id)
        provider.audit.append(event, provider.context(request, now))
        return
    with provider.sessions.begin() as session:
        offline_grants.end(session, found.grant_id)
        event = GrantEnded(client.client_id, found.grant_id, "revoked-by-client", found.grant.person_id)
        audit.record(session, event, context=provider.context(request, now))
    live_grants.end(provider.store, found.grant_id)
