"""An authorization request: checked rule by rule, then frozen.

Errors of the client or its redirect_uri are shown to the person; all later ones go back to the
client (RFC 6749 section 4.1.2.1). Unknown parameters are ignored (RFC 6749 section 3.1); so is
`login_hint`, which could hold an ID number, and then would lie in our store.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from typing import Any

from idp.oidc import errors
from idp.oidc.authorize.answers import ReturnAddress
from idp.oidc.claims import units
from idp.oidc.claims.asked import ClaimAsked, ClaimsAsked, ClaimsRefused, read
from idp.oidc.clients.metadata import OFFLINE_ACCESS, SCOPES, Client
from idp.oidc.clients.request_fields import DEFAULT_MODE
from idp.oidc.clients.uris import is_registered, without_secrets
from idp.oidc.details.particulars import NOTHING, Particulars
from idp.oidc.http import Parameters

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


class Shown(Exception):
    """An error that must not go to the client, since the client or its address is not certain."""

    def __init__(self, error: errors.ProtocolError) -> None:
        super().__init__(str(error))
        self.error = error


@dataclass(frozen=True, slots=True)
class AuthorizationRequest:
    """What a client asks, after every check. Stored with its interaction as JSON."""

    client_id: str
    redirect_uri: str
    scopes: tuple[str, ...]
    state: str | None
    response_mode: str
    nonce: str | None
    code_challenge: str | None
    """S256 always; None only for confidential clients whose registration says so."""
    prompt: tuple[str, ...]
    max_age: int | None
    """Seconds since the person last authenticated."""
    acr_values: tuple[str, ...]
    essential_acr: tuple[str, ...]
    ui_locales: tuple[str, ...]
    hinted_sub: str | None
    """The one person who may answer: `sub` of a verified id_token_hint, or of the claims parameter."""
    pushed: str | None = None
    """Under which id it was pushed (RFC 9126), to be answered once."""
    claims: str = ""
    """The `claims` parameter, read once without an error; sealed (`claims.kept`) before it is stored."""
    by_name: tuple[str, ...] = ()
    """What the person has to be asked about because of it, beside the scopes (`claims.units`)."""
    voluntary: tuple[str, ...] = ()
    """Of these, what the client can do without."""
    resources: tuple[str, ...] = ()
    """Where its access tokens are to be used (RFC 8707); none: at userinfo."""
    dpop_jkt: str | None = None
    """The key that its code is for (RFC 9449 section 10)."""
    answers_to: str | None = None
    """The waiting request that gets the answer (`decoupled.waiting`); there is no redirect_uri then."""
    particulars: Particulars = NOTHING
    """What it alone asks to be agreed to: details (RFC 9396), and a stated purpose."""

    @property
    def units(self) -> tuple[str, ...]:
        """Everything that the person has to be asked about."""
        return (*self.scopes, *self.by_name)

    @property
    def return_address(self) -> ReturnAddress:
        return ReturnAddress(self.redirect_uri, self.response_mode, self.state)

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> "AuthorizationRequest":
        fields: dict[str, Any] = {name: tuple(v) if isinstance(v, list) else v for name, v in value.items()}
        return cls(**{**fields, "particulars": Particulars.from_json(fields.get("particulars", {}))})


@dataclass(frozen=True, slots=True)
class Asked:
    """What the checks look at."""

    parameters: Parameters
    client: Client

    def words(self, name: str) -> tuple[str, ...]:
        """A parameter that is a list separated by blanks."""
        return tuple((self.parameters.get(name) or "").split())


Check = Callable[[Asked], None]


def find_client(parameters: Parameters, find: Callable[[str], Client | None]) -> Client:
    """Raises Shown: without a client there is nobody to send an error to."""
    client_id = parameters.get("client_id")
    if client_id is None or "client_id" in parameters.repeated:
        raise Shown(errors.InvalidRequest("client_id is missing, or comes more than once."))
    client = find(client_id)
    if client is None:
        raise Shown(errors.InvalidRequest("The client is not known.", detail="unknown or suspended client"))
    return client


def find_redirect_uri(asked: Asked) -> str:
    """Raises Shown. OpenID Connect Core 1.0 section 3.1.2.1: required, and exactly a registered one."""
    uri = asked.parameters.get("redirect_uri")
    if uri is None or "redirect_uri" in asked.parameters.repeated:
        raise Shown(errors.InvalidRequest("redirect_uri is missing, or comes more than once."))
    metadata = asked.client.metadata
    if not is_registered(uri, metadata.redirect_uris, native=metadata.application_type == "native"):
        raise Shown(
            errors.InvalidRequest(
                "redirect_uri is not registered for this client.", detail=f"given: {without_secrets(uri)}"
            )
        )
    return uri


def return_address(asked: Asked, redirect_uri: str) -> ReturnAddress:
    """For an answer to a request that may be wrong: what can be trusted of how it wants to be answered."""
    parameters = asked.parameters
    mode, state = (
        None if name in parameters.repeated else parameters.get(name) for name in ("response_mode", "state")
    )
    registered = asked.client.metadata
    allowed = mode is not None and mode in registered.allowed_response_modes
    known = mode if allowed and mode is not None else registered.response_mode_of_errors
    return ReturnAddress(redirect_uri, known, state)


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
        raise errors.UnsupportedResponseType("Only response_type=code is supported.")


def response_mode_is_allowed(asked: Asked) -> None:
    # OAuth 2.0 Multiple Response Type Encoding Practices section 2.1; FAPI 2.0 Message Signing sections 5.3.3
    # and 5.4.1: what the client registered, and under the profile a signed one.
    mode = asked.parameters.get("response_mode") or DEFAULT_MODE
    if mode not in asked.client.metadata.allowed_response_modes:
        raise errors.InvalidRequest("response_mode has a value that is not supported, or not registered.")


def scope_has_openid(asked: Asked) -> None:
    # OpenID Connect Core 1.0 section 3.1.2.1
    if "openid" not in asked.words("scope"):
        raise errors.InvalidScope("The scope must contain openid.")


def scopes_are_allowed(asked: Asked) -> None:
    # RFC 6749 section 3.3. Scopes that we do not know are ignored (OpenID Connect Core section 3.1.2.1).
    # So is offline_access where it cannot be had (section 11): libraries ask for it unasked.
    refused = set(asked.words("scope")) & set(SCOPES) - {OFFLINE_ACCESS} - asked.client.metadata.scopes
    if refused:
        raise errors.InvalidScope("The client may not ask for this scope.", detail=",".join(sorted(refused)))


def pkce_is_s256(asked: Asked) -> None:
    # RFC 7636 sections 4.3 and 4.4.1: a missing method means plain.
    challenge = asked.parameters.get("code_challenge")
    if challenge is None:
        if asked.client.metadata.require_pkce or "code_challenge_method" in asked.parameters:
            raise errors.InvalidRequest("code_challenge is missing.")
        return
    if asked.parameters.get("code_challenge_method") not in CODE_CHALLENGE_METHODS:
        raise errors.InvalidRequest("code_challenge_method must be S256.")
    if not S256_CHALLENGE.fullmatch(challenge):
        raise errors.InvalidRequest("code_challenge is not the base64url of a SHA-256 digest.")


def dpop_jkt_is_a_thumbprint(asked: Asked) -> None:
    # RFC 9449 section 10; RFC 7638 with SHA-256 has the shape of a challenge.
    jkt = asked.parameters.get("dpop_jkt")
    if jkt is not None and not S256_CHALLENGE.fullmatch(jkt):
        raise errors.InvalidRequest("dpop_jkt is not the base64url of a SHA-256 thumbprint.")


def prompt_is_known(asked: Asked) -> None:
    # OpenID Connect Core 1.0 section 3.1.2.1; Initiating User Registration section 3.1
    prompt = asked.words("prompt")
    if not set(prompt) <= set(PROMPTS):
        raise errors.InvalidRequest("prompt has a value that is not supported.")
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
    _claims(asked)


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


def parse(
    asked: Asked,
    redirect_uri: str,
    read_hint: Callable[[str, Client], str],
    checks: Iterable[Check] = CHECKS,
) -> AuthorizationRequest:
    """The request, once it has passed every check. Raises ProtocolError, which goes to the client.

    `read_hint`: the `sub` of an id_token_hint that we issued to this client.
    """
    for check in checks:
        check(asked)
    parameters, registered = asked.parameters, asked.client.metadata
    max_age = parameters.get("max_age")
    claims = _claims(asked)
    hint = parameters.get("id_token_hint")
    wanted = asked.client.metadata.scopes.intersection(asked.words("scope"))
    scopes = tuple(scope for scope in SCOPES if scope in wanted)
    by_name = units.of_claims(claims, scopes, asked.client.metadata.scopes)
    acr = claims.id_token.claims.get("acr", ClaimAsked())
    sub = claims.id_token.claims.get("sub", ClaimAsked())
    wished = tuple(value for value in acr.values if isinstance(value, str))
    return AuthorizationRequest(
        client_id=asked.client.client_id,
        redirect_uri=redirect_uri,
        scopes=scopes,
        state=parameters.get("state"),
        response_mode=parameters.get("response_mode") or DEFAULT_MODE,
        nonce=parameters.get("nonce"),
        code_challenge=parameters.get("code_challenge"),
        dpop_jkt=parameters.get("dpop_jkt"),
        prompt=asked.words("prompt"),
        # OpenID Connect Registration 1.0 section 2: what is registered counts where the request is silent.
        max_age=registered.default_max_age if max_age is None else int(max_age),
        # OpenID Connect Core 1.0 section 5.5.1.1: without `essential` it is a wish, as acr_values is.
        acr_values=asked.words("acr_values")
        or (() if acr.essential else wished or registered.default_acr_values),
        essential_acr=wished if acr.essential else (),
        ui_locales=asked.words("ui_locales")[:8],
        # Section 5.5.1: a `sub` with a value is answered for that person alone.
        hinted_sub=_only(sub) if hint is None else read_hint(hint, asked.client),
        claims=(parameters.get("claims") or "") if any(claims.members) else "",
        by_name=tuple(unit for unit in units.UNITS if unit in by_name),
        voluntary=tuple(unit for unit in units.UNITS if by_name.get(unit) is False),
    )


def _claims(asked: Asked) -> ClaimsAsked:
    try:
        claims = read(asked.parameters.get("claims"))
    except ClaimsRefused as refused:
        raise errors.InvalidRequest(str(refused)) from None
    acr = claims.id_token.claims.get("acr", ClaimAsked())
    if acr.essential and not all(isinstance(value, str) for value in acr.values):
        raise errors.InvalidRequest("claims: acr values are not strings.")
    return claims


def _only(sub: ClaimAsked) -> str | None:
    value = sub.values[0] if len(sub.values) == 1 else None
    return value if isinstance(value, str) else None
