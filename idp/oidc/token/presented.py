"""An access token as it comes to a resource of ours, and the answer when it is not good."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from idp.crypto.digests import same
from idp.oidc.certificates import certificate_of
from idp.oidc.clients.fields.key import ASSERTION_ALGORITHMS
from idp.oidc.clients.metadata import Client
from idp.oidc.errors import (
    InsufficientUserAuthentication,
    InvalidDpopProof,
    InvalidRequest,
    InvalidToken,
    ProtocolError,
    UseDpopNonce,
)
from idp.oidc.facts import Differs
from idp.oidc.http import CORS, NO_STORE, Request, Response
from idp.oidc.provider import Provider
from idp.oidc.token import dpop
from idp.oidc.token.senders import BEARER, DPOP, X5T

SCHEMES = {scheme.lower(): scheme for scheme in (BEARER, DPOP)}
ALGORITHMS = f'algs="{" ".join(ASSERTION_ALGORITHMS)}"'
NO_TOKEN = Response(
    401, (*NO_STORE, *CORS, ("WWW-Authenticate", f"DPoP {ALGORITHMS}"), ("WWW-Authenticate", "Bearer"))
)
"""RFC 6750 section 3.1, RFC 9449 section 7.1: who sends no token learns no error code."""


class NotBound(InvalidToken):
    """A token that is bound to a key came as a bearer token."""


@dataclass(frozen=True, slots=True, repr=False)
class Presented:
    """`scheme`: by which it came; a form is as good as the Bearer scheme."""

    token: str
    scheme: str


def presented(request: Request) -> Presented | None:
    """RFC 6750 section 2: in the header or in a form, in one place alone, never in the address.

    Raises InvalidRequest.
    """
    header = request.headers.get("authorization")
    posted = request.form.get("access_token")
    if "access_token" in request.query:
        raise InvalidRequest("A token in the address is not accepted.")
    if header is not None and posted is not None:
        raise InvalidRequest("The token came in more than one way.")
    if header is None:
        return None if posted is None else Presented(posted, BEARER)
    scheme, _, token = header.partition(" ")
    known = SCHEMES.get(scheme.lower())
    return None if known is None else Presented(token.strip(), known)


def check_use(
    provider: Provider,
    request: Request,
    client: Client,
    path: str,
    came: Presented,
    claims: Mapping[str, Any],
    now: datetime,
) -> None:
    """The token is used by whom it was given to (RFC 9449 section 7, RFC 8705 section 3).

    Raises InvalidDpopProof, InvalidToken, UseDpopNonce.
    """
    confirmation: Mapping[str, str] = claims.get("cnf", {})
    if X5T in confirmation:
        certificate = certificate_of(request)
        if certificate is None or certificate.thumbprint != confirmation[X5T]:
            # RFC 8705 section 3
            given = "" if certificate is None else certificate.thumbprint
            raise InvalidToken(
                "The access token is not valid.",
                detail="bound to another certificate",
                fact=Differs(X5T, given, (confirmation[X5T],)),
            )
    jkt = confirmation.get("jkt")
    if came.scheme != DPOP:
        if jkt is not None:
            # Section 7.2: a downgrade. Without its proof, a bound token is good for nobody.
            raise NotBound("The access token is not valid.", detail="bound, and sent as a bearer token")
        return
    if jkt is None:
        # Section 7.1: the scheme promises a bound token.
        raise InvalidToken("The access token is not valid.", detail="a bearer token, sent as a bound one")
    proven = dpop.proven(provider, request, client, path, now, access_token=came.token)
    if proven is None:
        raise InvalidDpopProof("A DPoP proof is needed with this token.")
    if not same(proven, jkt):
        differs = Differs("jkt", proven, (jkt,))
        raise InvalidToken("The access token is not valid.", detail="bound to another key", fact=differs)


def refusal(
    provider: Provider,
    request: Request,
    error: ProtocolError,
    came: Presented | None,
    where: str,
    now: datetime,
) -> Response:
    """RFC 6750 section 3, RFC 9449 sections 7.1 and 9, RFC 9470 section 3."""
    is_bound = isinstance(error, NotBound) or (came is not None and came.scheme == DPOP)
    scheme = DPOP if is_bound else BEARER
    headers: tuple[tuple[str, str], ...] = (*NO_STORE, *CORS)
    description = error.description
    if isinstance(error, UseDpopNonce):
        provider.note_refusal(error, where, request, error.client_id)
        headers = (*headers, (dpop.NONCE_HEADER, dpop.nonce(provider, now)))
    else:
        reference = provider.reference(error, where, request, None) or request.request_id
        description = f"{description} (reference {reference})"
    challenge = f'{scheme} error="{error.error}", error_description="{description}"'
    if isinstance(error, InsufficientUserAuthentication):
        challenge = f'{challenge}, acr_values="{error.acr_values}"'
    if is_bound:
        challenge = f"{challenge}, {ALGORITHMS}"
    status = 401 if isinstance(error, InvalidDpopProof | UseDpopNonce) else error.status
    return Response(status, (*headers, ("WWW-Authenticate", challenge)))
