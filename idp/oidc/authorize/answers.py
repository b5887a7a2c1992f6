"""What goes back to the client's redirect_uri: a code, or an error."""

from urllib.parse import urlencode

from idp.oidc.errors import ProtocolError
from idp.oidc.http import Response, answer_redirect


def with_code(redirect_uri: str, *, code: str, state: str | None, issuer: str) -> Response:
    """RFC 6749 section 4.1.2, with `iss` against mix-up (RFC 9207 section 2)."""
    return _to(redirect_uri, {"code": code, "state": state, "iss": issuer})


def with_error(
    redirect_uri: str, error: ProtocolError, reference: str, *, state: str | None, issuer: str
) -> Response:
    """RFC 6749 section 4.1.2.1."""
    description = f"{error.description} (reference {reference})"
    fields = {"error": error.error, "error_description": description, "state": state, "iss": issuer}
    return _to(redirect_uri, fields)


def _to(redirect_uri: str, fields: dict[str, str | None]) -> Response:
    # RFC 6749 section 3.1.2: a query of the registered address is kept.
    query = urlencode({name: value for name, value in fields.items() if value is not None})
    separator = "&" if "?" in redirect_uri else "?"
    return answer_redirect(f"{redirect_uri}{separator}{query}")
