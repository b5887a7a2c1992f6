"""The specifications' error codes as exceptions.

`description` goes to the client's developer; `detail` is for our log and `idp explain` alone.
Neither ever holds a secret, a name or an ID number.
"""

from typing import ClassVar

from idp.oidc.facts import Fact


class ProtocolError(Exception):
    """An error code of RFC 6749, OpenID Connect Core or a neighbour."""

    error: ClassVar[str]
    status: ClassVar[int] = 400

    def __init__(self, description: str, *, detail: str = "", fact: Fact | None = None) -> None:
        super().__init__(f"{self.error}: {description}")
        self.description = description
        self.detail = detail
        self.fact = fact
        """For the developer's doctor."""
        self.client_id: str | None = None
        """Whose request it was, where only who raises it can tell."""


# RFC 6749 sections 4.1.2.1 and 5.2
class InvalidRequest(ProtocolError):
    error = "invalid_request"


class InvalidClient(ProtocolError):
    error = "invalid_client"
    status = 401


class InvalidGrant(ProtocolError):
    error = "invalid_grant"


class UnauthorizedClient(ProtocolError):
    error = "unauthorized_client"


class UnsupportedGrantType(ProtocolError):
    error = "unsupported_grant_type"


class InvalidScope(ProtocolError):
    error = "invalid_scope"


class AccessDenied(ProtocolError):
    error = "access_denied"


class Blocked(AccessDenied):
    """To somebody who begins from a range of addresses that is blocked (`idp.blocks`)."""

    status = 403


class UnsupportedResponseType(ProtocolError):
    error = "unsupported_response_type"


class StillWaiting(ProtocolError):
    """No failure, but the answer to most polls: nothing is written down of it."""


# RFC 8628 section 3.5, CIBA Core 1.0 section 11
class AuthorizationPending(StillWaiting):
    error = "authorization_pending"


class SlowDown(StillWaiting):
    error = "slow_down"


class ExpiredToken(ProtocolError):
    error = "expired_token"


# CIBA Core 1.0 section 13
class UnknownUserId(ProtocolError):
    error = "unknown_user_id"


class InvalidBindingMessage(ProtocolError):
    error = "invalid_binding_message"


# RFC 6585 section 4
class TooManyRequests(ProtocolError):
    error = "temporarily_unavailable"
    status = 429


# RFC 6750 section 3.1
class InvalidToken(ProtocolError):
    error = "invalid_token"
    status = 401


# RFC 9470 section 3
class InsufficientUserAuthentication(ProtocolError):
    error = "insufficient_user_authentication"
    status = 401

    def __init__(
        self, description: str, *, acr_values: str, detail: str = "", fact: Fact | None = None
    ) -> None:
        super().__init__(description, detail=detail, fact=fact)
        self.acr_values = acr_values
        """What the next authorization request has to ask for."""


# OpenID Connect Core 1.0 section 3.1.2.6
class LoginRequired(ProtocolError):
    error = "login_required"


class InteractionRequired(ProtocolError):
    error = "interaction_required"


class AccountSelectionRequired(ProtocolError):
    error = "account_selection_required"


class ConsentRequired(ProtocolError):
    error = "consent_required"


# RFC 9449 sections 5, 7.1 and 8
class InvalidDpopProof(ProtocolError):
    error = "invalid_dpop_proof"


class UseDpopNonce(ProtocolError):
    error = "use_dpop_nonce"


# RFC 8707 section 2
class InvalidTarget(ProtocolError):
    error = "invalid_target"


# RFC 9396 section 5
class InvalidAuthorizationDetails(ProtocolError):
    error = "invalid_authorization_details"


# RFC 9101 section 7
class InvalidRequestObject(ProtocolError):
    error = "invalid_request_object"


class InvalidRequestUri(ProtocolError):
    error = "invalid_request_uri"


class RegistrationNotSupported(ProtocolError):
    error = "registration_not_supported"


# RFC 7591 section 3.2.2
class InvalidRedirectUri(ProtocolError):
    error = "invalid_redirect_uri"


class InvalidClientMetadata(ProtocolError):
    error = "invalid_client_metadata"


class InvalidSoftwareStatement(ProtocolError):
    error = "invalid_software_statement"


class UnapprovedSoftwareStatement(ProtocolError):
    error = "unapproved_software_statement"


# OpenID Connect Core Error Code unmet_authentication_requirements 1.0
class UnmetAuthenticationRequirements(ProtocolError):
    error = "unmet_authentication_requirements"
