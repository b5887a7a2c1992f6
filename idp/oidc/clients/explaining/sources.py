"""Where a field or a rule comes from."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Source:
    """A specification and its section; both empty for what is ours."""

    title: str = ""
    section: str = ""
    url: str = ""


def rfc(number: int, section: str) -> Source:
    url = f"https://www.rfc-editor.org/rfc/rfc{number}#section-{section}"
    return Source(f"RFC {number}", section, url)


def _openid(title: str, name: str, section: str, anchor: str) -> Source:
    return Source(title, section, f"https://openid.net/specs/{name}.html#{anchor}")


OURS = Source()
CLIENT = rfc(7591, "2")
REGISTRATION = _openid(
    "OpenID Connect Registration 1.0", "openid-connect-registration-1_0", "2", "ClientMetadata"
)
BACK_CHANNEL = _openid(
    "OpenID Connect Back-Channel Logout 1.0", "openid-connect-backchannel-1_0", "2.2", "BCRegistration"
)
FRONT_CHANNEL = _openid(
    "OpenID Connect Front-Channel Logout 1.0", "openid-connect-frontchannel-1_0", "2", "RPLogout"
)
RP_LOGOUT = _openid(
    "OpenID Connect RP-Initiated Logout 1.0", "openid-connect-rpinitiated-1_0", "3.1", "ClientMetadata"
)
INITIATION = _openid("OpenID Connect Core 1.0", "openid-connect-core-1_0", "4", "ThirdPartyInitiatedLogin")
PAIRWISE = _openid("OpenID Connect Core 1.0", "openid-connect-core-1_0", "8.1", "PairwiseAlg")
SCOPES = _openid("OpenID Connect Core 1.0", "openid-connect-core-1_0", "5.4", "ScopeClaims")
CIBA = _openid(
    "OpenID Connect CIBA Core 1.0",
    "openid-client-initiated-backchannel-authentication-core-1_0",
    "4",
    "registration",
)
JARM = Source("JARM", "3", "https://openid.net/specs/oauth-v2-jarm-final.html#section-3")
FAPI = Source("FAPI 2.0", "5.3", "https://openid.net/specs/fapi-security-profile-2_0-final.html#section-5.3")
REDIRECTS = rfc(6749, "3.1.2")
COMPARED = rfc(9700, "2.1")
NATIVE = rfc(8252, "7")
PUSHED = rfc(9126, "6")
REQUEST_OBJECTS = rfc(9101, "10.5")
DPOP = rfc(9449, "5.2")
DPOP_NONCES = rfc(9449, "8")
MTLS = rfc(8705, "2.1.2")
MTLS_TOKENS = rfc(8705, "3.4")
RESOURCES = rfc(8707, "2")
DETAILS = rfc(9396, "10")
EXCHANGE = rfc(8693, "2.1")
INTROSPECTION = rfc(9701, "6")
PKCE = rfc(7636, "4")
PUNYCODE = rfc(5890, "2.3.2.1")
