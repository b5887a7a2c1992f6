"""Who asks, and where an answer may go. Until both are certain, errors are shown to the person alone
(RFC 6749 section 4.1.2.1)."""

from collections.abc import Callable

from idp.oidc import errors
from idp.oidc.authorize.answers import ReturnAddress
from idp.oidc.authorize.checks import Asked
from idp.oidc.clients.metadata import Client
from idp.oidc.clients.uris import is_registered, without_secrets
from idp.oidc.http import Parameters


class Shown(Exception):
    """An error that must not go to the client, since the client or its address is not certain."""

    def __init__(
        self, error: errors.ProtocolError, given: Parameters | None = None, client_id: str | None = None
    ) -> None:
        super().__init__(str(error))
        self.error = error
        self.given = given
        """The parameters that counted, where they did not stand in the request."""
        self.client_id = client_id
        """Whose request it was, where it began earlier."""


def find_client(parameters: Parameters, find: Callable[[str], Client | None]) -> Client:
    """Raises Shown: without a client there is nobody to send an error to."""
    client_id = parameters.get("client_id")
    if client_id is None or "client_id" in parameters.repeated:
        raise Shown(errors.InvalidRequest("client_id is missing, or comes more than once."))
    client = find(client_id)
    if client is None:
        raise Shown(errors.InvalidRequest("The client is not known.", detail="unknown or suspended client"))
    return client


def find_redirect_uri(asked: Asked) -> str:
    """Raises Shown. OpenID Connect Core 1.0 section 3.1.2.1: required, and exactly a registered one."""
    uri = asked.parameters.get("redirect_uri")
    if uri is None or "redirect_uri" in asked.parameters.repeated:
        raise Shown(errors.InvalidRequest("redirect_uri is missing, or comes more than once."))
    metadata = asked.client.metadata
    if not is_registered(uri, metadata.redirect_uris, native=metadata.application_type == "native"):
        raise Shown(
            errors.InvalidRequest(
                "redirect_uri is not registered for this client.", detail=f"given: {without_secrets(uri)}"
            )
        )
    return uri


def return_address(asked: Asked, redirect_uri: str) -> ReturnAddress:
    """For an answer to a request that may be wrong: what can be trusted of how it wants to be answered."""
    parameters = asked.parameters
    mode, state = (
        None if name in parameters.repeated else parameters.get(name) for name in ("response_mode", "state")
    )
    registered = asked.client.metadata
    allowed = mode is not None and mode in registered.allowed_response_modes
    known = mode if allowed and mode is not None else registered.response_mode_of_errors
    return ReturnAddress(redirect_uri, known, state)
