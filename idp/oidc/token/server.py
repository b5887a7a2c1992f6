"""The token endpoint (RFC 6749 section 3.2): client authentication, then the grant, then JSON."""

from collections.abc import Callable, Mapping
from datetime import datetime

from idp.audit.events import TokenRefused
from idp.oidc.clients.metadata import Client
from idp.oidc.errors import (
    InvalidClient,
    InvalidRequest,
    ProtocolError,
    StillWaiting,
    UnauthorizedClient,
    UnsupportedGrantType,
    UseDpopNonce,
)
from idp.oidc.http import (
    CORS,
    FORM,
    NO_STORE,
    Request,
    Response,
    answer_json,
    method_not_allowed,
    preflight,
)
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
    if request.method == "OPTIONS":
        return preflight(("POST",))
    if request.method != "POST":
        return method_not_allowed(("POST",))
    client: Client | None = None
    now = provider.clock()
    try:
        client = authenticated(provider, request, PATH, now)
        grant = _grant_of(request, client)
        sender = sender_of(provider, request, client, PATH, now)
        minted = grant(provider, request, client, sender, now)
    except ProtocolError as error:
        return refuse(provider, request, error, "token", client, now)
    return answer_json(minted.to_json(), headers=(*NO_STORE, *CORS, *dpop.nonce_for(provider, client, now)))


def authenticated(provider: Provider, request: Request, path: str, now: datetime) -> Client:
    """The client behind a form that was posted to one of our endpoints. Raises ProtocolError."""
    _check_form(request)
    return provider.authenticator.authenticate(request, endpoint=provider.issuer + path, now=now)


def _check_form(request: Request) -> None:
    # RFC 6749 section 3.2: parameters are in the body, form-encoded, none twice.
    if request.content_type != FORM:
        raise InvalidRequest(f"The body must be {FORM}.")
    if request.form.repeated:
        raise InvalidRequest(
            "A parameter comes more than once.", detail=",".join(request.form.repeated)[:100]
        )


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


def refuse(
    provider: Provider,
    request: Request,
    error: ProtocolError,
    where: str,
    client: Client | None,
    now: datetime,
) -> Response:
    """RFC 6749 section 5.2. `where`: the endpoint's name, for the log."""
    client_id = client.client_id if client else None
    if isinstance(error, UseDpopNonce):
        # RFC 9449 section 8: not a failure, but how a client comes by its first nonce.
        fresh = (*NO_STORE, *CORS, (dpop.NONCE_HEADER, dpop.nonce(provider, now)))
        said = {"error": error.error, "error_description": error.description}
        return answer_json(said, status=error.status, headers=fresh)
    if isinstance(error, StillWaiting):
        said = {"error": error.error, "error_description": error.description}
        return answer_json(said, status=error.status, headers=(*NO_STORE, *CORS))
    reference = provider.reference(error, where, request, client_id)
    if reference is not None:
        event = TokenRefused(client_id, error.error, reference)
        provider.audit.append(event, provider.context(request, now))
    headers: tuple[tuple[str, str], ...] = (*NO_STORE, *CORS)
    if isinstance(error, InvalidClient):
        # RFC 6749 section 5.2, RFC 9110 section 11.6.1
        headers = (*headers, ("WWW-Authenticate", f'Basic realm="{provider.issuer}"'))
    body = {
        "error": error.error,
        "error_description": f"{error.description} (reference {reference or request.request_id})",
    }
    return answer_json(body, status=error.status, headers=headers)
