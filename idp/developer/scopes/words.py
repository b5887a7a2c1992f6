"""What each scope tells, and what the levels and parties are, for whoever chooses them."""

from collections.abc import Mapping
from typing import Final

from idp.locales import gettext_noop as _
from idp.oidc.claims.catalogue import BY_NAME, RELEASES

SCOPES: Final[Mapping[str, tuple[str, str]]] = {
    "openid": (_("Which account it is"), _("A sub that stands for the person at your app and nowhere else.")),
    "profile": (_("Name, date of birth and gender"), _("As the population register has them.")),
    "phone": (_("Phone"), _("The number that the person has confirmed.")),
    "email": (_("E-mail"), _("Where the person gave an address and confirmed it.")),
    "age": (
        _("Whether of age"),
        _("Yes or no, without the date of birth. Ask for it instead of profile where it is enough."),
    ),
    "resident_number": (
        _("ID number"),
        _("The number of the identity document. Level 2 at least; key your records on sub, not on it."),
    ),
    "organisation": (
        _("Organisation that somebody acts for"),
        _("Its credit code and name. For apps that accept businesses or agents."),
    ),
    "offline_access": (
        _("Access while the person is away"),
        _("A refresh token that outlasts the session. Needs the grant type refresh_token."),
    ),
}
LEVELS: Final = (
    ("1", _("1 – self-declared: control of an account")),
    ("2", _("2 – verified: name and number agree with the population register")),
    ("3", _("3 – present: level 2, and the person is here now")),
    ("4", _("4 – certified: level 3 by a certificate whose key is in hardware")),
)
PARTIES: Final = (
    ("citizen", _("Citizens, for themselves")),
    ("business", _("Businesses, by who represents or administers them")),
    ("agent", _("Agents, relatives and guardians, by a mandate")),
)


def claims(scope: str) -> tuple[str, ...]:
    """Those that come with the scope, and those that may be asked for by name."""
    return (*RELEASES.get(scope, ()), *BY_NAME.get(scope, ()))
