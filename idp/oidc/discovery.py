"""What we say about ourselves: OpenID Connect Discovery 1.0 and RFC 8414, from one source.

Every value is taken from the table that the behaviour comes from, so that the two cannot part.
"""

import json
from typing import Any

from idp.locales.catalogues import TAGS
from idp.oidc.claims import RELEASES
from idp.oidc.clients.metadata import AUTH_METHODS, GRANT_TYPES, SCOPES, SIGNING_ALGORITHMS
from idp.oidc.http import CORS, Request, Response, method_not_allowed, preflight
from idp.oidc.levels import ACR_VALUES

METHODS = ("GET", "HEAD")
KEPT = (("Cache-Control", "public, max-age=300"),)
PATHS = {
    "authorization_endpoint": "/oauth2/authorize",
    "token_endpoint": "/oauth2/token",
    "userinfo_endpoint": "/oauth2/userinfo",
    "jwks_uri": "/oauth2/jwks",
    "end_session_endpoint": "/oauth2/end_session",
}
TOKEN_CLAIMS = ("iss", "aud", "exp", "iat", "auth_time", "nonce", "acr", "amr", "sid", "at_hash")


def metadata(issuer: str) -> dict[str, Any]:
    released = [claim for claims in RELEASES.values() for claim in claims]
    return {
        "issuer": issuer,
        **{name: issuer + path for name, path in PATHS.items()},
        "scopes_supported": list(SCOPES),
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": list(GRANT_TYPES),
        "subject_types_supported": ["pairwise", "public"],
        "id_token_signing_alg_values_supported": list(SIGNING_ALGORITHMS),
        "token_endpoint_auth_methods_supported": list(AUTH_METHODS),
        "code_challenge_methods_supported": ["S256"],
        "acr_values_supported": list(ACR_VALUES),
        "claim_types_supported": ["normal"],
        "claims_supported": [*released, *TOKEN_CLAIMS],
        # The `claims` parameter is read for an essential acr; other claims come by scope.
        "claims_parameter_supported": False,
        "request_parameter_supported": False,
        "request_uri_parameter_supported": False,
        "authorization_response_iss_parameter_supported": True,
        "prompt_values_supported": ["none", "login", "consent", "select_account"],
        "ui_locales_supported": list(TAGS),
    }


def document(issuer: str) -> bytes:
    return json.dumps(metadata(issuer), separators=(",", ":")).encode()


def answer(body: bytes, request: Request) -> Response:
    """A document that anybody may read and keep for five minutes. The doors drop the body for HEAD."""
    if request.method == "OPTIONS":
        return preflight(METHODS)
    if request.method not in METHODS:
        return method_not_allowed(METHODS)
    headers = (("Content-Type", "application/json"), *KEPT, *CORS)
    return Response(200, headers, body)
