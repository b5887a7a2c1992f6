"""The frame of every endpoint that a client posts a form to: who it is, what it wants, why it is refused.

The token endpoint and those that behave like it: pushed requests, introspection, revocation, device and
backchannel authorization. Each brings its own `respond`, and raises ProtocolError.
"""

from collections.abc import Callable
from datetime import datetime

from idp.audit.events.measures import BlockedRefused
from idp.audit.events.protocol import TokenRefused
from idp.oidc.clients.metadata import Client
from idp.oidc.endpoints.within import within
from idp.oidc.errors import (
    Blocked,
    InvalidClient,
    InvalidRequest,
    ProtocolError,
    StillWaiting,
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

METHODS = ("POST",)
REFRESH_TOKEN = "refresh_token"  # noqa: S105 - the name of a grant
NOTED_AN_HOUR = 5
"""Of what one address of a blocked range tries."""
Respond = Callable[[Provider, Request, Client, datetime], Response]
"""What the endpoint does for a client that has said who it is."""
Authenticate = Callable[[Provider, Request, str, datetime], Client]


def authenticated(provider: Provider, request: Request, path: str, now: datetime) -> Client:
    """The client behind a form that was posted to one of our endpoints. Raises ProtocolError."""
    _check_form(request)
    return provider.authenticator.authenticate(request, endpoint=provider.issuer + path, now=now)


def answer(
    provider: Provider,
    request: Request,
    respond: Respond,
    *,
    path: str,
    name: str,
    is_open_to_pages: bool = True,
    begins: bool = True,
    authenticate: Authenticate = authenticated,
) -> Response:
    """`name`: the endpoint's, for the log. `is_open_to_pages`: pages of other origins may call it. `begins`:
    something may begin there."""
    if request.method == "OPTIONS" and is_open_to_pages:
        return preflight(METHODS)
    if request.method not in METHODS:
        return method_not_allowed(METHODS)
    began, now = provider.meter.timer(), provider.clock()
    try:
        client = authenticate(provider, request, path, now)
    except ProtocolError as error:
        return _refused(provider, request, error, name, None, now)

    def work() -> Response:
        try:
            if begins:
                _check_address(provider, request, client)
            return respond(provider, request, client, now)
        except ProtocolError as error:
            return _refused(provider, request, error, name, client, now)

    return within(provider, request, client, name, began, now, work, headers=(*NO_STORE, *CORS))


def _check_address(provider: Provider, request: Request, client: Client) -> None:
    """Who holds a secret is known by it, and its servers stand where they stand; anybody can be a public
    client. What goes on with a refresh token began before. Raises Blocked."""
    if request.form.get("grant_type") == REFRESH_TOKEN or not client.metadata.is_public:
        return
    if provider.blocks.cover(request.address):
        raise Blocked("Requests from this address are not taken at the moment.")


def _check_form(request: Request) -> None:
    # RFC 6749 section 3.2: parameters are in the body, form-encoded, none twice.
    if request.content_type != FORM:
        raise InvalidRequest(f"The body must be {FORM}.")
    if request.form.repeated:
        raise InvalidRequest(
            "A parameter comes more than once.", detail=",".join(request.form.repeated)[:100]
        )


def _refused(
    provider: Provider,
    request: Request,
    error: ProtocolError,
    name: str,
    client: Client | None,
    now: datetime,
) -> Response:
    """RFC 6749 section 5.2."""
    said = {"error": error.error, "error_description": error.description}
    headers: tuple[tuple[str, str], ...] = (*NO_STORE, *CORS)
    if isinstance(error, UseDpopNonce):
        # RFC 9449 section 8: not a failure, but how a client comes by its first nonce.
        provider.note_refusal(error, name, request, client.client_id if client else None)
        fresh = (dpop.NONCE_HEADER, dpop.nonce(provider, now))
        return answer_json(said, status=error.status, headers=(*headers, fresh))
    if isinstance(error, StillWaiting):
        return answer_json(said, status=error.status, headers=headers)
    client_id = client.client_id if client else None
    if isinstance(error, Blocked):
        if provider.throttle.allow_from(request.address or "", "blocked", NOTED_AN_HOUR, 3600):
            provider.audit.append(BlockedRefused(name, client_id), provider.context(request, now))
        return answer_json(said, status=error.status, headers=headers)
    reference = provider.reference(error, name, request, client_id)
    if reference is not None:
        event = TokenRefused(client_id, error.error, reference)
        provider.audit.append(event, provider.context(request, now))
    if isinstance(error, InvalidClient):
        # RFC 6749 section 5.2, RFC 9110 section 11.6.1
        headers = (*headers, ("WWW-Authenticate", f'Basic realm="{provider.issuer}"'))
    said["error_description"] = f"{error.description} (reference {reference or request.request_id})"
    return answer_json(said, status=error.status, headers=headers)
