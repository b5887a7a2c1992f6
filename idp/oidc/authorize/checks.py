"""The rules that an authorization request keeps, one each, in order.

Who breaks one is told at the client's redirect_uri (RFC 6749 section 4.1.2.1). Unknown parameters are
ignored (RFC 6749 section 3.1).
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from idp.oidc import errors
from idp.oidc.claims.asked import ClaimAsked, ClaimsAsked, ClaimsRefused, read
from idp.oidc.clients.fields.request import DEFAULT_MODE
from idp.oidc.clients.fields.scope import OFFLINE_ACCESS, SCOPES
from idp.oidc.clients.metadata import Client
from idp.oidc.facts import Misshapen, NotAllowed
from idp.oidc.http import Parameters
from idp.oidc.inspection import proof_keys
from idp.oidc.inspection.redaction import words

S256_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")
RESPONSE_TYPES = ("code",)
"""RFC 9700 section 2.1.2: nothing but code."""
CODE_CHALLENGE_METHODS = ("S256",)
"""RFC 9700 section 2.1.1 rules plain out."""
POPUP = "popup"
DISPLAYS_SERVED = ("page", POPUP, "touch")
"""OpenID Connect Core 1.0 section 3.1.2.1: every page of ours fits windows of all sizes, and fingers; of a
popup see `authorize.popup`."""
DISPLAYS = (*DISPLAYS_SERVED, "wap")
PROMPTS = ("none", "login", "consent", "select_account", "create")
CHARACTERS_AT_MOST = 4096
"""Of one parameter. What is stored for a stranger is bounded."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What the checks look at."""

    parameters: Parameters
    client: Client

    def words(self, name: str) -> tuple[str, ...]:
        """A parameter that is a list separated by blanks."""
        return tuple((self.parameters.get(name) or "").split())


UNASKED = frozenset((OFFLINE_ACCESS, "email"))
"""What libraries add to a scope by themselves (OpenID Connect Core section 11; `openid profile email`)."""
Check = Callable[[Asked], None]


def no_parameter_comes_twice(asked: Asked) -> None:
    # RFC 6749 section 3.1
    if repeated := asked.parameters.repeated:
        raise errors.InvalidRequest("A parameter comes more than once.", detail=",".join(repeated)[:100])


def parameters_are_bounded(asked: Asked) -> None:
    for name in asked.parameters:
        if len(asked.parameters.get(name) or "") > CHARACTERS_AT_MOST:
            raise errors.InvalidRequest("A parameter is too long.", detail=name[:50])


def registration_is_absent(asked: Asked) -> None:
    # OpenID Connect Core 1.0 section 3.1.2.6
    if "registration" in asked.parameters:
        raise errors.RegistrationNotSupported("The registration parameter is not supported.")


def client_may_ask_for_codes(asked: Asked) -> None:
    # RFC 6749 section 4.1.2.1
    if "authorization_code" not in asked.client.metadata.grant_types:
        raise errors.UnauthorizedClient("The client is not registered for the authorization code grant.")


def response_type_is_code(asked: Asked) -> None:
    # RFC 6749 section 4.1.1
    response_type = asked.parameters.get("response_type")
    if response_type is None:
        raise errors.InvalidRequest("response_type is missing.")
    if response_type not in RESPONSE_TYPES:
        raise errors.UnsupportedResponseType(
            "Only response_type=code is supported.",
            fact=NotAllowed("response_type", (words(response_type),), RESPONSE_TYPES),
        )


def response_mode_is_allowed(asked: Asked) -> None:
    # OAuth 2.0 Multiple Response Type Encoding Practices section 2.1; FAPI 2.0 Message Signing sections 5.3.3
    # and 5.4.1: what the client registered, and under the profile a signed one.
    mode = asked.parameters.get("response_mode") or DEFAULT_MODE
    if mode not in asked.client.metadata.allowed_response_modes:
        raise errors.InvalidRequest(
            "response_mode has a value that is not supported, or not registered.",
            fact=NotAllowed(
                "response_mode", (words(mode),), tuple(asked.client.metadata.allowed_response_modes)
            ),
        )


def scope_has_openid(asked: Asked) -> None:
    # OpenID Connect Core 1.0 section 3.1.2.1
    if "openid" not in asked.words("scope"):
        raise errors.InvalidScope("The scope must contain openid.")


