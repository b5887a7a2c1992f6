"""An authorization request: checked rule by rule, then frozen.

`login_hint` is no part of it: it could hold an ID number, and then would lie in our store.
"""

from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from typing import Any

from idp.oidc.authorize.answers import ReturnAddress
from idp.oidc.authorize.checks import CHECKS, Asked, Check, claims_of
from idp.oidc.claims import units
from idp.oidc.claims.asked import ClaimAsked
from idp.oidc.clients.fields.request import DEFAULT_MODE
from idp.oidc.clients.fields.scope import SCOPES
from idp.oidc.clients.metadata import Client
from idp.oidc.details.particulars import NOTHING, Particulars
from idp.oidc.http import Parameters


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


def asked_again(wanted: AuthorizationRequest) -> Parameters:
    """The parameters of a request that was kept, as far as an error is explained by them."""
    asked = {
        "client_id": wanted.client_id,
        "redirect_uri": wanted.redirect_uri,
        "response_mode": wanted.response_mode,
        "scope": " ".join(wanted.scopes),
        "prompt": " ".join(wanted.prompt),
        "max_age": "" if wanted.max_age is None else str(wanted.max_age),
        "acr_values": " ".join(wanted.acr_values or wanted.essential_acr),
    }
    return Parameters({name: (value,) for name, value in asked.items() if value})


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
    claims = claims_of(asked)
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


def _only(sub: ClaimAsked) -> str | None:
    value = sub.values[0] if len(sub.values) == 1 else None
    return value if isinstance(value, str) else None
