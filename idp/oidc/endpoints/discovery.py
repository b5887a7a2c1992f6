"""What we say about ourselves: OpenID Connect Discovery 1.0 and RFC 8414, from one source.

Values are taken from the tables that the behaviour comes from; what cannot be, `tests/contracts` tries.
"""

import json
from collections.abc import Collection
from typing import Any

from idp.locales.catalogues import TAGS
from idp.oidc.acting.authority import APPOINTED, DELEGATED, ROLES
from idp.oidc.authorize.checks import CODE_CHALLENGE_METHODS, DISPLAYS_SERVED, PROMPTS, RESPONSE_TYPES
from idp.oidc.authorize.endpoint import PATH as AUTHORIZATION
from idp.oidc.backchannel.endpoint import PATH as BACKCHANNEL_AUTHENTICATION
from idp.oidc.claims.catalogue import SCOPE_OF, VERIFIED, VERIFIED_ALONE
from idp.oidc.claims.verified import ATTACHMENTS, BUSINESS_RECORD_TYPE, EVIDENCE_TYPE, RECORD_TYPE
from idp.oidc.clients.fields.answer import ENCRYPTED, SIGNING_ALGORITHMS
from idp.oidc.clients.fields.backchannel import DELIVERY_MODES
from idp.oidc.clients.fields.exchange import JWT_BEARER
from idp.oidc.clients.fields.key import ASSERTION_ALGORITHMS, AUTH_ALGORITHMS, AUTH_METHODS
from idp.oidc.clients.fields.request import RESPONSE_MODES
from idp.oidc.clients.fields.scope import SCOPES
from idp.oidc.clients.fields.token import TLS_METHODS
from idp.oidc.clients.metadata import GRANT_TYPES, SUBJECT_TYPES
from idp.oidc.device.authorization import PATH as DEVICE_AUTHORIZATION
from idp.oidc.endpoints.introspection import PATH as INTROSPECTION
from idp.oidc.endpoints.par import PATH as PAR
from idp.oidc.endpoints.revocation import PATH as REVOCATION
from idp.oidc.endpoints.userinfo import PATH as USERINFO
from idp.oidc.http import CORS, Request, Response, method_not_allowed, preflight
from idp.oidc.jose.jwe import CONTENT_ALGORITHMS, KEY_ALGORITHMS
from idp.oidc.keys.decryption import ALGORITHMS as REQUEST_ALGORITHMS
from idp.oidc.keys.decryption import CONTENTS as REQUEST_CONTENTS
from idp.oidc.levels import HIGHEST, acr_values
from idp.oidc.logout.rp_initiated import PATH as END_SESSION
from idp.oidc.registration.answers import PATH as REGISTRATION
from idp.oidc.session_management.check_session import PATH as CHECK_SESSION
from idp.oidc.token.server import PATH as TOKEN
from idp.settings import Protocol

METHODS = ("GET", "HEAD")
DOCUMENTATION = "/docs"
PUBLIC = "none"
KEPT = (("Cache-Control", "public, max-age=300"),)
PATHS = {
    "authorization_endpoint": AUTHORIZATION,
    "token_endpoint": TOKEN,
    "userinfo_endpoint": USERINFO,
    "pushed_authorization_request_endpoint": PAR,
    "device_authorization_endpoint": DEVICE_AUTHORIZATION,
    "backchannel_authentication_endpoint": BACKCHANNEL_AUTHENTICATION,
    "introspection_endpoint": INTROSPECTION,
    "revocation_endpoint": REVOCATION,
    "jwks_uri": "/oauth2/jwks",
    "receipts_jwks_uri": "/oauth2/receipts/jwks",
    "end_session_endpoint": END_SESSION,
}
ALIASED = (
    "token_endpoint",
    "userinfo_endpoint",
    "pushed_authorization_request_endpoint",
    "device_authorization_endpoint",
    "backchannel_authentication_endpoint",
    "introspection_endpoint",
    "revocation_endpoint",
)
CLAIMS_LOCALES = ("zh",)
"""OpenID Connect Discovery 1.0 section 3. Names are as the register has them, in no second language."""
TOKEN_CLAIMS = ("iss", "aud", "exp", "iat", "auth_time", "nonce", "acr", "amr", "sid", "at_hash")


