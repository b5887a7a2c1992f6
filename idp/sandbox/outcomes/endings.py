"""Errors that a sign-in of the sandbox ends with, as its app chose."""

from typing import Final

from idp.oidc import errors
from idp.oidc.authorize.request import AuthorizationRequest
from idp.oidc.next_step import Step

FORCED: Final = "forced in the sandbox"
"""What is told of the cause: `idp explain`, and the console's doctor."""
AGREED: Final = frozenset({Step.CONSENT, Step.ISSUE})
SIGNED_IN: Final = frozenset({Step.PRESENCE, Step.CHOOSE, Step.CONSENT, Step.ISSUE})


class TemporarilyUnavailable(errors.ProtocolError):
    """RFC 6749 section 4.1.2.1."""

    error = "temporarily_unavailable"
    status = 503


def ending(
    outcomes: tuple[str, ...], wanted: AuthorizationRequest, step: Step
) -> errors.ProtocolError | None:
    """The error that a sign-in at this step ends with; None: it goes on."""
    silent = "none" in wanted.prompt
    if "level_unmet" in outcomes:
        return errors.UnmetAuthenticationRequirements(
            "The acr asked for cannot be reached here.", detail=FORCED
        )
    if "temporarily_unavailable" in outcomes:
        return TemporarilyUnavailable("Sign-in is not available at the moment.", detail=FORCED)
    if "error_wrong_state" in outcomes:
        return errors.AccessDenied("The person did not agree.", detail=FORCED)
    if "consent_refused" in outcomes and step in AGREED:
        if silent:
            return errors.ConsentRequired("The person has to agree.", detail=FORCED)
        return errors.AccessDenied("The person did not agree.", detail=FORCED)
    if "session_ended" in outcomes and (silent or step is Step.ISSUE):
        return errors.LoginRequired("The session has ended.", detail=FORCED)
    if "account_locked" in outcomes and silent:
        return errors.LoginRequired("The person has to sign in.", detail=FORCED)
    if "account_locked" in outcomes and step in SIGNED_IN:
        return errors.AccessDenied("The person cannot sign in.", detail=FORCED)
    return None
