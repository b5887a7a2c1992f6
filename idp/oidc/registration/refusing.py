"""What a client hears that may not register, or not do that with its registration."""

from datetime import datetime

from idp.audit.events.operation import RegistrationRefused
from idp.oidc.errors import AccessDenied, InvalidToken, ProtocolError
from idp.oidc.http import NO_STORE, Request, Response, answer_json
from idp.oidc.provider import Provider

HOUR = 3600


class TooMany(ProtocolError):
    """RFC 6585 section 4."""

    error = "temporarily_unavailable"
    status = 429


class Forbidden(AccessDenied):
    """RFC 7592 section 2.1: the client does not have permission."""

    status = 403


class TokenMissing(InvalidToken):
    """RFC 6750 section 3.1: who sends none learns no error code."""


def refuse(
    provider: Provider, request: Request, error: ProtocolError, client_id: str | None, now: datetime
) -> Response:
    """RFC 7591 section 3.2.2, RFC 6750 section 3."""
    reference = provider.reference(error, "registration", request, client_id)
    if reference is not None:
        event = RegistrationRefused(client_id, error.error, reference)
        provider.audit.append(event, provider.context(request, now))
    headers: tuple[tuple[str, str], ...] = NO_STORE
    if isinstance(error, TokenMissing):
        return Response(error.status, (*headers, ("WWW-Authenticate", "Bearer")))
    if isinstance(error, InvalidToken):
        headers = (*headers, ("WWW-Authenticate", f'Bearer error="{error.error}"'))
    if isinstance(error, TooMany):
        headers = (*headers, ("Retry-After", str(HOUR)))
    body = {
        "error": error.error,
        "error_description": f"{error.description} (reference {reference or request.request_id})",
    }
    return answer_json(body, status=error.status, headers=headers)


def not_here() -> Response:
    body = {"error": "invalid_request", "error_description": "Clients are registered by the operator."}
    return answer_json(body, status=404, headers=NO_STORE)
