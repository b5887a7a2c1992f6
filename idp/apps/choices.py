"""Fields that the wizard chooses, each with its reason, and reasons that several kinds of apps share."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit

from idp.locales import gettext_noop
from idp.oidc.clients.uris import is_localhost


class Place(StrEnum):
    """Where an address leads."""

    NET = "net"
    OWN_MACHINE = "own-machine"
    """Of whoever builds the app, or runs it."""
    APP = "app"
    """By a scheme of its own."""

    @classmethod
    def of(cls, uri: str) -> "Place":
        parts = urlsplit(uri)
        if parts.scheme not in {"http", "https"}:
            return cls.APP
        return cls.OWN_MACHINE if is_localhost(parts.hostname) else cls.NET


@dataclass(frozen=True, slots=True)
class Choice:
    """A field of the registration, what it begins with, and why."""

    field: str
    value: Any
    why: str
    """Marked by `gettext_noop`, as all words of this table."""
    why_there: Mapping[Place, str] | None = None
    """What holds instead, where people come back to such a place."""

    def because(self, redirect_uri: str | None) -> str:
        """Why, with the address that somebody has typed; None where the kind has none."""
        place = None if redirect_uri is None else Place.of(redirect_uri)
        return self.why if place is None else (self.why_there or {}).get(place, self.why)


ON_OWN_MACHINE = gettext_noop(
    "The address that you typed lies on your own machine, where http is allowed while you build. In"
    " production people come back to an https address."
)
WEB = {Place.OWN_MACHINE: ON_OWN_MACHINE}
STRICT = Choice(
    "profile",
    "oauth21",
    gettext_noop(
        "OAuth 2.1: what has turned out to be dangerous is left out, and a request without PKCE is refused."
    ),
)
PKCE = Choice(
    "require_pkce",
    True,
    gettext_noop(
        "A code that is stolen on the way opens nothing: only who began the sign-in knows its code_verifier"
        " (RFC 7636)."
    ),
)
SHORT_SIGNATURES = Choice(
    "id_token_signed_response_alg",
    "ES256",
    gettext_noop(
        "Short signatures that are quick to check. If your library only knows RS256, choose that in the"
        " settings."
    ),
)
NAMES = Choice(
    "scope",
    "openid profile",
    gettext_noop("Who it is, with name, date of birth and gender. Ask for no more than you need."),
)
VERIFIED = Choice(
    "minimum_level",
    2,
    gettext_noop("Name and number of everybody who signs in agree with the population register."),
)
BY_SECRET = "client_secret_basic"  # noqa: S105 - the name of a method
CODE_ALONE = ("authorization_code",)
CODE_FLOW = gettext_noop(
    "People sign in on our pages and come back with a code, which your server exchanges for tokens."
)
SECRET_ON_SERVER = gettext_noop(
    "Your server can keep a secret. A key of your own (private_key_jwt) is stronger still: it never leaves"
    " you."
)
NO_SECRET_IN_BROWSERS = gettext_noop(
    "Whatever is in a page can be read by everybody: there is no secret. PKCE and exact addresses take its"
    " place."
)
NO_SECRET_ON_PHONES = gettext_noop(
    "Whatever is in an app can be read by who has the app: there is no secret (RFC 8252 section 8.5)."
)
UNBOUND_ON_SERVER = gettext_noop(
    "Tokens stay on your server, so they are not bound to a key to begin with. Bind them (DPoP, RFC 9449)"
    " where they go on to other services."
)
UNBOUND_IN_PAGE = gettext_noop(
    "Not to begin with: an access token lives ten minutes and there is no refresh token. Bind tokens to a"
    " key of the page (DPoP, RFC 9449) before you go live, if your library can."
)
UNBOUND_ON_PHONE = gettext_noop(
    "Not to begin with: few libraries for apps know DPoP. A refresh token changes with every use, and one"
    " that comes twice ends the sign-in. A proof that you send (RFC 9449) binds them at once."
)
UNBOUND_AT_KIOSK = gettext_noop(
    "Not to begin with: an access token lives ten minutes, and the terminal gets no refresh token."
)


def unbound(why: str) -> Choice:
    return Choice("dpop_bound_access_tokens", False, why)
