"""The specifications that a diagnosis names, and where to read them."""

from dataclasses import dataclass

OPENID = "https://openid.net/specs/"
PAGES = {
    "OpenID Connect Core 1.0": (OPENID + "openid-connect-core-1_0.html", "#rfc.section."),
    "OpenID Connect RP-Initiated Logout 1.0": (
        OPENID + "openid-connect-rpinitiated-1_0.html",
        "#rfc.section.",
    ),
    "OpenID Connect Dynamic Client Registration 1.0": (
        OPENID + "openid-connect-registration-1_0.html",
        "#rfc.section.",
    ),
    "CIBA Core 1.0": (
        OPENID + "openid-client-initiated-backchannel-authentication-core-1_0.html",
        "#rfc.section.",
    ),
    "FAPI 2.0 Security Profile": (OPENID + "fapi-security-profile-2_0-final.html", "#section-"),
    "OAuth 2.0 Multiple Response Type Encoding Practices": (
        OPENID + "oauth-v2-multiple-response-types-1_0.html",
        "#rfc.section.",
    ),
    "JARM": (OPENID + "oauth-v2-jarm-final.html", "#section-"),
    "Unmet Authentication Requirements 1.0": (
        OPENID + "openid-connect-unmet-authentication-requirements-1_0.html",
        "#rfc.section.",
    ),
    "Yitong": ("", ""),
}
"""By title: the page, and how it names a section. Ours has no section: the documentation is elsewhere."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A section of a specification. Its names are the specification's, and are not translated."""

    title: str
    section: str

    @property
    def text(self) -> str:
        return f"{self.title} § {self.section}" if self.section else self.title

    @property
    def url(self) -> str:
        if self.title.startswith("RFC "):
            return f"https://www.rfc-editor.org/rfc/rfc{self.title[4:]}#section-{self.section}"
        page, mark = PAGES[self.title]
        return f"{page}{mark}{self.section}" if page else ""


def rfc(number: int, section: str) -> Rule:
    return Rule(f"RFC {number}", section)


def core(section: str) -> Rule:
    return Rule("OpenID Connect Core 1.0", section)


def of(title: str, section: str) -> Rule:
    """Raises KeyError for a title that has no page."""
    _ = PAGES[title]
    return Rule(title, section)