def scopes_are_allowed(asked: Asked) -> None:
    # RFC 6749 section 3.3. Scopes that we do not know are ignored (OpenID Connect Core section 3.1.2.1).
    # So are those that libraries ask for unasked, where they cannot be had; the answer says what was granted.
    refused = set(asked.words("scope")) & set(SCOPES) - UNASKED - asked.client.metadata.scopes
    if refused:
        raise errors.InvalidScope(
            "The client may not ask for this scope.",
            detail=",".join(sorted(refused)),
            fact=NotAllowed("scope", tuple(sorted(refused)), tuple(sorted(asked.client.metadata.scopes))),
        )


def pkce_is_s256(asked: Asked) -> None:
    # RFC 7636 sections 4.3 and 4.4.1: a missing method means plain.
    challenge = asked.parameters.get("code_challenge")
    if challenge is None:
        if asked.client.metadata.require_pkce or "code_challenge_method" in asked.parameters:
            missing = Misshapen("code_challenge", "missing")
            raise errors.InvalidRequest("code_challenge is missing.", fact=missing)
        return
    method = asked.parameters.get("code_challenge_method")
    if method not in CODE_CHALLENGE_METHODS:
        problem = "missing" if method is None else "plain" if method == "plain" else "unknown"
        raise errors.InvalidRequest(
            "code_challenge_method must be S256.", fact=Misshapen("code_challenge_method", problem)
        )
    if not S256_CHALLENGE.fullmatch(challenge):
        raise errors.InvalidRequest(
            "code_challenge is not the base64url of a SHA-256 digest.",
            fact=proof_keys.challenge(challenge),
        )


def dpop_jkt_is_a_thumbprint(asked: Asked) -> None:
    # RFC 9449 section 10; RFC 7638 with SHA-256 has the shape of a challenge.
    jkt = asked.parameters.get("dpop_jkt")
    if jkt is not None and not S256_CHALLENGE.fullmatch(jkt):
        raise errors.InvalidRequest("dpop_jkt is not the base64url of a SHA-256 thumbprint.")


def prompt_is_known(asked: Asked) -> None:
    # OpenID Connect Core 1.0 section 3.1.2.1; Initiating User Registration section 4.1
    prompt = asked.words("prompt")
    if not set(prompt) <= set(PROMPTS):
        refused = tuple(words(one) for one in prompt if one not in PROMPTS)
        raise errors.InvalidRequest(
            "prompt has a value that is not supported.", fact=NotAllowed("prompt", refused, PROMPTS)
        )
    if "none" in prompt and len(prompt) > 1:
        raise errors.InvalidRequest("prompt=none stands alone.")


def display_is_known(asked: Asked) -> None:
    # OpenID Connect Core 1.0 section 3.1.2.1. `claims_locales` (section 5.2) is ignored: of no claim is there
    # more than one language.
    if asked.parameters.get("display") not in {None, *DISPLAYS}:
        raise errors.InvalidRequest("display has a value that is not supported.")


def max_age_is_a_number(asked: Asked) -> None:
    # OpenID Connect Core 1.0 section 3.1.2.1
    text = asked.parameters.get("max_age")
    if text is not None and not (text.isascii() and text.isdigit() and len(text) <= 9):
        raise errors.InvalidRequest("max_age is not a number of seconds.")


def claims_are_readable(asked: Asked) -> None:
    # OpenID Connect Core 1.0 section 5.5
    claims_of(asked)


CHECKS: tuple[Check, ...] = (
    no_parameter_comes_twice,
    parameters_are_bounded,
    registration_is_absent,
    client_may_ask_for_codes,
    response_type_is_code,
    response_mode_is_allowed,
    scope_has_openid,
    scopes_are_allowed,
    pkce_is_s256,
    dpop_jkt_is_a_thumbprint,
    prompt_is_known,
    display_is_known,
    max_age_is_a_number,
    claims_are_readable,
)


def claims_of(asked: Asked) -> ClaimsAsked:
    """Raises InvalidRequest."""
    try:
        claims = read(asked.parameters.get("claims"))
    except ClaimsRefused as refused:
        raise errors.InvalidRequest(str(refused)) from None
    acr = claims.id_token.claims.get("acr", ClaimAsked())
    if acr.essential and not all(isinstance(value, str) for value in acr.values):
        raise errors.InvalidRequest("claims: acr values are not strings.")
    return claims
