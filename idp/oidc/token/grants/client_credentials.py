"""grant_type=client_credentials (RFC 6749 section 4.4): a client for itself, without any person.

No refresh token (section 4.4.3), no id_token, and nothing kept where the token is a JWT: the answer
costs one signature and one event.
"""

from datetime import datetime

from idp.audit.events.protocol import TokenIssued
from idp.oidc import resources
from idp.oidc.clients.metadata import Client
from idp.oidc.details.reading import PARAMETER as DETAILS
from idp.oidc.errors import InvalidAuthorizationDetails, InvalidScope, UnauthorizedClient
from idp.oidc.http import Request
from idp.oidc.provider import Provider
from idp.oidc.token import access_tokens
from idp.oidc.token.senders import Sender
from idp.oidc.token.tokens import Tokens

GRANT_TYPE = "client_credentials"


def grant(provider: Provider, request: Request, client: Client, sender: Sender, now: datetime) -> Tokens:
    """Raises ProtocolError. The event is durable before the token leaves."""
    if client.metadata.is_public:
        # RFC 6749 section 4.4: only confidential clients. No registration says otherwise.
        raise UnauthorizedClient("A public client has no credentials.")
    if DETAILS in request.form:
        # RFC 9396 section 6: no client's policy allows any. What there is, a person agrees to.
        raise InvalidAuthorizationDetails("authorization_details concern a person, who has to agree.")
    scopes = _scopes(request, client)
    audience = resources.audience(resources.asked(provider, request.form))
    scope = " ".join(scopes)
    # RFC 9068 section 2.2: `sub` is the client.
    said = {"sub": client.client_id, **({"scope": scope} if scope else {}), **audience}
    written = access_tokens.write(provider, client, said, sender, now)
    # A grant of its own, by the token's id: what ends it is written down under the same.
    event = TokenIssued(client.client_id, None, GRANT_TYPE, scopes, written.token_id, written.token_id)
    provider.audit.append(event, provider.context(request, now))
    return Tokens(
        access_token=written.text,
        id_token=None,
        token_id=written.token_id,
        expires_in=provider.protocol.access_token_seconds,
        scope=scope,
        token_type=sender.token_type,
    )


def _scopes(request: Request, client: Client) -> tuple[str, ...]:
    """RFC 6749 section 3.3: those asked for, or all that the client has of its own."""
    own = client.metadata.own_scopes
    asked = (request.form.get("scope") or "").split()
    if not set(asked) <= set(own):
        raise InvalidScope(
            "The client has no such scope of its own; what concerns a person needs that person."
        )
    return tuple(scope for scope in own if not asked or scope in asked)
