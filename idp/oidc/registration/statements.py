"""Software statements (RFC 7591 section 2.3): metadata that somebody else signed for the client.

Only issuers of the setting `protocol.software_statement_issuers` are believed, each by the keys at its
address. What a statement says comes before what the client says; it opens nothing that `policy` keeps shut.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from idp.oidc.clients.credentials.jwks import ClientKeys
from idp.oidc.clients.fields.key import ASSERTION_ALGORITHMS
from idp.oidc.errors import InvalidSoftwareStatement, UnapprovedSoftwareStatement
from idp.oidc.jose import jws
from idp.oidc.jose.jws import TokenRefused

OF_THE_TOKEN = frozenset({"iss", "sub", "aud", "exp", "nbf", "iat", "jti"})
"""RFC 7519 section 4.1: about the statement, not about the client."""
NEVER = frozenset({"software_statement", "client_id", "client_secret"})


def claimed(text: str, issuers: Mapping[str, str], keys: ClientKeys, now: datetime) -> dict[str, Any]:
    """The metadata in a statement. `issuers`: issuer -> jwks_uri.

    Raises InvalidSoftwareStatement, UnapprovedSoftwareStatement.
    """
    uri = issuers.get(_issuer_of(text))
    if uri is None:
        # RFC 7591 section 3.2.2
        raise UnapprovedSoftwareStatement("The software statement is of an issuer that is not trusted here.")
    try:
        token = jws.verified(
            text, lambda kid, algorithm: keys.find_at(uri, kid, algorithm), ASSERTION_ALGORITHMS
        )
    except TokenRefused as refused:
        raise _invalid(str(refused)) from None
    _check_dates(token.claims, now.timestamp())
    return {
        name: value
        for name, value in token.claims.items()
        if name not in OF_THE_TOKEN | NEVER and value is not None
    }


def _issuer_of(text: str) -> str:
    """Unproved: where to look for the keys."""
    try:
        issuer = jws.unproved(text).claims.get("iss")
    except TokenRefused:
        raise _invalid("cannot be read") from None
    if not isinstance(issuer, str):
        # RFC 7591 section 2.3: it MUST contain an iss claim.
        raise _invalid("has no iss")
    return issuer


def _check_dates(claims: Mapping[str, Any], now: float) -> None:
    for name in ("exp", "nbf"):
        value = claims.get(name)
        if value is not None and (isinstance(value, bool) or not isinstance(value, int | float)):
            raise _invalid(f"{name} is no date")
    if now >= claims.get("exp", now + 1) or now < claims.get("nbf", now):
        raise _invalid("is not of this time")


def _invalid(detail: str) -> InvalidSoftwareStatement:
    return InvalidSoftwareStatement("The software statement is not valid.", detail=detail)
