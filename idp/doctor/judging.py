"""Each parameter of the request with a verdict."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from idp.doctor.case import Case
from idp.doctor.saying import Said, said
from idp.error_references import Cause, Parameter
from idp.locales import gettext_noop as _


class Verdict(StrEnum):
    WRONG = "wrong"
    MISSING = "missing"
    FINE = "fine"
    IGNORED = "ignored"


@dataclass(frozen=True, slots=True)
class Judged:
    name: str
    verdict: Verdict
    value: str | None
    """None: not kept."""
    characters: int
    place: str
    remark: Said | None = None


ASKED = frozenset(
    (
        *(
            "client_id",
            "redirect_uri",
            "response_type",
            "response_mode",
            "scope",
            "state",
            "nonce",
            "display",
        ),
        *(
            "code_challenge",
            "code_challenge_method",
            "prompt",
            "max_age",
            "acr_values",
            "ui_locales",
            "claims",
        ),
        *("id_token_hint", "login_hint", "request", "request_uri", "resource", "authorization_details"),
        *("dpop_jkt", "purpose", "registration", "posted", "claims_locales"),
    )
)
POSTED = frozenset(
    (
        *("client_id", "client_secret", "client_assertion", "client_assertion_type", "Authorization", "dpop"),
        *("Content-Type", "grant_type", "code", "redirect_uri", "code_verifier", "refresh_token", "scope"),
        *(
            "resource",
            "audience",
            "authorization_details",
            "device_code",
            "auth_req_id",
            "assertion",
            "token",
        ),
        *("token_type_hint", "subject_token", "subject_token_type", "actor_token", "actor_token_type"),
        *("requested_token_type", "access_token"),
    )
)
LOGOUT = frozenset(
    (
        *("id_token_hint", "client_id", "post_logout_redirect_uri", "state", "logout_hint", "ui_locales"),
        "posted",
    )
)
BACKCHANNEL = ASKED | POSTED | {"client_notification_token", "requested_expiry", "binding_message"}
READ: Mapping[str, frozenset[str]] = {
    "/oauth2/authorize": ASKED,
    "/oauth2/token": POSTED,
    "/oauth2/par": ASKED | POSTED,
    "/oauth2/introspect": POSTED,
    "/oauth2/revoke": POSTED,
    "/oauth2/userinfo": POSTED,
    "/oauth2/end_session": LOGOUT,
    "/oauth2/backchannel/authentication": BACKCHANNEL,
}
"""What each endpoint reads; anything else is ignored there (RFC 6749 section 3.1). Of other addresses nothing
is said to be ignored."""


def judged(cause: Cause, case: Case | None) -> tuple[Judged, ...]:
    """Those that are wrong or missing first, then the others as they came."""
    came = cause.seen.parameters
    wrong = () if case is None else case.wrong or _named(cause)
    names = {one.name for one in came}
    first = [_of(one, Verdict.WRONG) for name in wrong for one in came if one.name == name]
    missing = [Judged(name, Verdict.MISSING, None, 0, "") for name in _missing(wrong, names)]
    known = READ.get(cause.seen.path)
    rest = [
        _of(one, Verdict.IGNORED if known is not None and one.name not in known else Verdict.FINE)
        for one in came
        if one.name not in wrong
    ]
    return (*first, *missing, *rest)


def _named(cause: Cause) -> tuple[str, ...]:
    """Where a rule is about any parameter, the detail says which."""
    names = {one.name for one in cause.seen.parameters}
    return tuple(name for name in cause.detail.split(",") if name in names)


def _missing(wrong: Iterable[str], names: set[str]) -> list[str]:
    """Of parameters of which several are named, one that came is enough."""
    named = tuple(wrong)
    absent = [name for name in named if name not in names]
    if len(named) > len(absent):
        return []
    return absent[:1]


SHAPES = {
    "empty": _("Empty."),
    "blanks": _("Has blanks around it."),
    "hex": _("Looks like hexadecimal digits."),
    "base64": _("Looks like base64."),
    "base64url": _("Looks like base64url."),
    "jwt": _("Looks like a JWT."),
    "text": _("Text."),
    "other": _("Has characters beyond ASCII, or that do not show."),
}


def _of(one: Parameter, verdict: Verdict) -> Judged:
    shape = SHAPES.get(one.shape)
    remark = said(shape) if shape is not None else None
    if one.times > 1:
        remark = said(_("Came %(times)s times."), times=one.times)
    return Judged(one.name, verdict, one.value, one.characters, one.place, remark)
