"""The answer that goes back through the browser: a code, or an error, to the client's redirect_uri."""

from datetime import datetime

from idp.audit.events import AuthorizationRefused, CodeIssued
from idp.oidc import errors
from idp.oidc.authorize import answers
from idp.oidc.authorize.answers import Answer, ReturnAddress
from idp.oidc.authorize.deciding import Allowed
from idp.oidc.authorize.request import AuthorizationRequest
from idp.oidc.clients.metadata import Client
from idp.oidc.http import Request
from idp.oidc.interaction import Interaction
from idp.oidc.provider import Provider
from idp.oidc.token import codes


def granted(
    provider: Provider,
    request: Request,
    current: Interaction,
    wanted: AuthorizationRequest,
    client: Client,
    allowed: Allowed,
    now: datetime,
) -> Answer:
    """RFC 6749 section 4.1.2."""
    authorization = allowed.authorization
    code, grant_id = codes.issue(
        provider.store,
        provider.grant_key,
        authorization,
        seconds=provider.protocol.authorization_code_seconds,
        token_seconds=provider.protocol.access_token_seconds,
    )
    event = CodeIssued(
        client_id=client.client_id,
        person_id=authorization.person_id,
        scopes=authorization.scopes,
        level=allowed.level,
        grant_id=grant_id,
    )
    provider.audit.append(
        event, provider.context(request, now, interaction_id=current.id, device=current.browser)
    )
    return answers.answer(provider, client, wanted.return_address, {"code": code}, now)


def refused(
    provider: Provider,
    request: Request,
    _current: Interaction,
    wanted: AuthorizationRequest,
    client: Client,
    error: errors.ProtocolError,
    now: datetime,
) -> Answer:
    return refused_at(provider, request, client, wanted.return_address, error, now)


def refused_at(
    provider: Provider,
    request: Request,
    client: Client,
    to: ReturnAddress,
    error: errors.ProtocolError,
    now: datetime,
) -> Answer:
    """RFC 6749 section 4.1.2.1."""
    reference = provider.reference(error, "authorize", request, client.client_id)
    if reference is not None:
        event = AuthorizationRefused(client.client_id, error.error, reference)
        provider.audit.append(event, provider.context(request, now))
    description = f"{error.description} (reference {reference or request.request_id})"
    said = {"error": error.error, "error_description": description}
    return answers.answer(provider, client, to, said, now)
