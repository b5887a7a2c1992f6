"""What a client's profile allows: data, in one table, and strict.

`oidc` is OpenID Connect Core with RFC 9700; `oauth21` leaves out what draft-ietf-oauth-v2-1 leaves
out; the FAPI profiles are the FAPI 2.0 Security Profile and Message Signing.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Profile:
    auth_methods: frozenset[str]
    """`token_endpoint_auth_method` values that a registration may choose."""
    algorithms: frozenset[str]
    """That clients may sign with, and that may be chosen for what they get."""
    audience_is_the_issuer: bool
    """A client assertion names the issuer as its one audience (FAPI 2.0 section 5.3.2.1, and
    draft-ietf-oauth-rfc7523bis section 4)."""
    pkce_always: bool
    audience_is_text: bool = False
    """And not in a list."""
    pushes_always: bool = False
    """Requests come by the back channel alone (RFC 9126)."""
    sender_constrained: bool = False
    """Access tokens are bound to a key of the client's, all of them."""
    dpop_nonces: bool = False
    """A DPoP proof needs a nonce of ours (RFC 9449 section 8)."""
    request_objects_are_dated: bool = False
    """`iss`, `aud`, `nbf` and `exp` are needed in a request object, for an hour at most."""
    signs_requests: bool = False
    """Requests come in signed request objects alone."""
    answers_are_signed: bool = False
    """Authorization responses go out by the response modes with jwt alone (JARM)."""
    lends_itself_to_devices: bool = True
    """The device grant: its request comes through no browser that could be held to anything."""
    takes_what_others_got: bool = True
    """Grants for what somebody else was given: token exchange, and assertions of another issuer."""
    backchannel_is_strict: bool = False
    """CIBA requests are signed and have a binding_message, and tokens are not pushed (FAPI-CIBA 5.2.2)."""


BY_KEYS = frozenset(("private_key_jwt", "tls_client_auth", "self_signed_tls_client_auth"))
EVERY_METHOD = BY_KEYS | {"client_secret_basic", "client_secret_post", "client_secret_jwt", "none"}
UNSIGNED: Mapping[str, Profile] = {
    "oidc": Profile(
        auth_methods=EVERY_METHOD,
        algorithms=frozenset(("ES256", "RS256", "PS256", "EdDSA")),
        audience_is_the_issuer=False,
        pkce_always=False,
    ),
    "oauth21": Profile(
        auth_methods=EVERY_METHOD,
        algorithms=frozenset(("ES256", "RS256", "PS256", "EdDSA")),
        audience_is_the_issuer=True,
        pkce_always=True,
    ),
    # FAPI 2.0 Security Profile sections 5.3.2.1 and 5.4.1: keys alone, PS256, ES256 or EdDSA.
    "fapi2-security": Profile(
        auth_methods=BY_KEYS,
        algorithms=frozenset(("ES256", "PS256", "EdDSA")),
        audience_is_the_issuer=True,
        audience_is_text=True,
        pkce_always=True,
        # FAPI 2.0 Security Profile section 5.3.2.2
        pushes_always=True,
        # Section 5.3.2.1; nonces against proofs made beforehand, which it leaves to us.
        sender_constrained=True,
        dpop_nonces=True,
        request_objects_are_dated=True,
        # Section 5.3.2 knows none of these grants. A device's request cannot be bound to the browser that
        # answers it, as PKCE and a pushed request are: who lures somebody to answer gets the tokens.
        lends_itself_to_devices=False,
        takes_what_others_got=False,
        backchannel_is_strict=True,
    ),
}
"""Those that leave it to the client whether its messages are signed."""
PROFILES: Mapping[str, Profile] = {
    **UNSIGNED,
    # FAPI 2.0 Message Signing sections 5.3.1 and 5.4.1, of which an ecosystem may choose: here both, so that
    # neither what was asked nor what was answered can be denied later. Who wants one of them registers
    # fapi2-security with require_signed_request_object, or with response_modes. Section 5.5.1 asks for what
    # introspection does for everybody: an answer in JWT format is signed.
    "fapi2-message-signing": replace(
        UNSIGNED["fapi2-security"],
        signs_requests=True,
        answers_are_signed=True,
    ),
}
DEFAULT = "oidc"
