"""The wizard's table: what kinds of apps there are, what each is registered with, and why.

A developer says what they build; profile, authentication, grants and the rest follow from that. The reasons
stand beside the choices because the wizard shows them: whoever changes a field later knows what it was for.
What is chosen is where an app begins; every field can be changed in its settings.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from idp.apps.choices import (
    BY_SECRET,
    CODE_ALONE,
    CODE_FLOW,
    NAMES,
    NO_SECRET_IN_BROWSERS,
    NO_SECRET_ON_PHONES,
    PKCE,
    SECRET_ON_SERVER,
    SHORT_SIGNATURES,
    STRICT,
    UNBOUND_AT_KIOSK,
    UNBOUND_IN_PAGE,
    UNBOUND_ON_PHONE,
    UNBOUND_ON_SERVER,
    VERIFIED,
    WEB,
    Choice,
    Place,
    unbound,
)
from idp.locales import gettext_noop
from idp.oidc.clients.fields.device import DEVICE_CODE


class Kind(StrEnum):
    PORTAL = "portal"
    SINGLE_PAGE = "single-page"
    NATIVE = "native"
    MINI_PROGRAM = "mini-program"
    MACHINE = "machine"
    KIOSK = "kiosk"


@dataclass(frozen=True, slots=True)
class KindOfApp:
    """What somebody builds, and what the wizard chooses for them because of it."""

    kind: Kind
    name: str
    what: str
    """One sentence, by which developers find theirs."""
    choices: tuple[Choice, ...]
    returns: tuple[str, ...] = ()
    """Examples of where people come back to; empty where nobody is sent anywhere."""

    @property
    def has_people(self) -> bool:
        """Whether anybody signs in there."""
        return self.kind is not Kind.MACHINE

    @property
    def fields(self) -> Mapping[str, Any]:
        """Under their registered names."""
        return {choice.field: choice.value for choice in self.choices}


KINDS: tuple[KindOfApp, ...] = (
    KindOfApp(
        Kind.PORTAL,
        gettext_noop("Portal with a server"),
        gettext_noop(
            "A web site whose pages come from a server of yours: Flask, Django, Spring, Express, PHP."
        ),
        (
            STRICT,
            Choice("token_endpoint_auth_method", BY_SECRET, SECRET_ON_SERVER),
            Choice("grant_types", CODE_ALONE, CODE_FLOW),
            Choice(
                "application_type",
                "web",
                gettext_noop("People come back to an https address of yours."),
                WEB,
            ),
            PKCE,
            unbound(UNBOUND_ON_SERVER),
            SHORT_SIGNATURES,
            NAMES,
            VERIFIED,
        ),
        ("https://hall.example.gov.cn/callback", "http://portal.localhost:5000/callback"),
    ),
    KindOfApp(
        Kind.SINGLE_PAGE,
        gettext_noop("Single-page app"),
        gettext_noop("JavaScript in the browser speaks to us by itself, with no server of yours in between."),
        (
            STRICT,
            Choice("token_endpoint_auth_method", "none", NO_SECRET_IN_BROWSERS),
            Choice(
                "grant_types",
                CODE_ALONE,
                gettext_noop(
                    "The page exchanges the code by itself. It gets no refresh token: who is signed in here"
                    " comes back without a question when the page asks again."
                ),
            ),
            Choice(
                "application_type",
                "web",
                gettext_noop("People come back to an https address of yours."),
                WEB,
            ),
            PKCE,
            unbound(UNBOUND_IN_PAGE),
            SHORT_SIGNATURES,
            NAMES,
            VERIFIED,
        ),
        ("https://app.example.gov.cn/", "http://spa.localhost:5000/"),
    ),
    KindOfApp(
        Kind.NATIVE,
        gettext_noop("App on phones or computers"),
        gettext_noop("Installed on people's own devices; it opens the system's browser for the sign-in."),
        (
            STRICT,
            Choice("token_endpoint_auth_method", "none", NO_SECRET_ON_PHONES),
            Choice(
                "grant_types",
                ("authorization_code", "refresh_token"),
                gettext_noop(
                    "The system's browser brings back a code; the app keeps a refresh token, so that people"
                    " stay signed in."
                ),
            ),
            Choice(
                "application_type",
                "native",
                gettext_noop(
                    "People come back to the app: by an https link that it has claimed, by a scheme of its"
                    " own, or by a loopback address with any port (RFC 8252 section 7)."
                ),
                {
                    Place.NET: gettext_noop(
                        "People come back to the app by an https link that it has claimed: the system opens"
                        " it for no other app (RFC 8252 section 7.2)."
                    ),
                    Place.APP: gettext_noop(
                        "People come back to the app by a scheme of its own. Another app can claim the same"
                        " one; PKCE keeps the code from it (RFC 8252 section 7.1)."
                    ),
                    Place.OWN_MACHINE: gettext_noop(
                        "People come back to the app on their own machine, by a loopback address with any"
                        " port (RFC 8252 section 7.3)."
                    ),
                },
            ),
            PKCE,
            unbound(UNBOUND_ON_PHONE),
            SHORT_SIGNATURES,
            Choice(
                "scope",
                "openid profile offline_access",
                gettext_noop(
                    "Who it is, with name, date of birth and gender; offline_access is what a refresh token"
                    " needs."
                ),
            ),
            VERIFIED,
        ),
        ("cn.gov.example.app:/callback", "https://app.example.gov.cn/callback", "http://127.0.0.1/callback"),
    ),
    KindOfApp(
        Kind.MINI_PROGRAM,
        gettext_noop("Mini-program"),
        gettext_noop("Runs inside WeChat or the like, and has a back end of yours that holds the tokens."),
        (
            STRICT,
            Choice(
                "token_endpoint_auth_method",
                BY_SECRET,
                gettext_noop(
                    "The back end is what is registered, and can keep a secret. The mini-program gets"
                    " neither the secret nor any token."
                ),
            ),
            Choice(
                "grant_types",
                CODE_ALONE,
                gettext_noop(
                    "The sign-in opens in a web-view on our own pages; the code goes to the back end, which"
                    " exchanges it once."
                ),
            ),
            Choice(
                "application_type",
                "web",
                gettext_noop("People come back to an https address of the back end, inside the web-view."),
                WEB,
            ),
            PKCE,
            unbound(UNBOUND_ON_SERVER),
            SHORT_SIGNATURES,
            NAMES,
            VERIFIED,
        ),
        ("https://mini.example.gov.cn/callback",),
    ),
    KindOfApp(
        Kind.MACHINE,
        gettext_noop("Machine to machine"),
        gettext_noop("A service that acts for itself at night or in the background. Nobody signs in."),
        (
            STRICT,
            Choice("token_endpoint_auth_method", BY_SECRET, SECRET_ON_SERVER),
            Choice(
                "grant_types",
                ("client_credentials",),
                gettext_noop(
                    "The service asks for a token in its own name (RFC 6749 section 4.4), and gets nobody's"
                    " data."
                ),
            ),
            Choice("response_types", (), gettext_noop("No browser is sent anywhere, so none comes back.")),
            unbound(UNBOUND_ON_SERVER),
            Choice(
                "scope",
                "",
                gettext_noop(
                    "Nothing that concerns a person. Scopes of its own have a colon, such as licences:read."
                ),
            ),
        ),
    ),
    KindOfApp(
        Kind.KIOSK,
        gettext_noop("Terminal or kiosk"),
        gettext_noop(
            "A screen without a keyboard or browser: people scan its code and answer on their phones."
        ),
        (
            STRICT,
            Choice(
                "token_endpoint_auth_method",
                "none",
                gettext_noop("A terminal that stands in a hall keeps no secret."),
            ),
            Choice(
                "grant_types",
                (DEVICE_CODE,),
                gettext_noop(
                    "The terminal shows a short code and asks until the person has answered on a phone (RFC"
                    " 8628)."
                ),
            ),
            Choice("response_types", (), gettext_noop("No browser is sent anywhere, so none comes back.")),
            unbound(UNBOUND_AT_KIOSK),
            SHORT_SIGNATURES,
            Choice(
                "scope",
                "openid",
                gettext_noop(
                    "Which account it is, and nothing else: others may look at the screen. Add what you show."
                ),
            ),
            VERIFIED,
        ),
    ),
)
"""In the order of the wizard."""
OF_KIND: Mapping[Kind, KindOfApp] = {one.kind: one for one in KINDS}