def metadata(
    issuer: str, trust_framework: str, *, registers: bool = False, highest_level: int = HIGHEST
) -> dict[str, Any]:
    """`registers`: whether clients may register themselves; `highest_level`: that can be reached."""
    released = [name for name in SCOPE_OF if name not in VERIFIED_ALONE]
    return {
        "issuer": issuer,
        **{name: issuer + path for name, path in PATHS.items()},
        **({"registration_endpoint": issuer + REGISTRATION} if registers else {}),
        "scopes_supported": list(SCOPES),
        "response_types_supported": list(RESPONSE_TYPES),
        "response_modes_supported": list(RESPONSE_MODES),
        "grant_types_supported": list(GRANT_TYPES),
        "subject_types_supported": list(SUBJECT_TYPES),
        **_answers(),
        "token_endpoint_auth_methods_supported": list(AUTH_METHODS),
        "token_endpoint_auth_signing_alg_values_supported": list(AUTH_ALGORITHMS),
        **_authentication("introspection", [name for name in AUTH_METHODS if name != PUBLIC]),
        **_authentication("revocation", list(AUTH_METHODS)),
        "dpop_signing_alg_values_supported": list(ASSERTION_ALGORITHMS),
        "code_challenge_methods_supported": list(CODE_CHALLENGE_METHODS),
        "acr_values_supported": acr_values(highest_level),
        "claim_types_supported": ["normal"],
        "claims_supported": [*released, *TOKEN_CLAIMS],
        "claims_parameter_supported": True,
        # OpenID Connect for Identity Assurance 1.0 section 7; the first is of its drafts, which clients read.
        "verified_claims_supported": True,
        "trust_frameworks_supported": [trust_framework],
        "claims_in_verified_claims_supported": list(VERIFIED),
        "evidence_supported": [EVIDENCE_TYPE],
        "electronic_records_supported": [RECORD_TYPE, BUSINESS_RECORD_TYPE],
        "attachments_supported": [ATTACHMENTS],
        # OpenID Connect Authority claims extension, draft 00, section OP Metadata.
        "authority_claims_supported": True,
        "authority_permissions_supported": [role.value for role in ROLES],
        "authority_granted_methods_supported": [APPOINTED, DELEGATED],
        "request_parameter_supported": True,
        "request_object_signing_alg_values_supported": list(ASSERTION_ALGORITHMS),
        "request_object_encryption_alg_values_supported": list(REQUEST_ALGORITHMS),
        "request_object_encryption_enc_values_supported": list(REQUEST_CONTENTS),
        "require_pushed_authorization_requests": False,
        "request_uri_parameter_supported": True,
        "require_request_uri_registration": True,
        "authorization_response_iss_parameter_supported": True,
        # OpenID Connect CIBA Core 1.0 section 4.
        "backchannel_token_delivery_modes_supported": list(DELIVERY_MODES),
        "backchannel_authentication_request_signing_alg_values_supported": list(ASSERTION_ALGORITHMS),
        "backchannel_user_code_parameter_supported": False,
        "backchannel_logout_supported": True,
        "backchannel_logout_session_supported": True,
        "frontchannel_logout_supported": True,
        "frontchannel_logout_session_supported": True,
        "prompt_values_supported": list(PROMPTS),
        "display_values_supported": list(DISPLAYS_SERVED),
        "claims_locales_supported": list(CLAIMS_LOCALES),
        "ui_locales_supported": list(TAGS),
    }


def _answers() -> dict[str, list[str]]:
    """Discovery 1.0 section 3, JARM section 4, RFC 9701 section 7: how what we send may be protected."""
    offered = {
        "signing_alg": SIGNING_ALGORITHMS,
        "encryption_alg": KEY_ALGORITHMS,
        "encryption_enc": CONTENT_ALGORITHMS,
    }
    return {
        f"{what}_{part}_values_supported": list(values)
        for what in ENCRYPTED
        for part, values in offered.items()
    }


def _authentication(endpoint: str, methods: list[str]) -> dict[str, list[str]]:
    """RFC 8414 section 2: an endpoint that says nothing would be taken for one that takes Basic alone."""
    return {
        f"{endpoint}_endpoint_auth_methods_supported": methods,
        f"{endpoint}_endpoint_auth_signing_alg_values_supported": list(AUTH_ALGORITHMS),
    }


def with_certificates(described: dict[str, Any], mtls_origin: str) -> dict[str, Any]:
    """RFC 8705 sections 2.1.1, 3.3 and 5: what clients can do that call with a certificate."""
    if not mtls_origin:
        return described
    methods = {
        f"{endpoint}_endpoint_auth_methods_supported": [
            *described[f"{endpoint}_endpoint_auth_methods_supported"],
            *TLS_METHODS,
        ]
        for endpoint in ("token", "introspection", "revocation")
    }
    return {
        **described,
        **methods,
        "tls_client_certificate_bound_access_tokens": True,
        "mtls_endpoint_aliases": {name: mtls_origin + PATHS[name] for name in ALIASED},
    }


def with_choices(
    described: dict[str, Any], protocol: Protocol, details_types: Collection[str]
) -> dict[str, Any]:
    """What the operator has switched on and defined, and the pages that they name."""
    without = set() if protocol.assertion_issuers else {JWT_BEARER}
    chosen = {
        "grant_types_supported": [name for name in described["grant_types_supported"] if name not in without],
        # RFC 9396 section 10
        "authorization_details_types_supported": list(details_types),
        # OpenID Connect Session Management 1.0 section 3.3
        "check_session_iframe": described["issuer"] + CHECK_SESSION if protocol.session_management else "",
        # OpenID Connect Discovery 1.0 section 3
        "service_documentation": protocol.service_documentation or described["issuer"] + DOCUMENTATION,
        "op_policy_uri": protocol.op_policy_uri,
        "op_tos_uri": protocol.op_tos_uri,
    }
    return {**described, **{name: value for name, value in chosen.items() if value}}


def document(
    issuer: str,
    protocol: Protocol,
    details_types: Collection[str] = (),
    *,
    highest_level: int = HIGHEST,
) -> bytes:
    described = metadata(
        issuer,
        protocol.trust_framework,
        registers=protocol.registration != "off",
        highest_level=highest_level,
    )
    found = with_certificates(with_choices(described, protocol, details_types), protocol.mtls_origin)
    return json.dumps(found, separators=(",", ":")).encode()


def answer(body: bytes, request: Request) -> Response:
    """A document that anybody may read and keep for five minutes. The doors drop the body for HEAD."""
    if request.method == "OPTIONS":
        return preflight(METHODS)
    if request.method not in METHODS:
        return method_not_allowed(METHODS)
    headers = (("Content-Type", "application/json"), *KEPT, *CORS)
    return Response(200, headers, body)
