"""The document that a client registers with: JSON of known shapes, bounded, read strictly."""

from collections.abc import Mapping
from typing import Any

from idp.oidc.clients.metadata import LOCALIZED
from idp.oidc.errors import InvalidClientMetadata, InvalidRequest
from idp.oidc.http import Request
from idp.oidc.jose.strict_json import strict_object
from idp.oidc.registration.policy import MAY_CHOOSE

MEDIA_TYPE = "application/json"
MEMBERS_AT_MOST = 200
ITEMS_AT_MOST = 50
TEXTS = frozenset(
    (
        *("redirect_uris", "post_logout_redirect_uris", "response_types", "grant_types", "contacts"),
        *("default_acr_values", "request_uris", "response_modes"),
        "authorization_details_types",
    )
)
FLAGS = frozenset(
    (
        *("backchannel_logout_session_required", "frontchannel_logout_session_required"),
        *("require_auth_time", "require_pushed_authorization_requests", "require_signed_request_object"),
        *("dpop_bound_access_tokens", "dpop_nonce_required", "tls_client_certificate_bound_access_tokens"),
        "backchannel_user_code_parameter",
    )
)
NUMBERS = frozenset({"default_max_age", "minimum_level", "presence_seconds"})
OBJECTS = frozenset({"jwks"})
WORDS = frozenset(LOCALIZED)
KNOWN = MAY_CHOOSE | WORDS
PROMISES = frozenset(
    (
        *("id_token_encrypted_response_alg", "userinfo_signed_response_alg"),
        *("userinfo_encrypted_response_alg", "request_object_encryption_alg"),
        *("authorization_encrypted_response_alg", "introspection_signed_response_alg"),
        *("introspection_encrypted_response_alg", "tls_client_certificate_bound_access_tokens"),
    )
)
"""What a client relies on once it is registered: where we do not do it, it is refused and not passed over."""


def read(request: Request) -> dict[str, Any]:
    """The members of the body that are not null. Raises InvalidRequest, InvalidClientMetadata."""
    # RFC 7591 section 3.1
    if request.content_type != MEDIA_TYPE:
        raise InvalidRequest(f"The body must be {MEDIA_TYPE}.")
    try:
        members = strict_object(request.body)
    except ValueError:
        raise InvalidClientMetadata("The body is not a JSON object, or has a name twice.") from None
    if len(members) > MEMBERS_AT_MOST:
        raise InvalidClientMetadata("The body has too many members.")
    # RFC 7592 section 2.2: null is as if it were left out.
    return {name: value for name, value in members.items() if value is not None}


def known(members: Mapping[str, Any]) -> dict[str, Any]:
    """Those that a client may choose, each of its shape. RFC 7591 section 2: all others are ignored.

    Raises InvalidClientMetadata.
    """
    for name in PROMISES & members.keys() - KNOWN:
        if members[name] not in (False, "none", ""):
            raise InvalidClientMetadata(f"{name}: not offered here.")
    found = {name: value for name, value in members.items() if name.partition("#")[0] in KNOWN}
    for name, value in found.items():
        _check_shape(name.partition("#")[0], value)
    return found


def _check_shape(name: str, value: Any) -> None:
    if name in TEXTS:
        fits = isinstance(value, list) and all(isinstance(one, str) for one in value)
        if fits and len(value) > ITEMS_AT_MOST:
            raise InvalidClientMetadata(f"{name}: {ITEMS_AT_MOST} at most.")
        fits, shape = fits and all(map(_is_plain, value)), "an array of texts"
    elif name in FLAGS:
        fits, shape = isinstance(value, bool), "true or false"
    elif name in NUMBERS:
        fits, shape = isinstance(value, int) and not isinstance(value, bool), "a whole number"
    elif name in OBJECTS:
        fits, shape = isinstance(value, dict), "an object"
    else:
        # What people read is looked at more closely: `wording`.
        fits, shape = isinstance(value, str) and (name in WORDS or _is_plain(value)), "a text"
    if not fits:
        raise InvalidClientMetadata(f"{name} must be {shape}.")


def _is_plain(text: str) -> bool:
    return text.isprintable()
