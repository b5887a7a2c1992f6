"""Which addresses a client may register, and when an address in a request is one of them."""

import re
from collections.abc import Iterable
from enum import StrEnum
from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit

from idp.oidc.clients.hosts import passes_for_another

LENGTH_AT_MOST = 2048
RESOURCE_CHARACTERS_AT_MOST = 512
SHOWN_AT_MOST = 200
AUTHORITY = re.compile(r"[A-Za-z0-9._~:@\[\]-]*")
"""What hosts have in their names, and nothing that has a meaning in a policy (CSP Level 3 section 2.2)."""


class UriRule(StrEnum):
    """What an address may break; `typed_addresses` has the words for whoever typed it."""

    CHARACTERS = "characters"
    TOO_LONG = "too-long"
    UNREADABLE = "unreadable"
    HOST_NAME = "host-name"
    NOT_ABSOLUTE = "not-absolute"
    FRAGMENT = "fragment"
    WILDCARD = "wildcard"
    NO_HOST = "no-host"
    USER_NAME = "user-name"
    LOOK_ALIKE = "look-alike"
    NEEDS_HTTPS = "needs-https"
    SCHEME = "scheme"


class UriRefused(Exception):
    """Says which rule the address breaks."""

    def __init__(self, message: str, rule: UriRule) -> None:
        super().__init__(message)
        self.rule = rule


def check_redirect_uri(uri: str, *, native: bool) -> None:
    """Raises UriRefused unless codes may be sent there.

    RFC 6749 section 3.1.2: absolute, without fragment. OpenID Connect Registration section 2: https
    for web clients. RFC 8252 section 7: native clients may use loopback addresses and schemes of
    their own, which carry a dot. Names under .localhost never leave the machine (RFC 6761 section
    6.3), so http is good there, as on loopback addresses.
    """
    parts = _split(uri)
    if parts.scheme == "https":
        _check_host(uri, parts)
    elif parts.scheme == "http":
        _check_host(uri, parts)
        if not (is_localhost(parts.hostname) or (native and is_loopback(parts.hostname))):
            raise UriRefused(f"{uri}: http is only for this machine", UriRule.NEEDS_HTTPS)
    elif not native or "." not in parts.scheme:
        wanted = "needs https, or a scheme of the app's own such as com.example.app"
        raise UriRefused(f"{uri}: {wanted}", UriRule.SCHEME)
    if "*" in uri:
        # RFC 9700 section 4.1.3: compared as strings. Whoever writes one means something else.
        raise UriRefused(f"{uri}: must be without wildcard", UriRule.WILDCARD)


def check_web_uri(uri: str) -> None:
    """Raises UriRefused unless a page may link there."""
    parts = _split(uri)
    if parts.scheme != "https" and not (parts.scheme == "http" and is_localhost(parts.hostname)):
        raise UriRefused(f"{uri}: needs https", UriRule.NEEDS_HTTPS)
    _check_host(uri, parts)


def check_logout_uri(uri: str, *, is_public: bool) -> None:
    """Raises UriRefused unless a client may be told there that a session is over.

    OpenID Connect Back-Channel Logout 1.0 section 2.2, Front-Channel Logout 1.0 section 2: absolute, without
    fragment; http for confidential clients alone, and here for this machine alone.
    """
    check_web_uri(uri)
    if is_public and urlsplit(uri).scheme != "https":
        raise UriRefused(f"{uri}: needs https", UriRule.NEEDS_HTTPS)


def check_resource_uri(uri: str) -> None:
    """Raises UriRefused unless a resource may be called so (RFC 8707 section 2).

    It is a name that is compared, and nothing is fetched from it; a URN is as good as an address.
    """
    if len(uri) > RESOURCE_CHARACTERS_AT_MOST:
        raise UriRefused("the name of a resource is too long", UriRule.TOO_LONG)
    parts = _split(uri)
    if parts.scheme in {"https", "http"}:
        check_web_uri(uri)
    elif parts.scheme != "urn":
        raise UriRefused(f"{uri}: needs https, or urn", UriRule.SCHEME)


def is_localhost(host: str | None) -> bool:
    return host is not None and (host == "localhost" or host.endswith(".localhost") or is_loopback(host))


def is_loopback(host: str | None) -> bool:
    try:
        return host is not None and ip_address(host).is_loopback
    except ValueError:
        return False


def csp_source(uri: str) -> str:
    """Where a form that leads to `uri` may end (CSP Level 3 section 2.3.1): browsers apply `form-action`
    to the redirects that follow a form. An app's own scheme has no origin."""
    parts = urlsplit(uri)
    return f"{parts.scheme}://{parts.netloc}" if parts.netloc else f"{parts.scheme}:"


def is_registered(uri: str, registered: Iterable[str], *, native: bool) -> bool:
    """Simple string comparison (RFC 9700 section 2.1), but for the port of a native client's loopback
    address, which the app learns only when it listens (RFC 8252 section 7.3)."""
    known = tuple(registered)
    if uri in known:
        return True
    # urlsplit drops line breaks in silence, and what it compares goes into a header as it came.
    portless = _without_port(uri) if native and uri.isprintable() else None
    return portless is not None and portless in {_without_port(other) for other in known}


def without_secrets(uri: str) -> str:
    """An address as far as it may be remembered: no query, no user name, no long run of digits."""
    bare = re.split(r"[?#]", uri, maxsplit=1)[0]
    bare = re.sub(r"//[^/]*@", "//", bare)
    return re.sub(r"\d{7,}[\dXx]?", "#", bare)[:SHOWN_AT_MOST]


def _without_port(uri: str) -> tuple[str, str, str] | None:
    """None for anything but a plain http address on a loopback IP literal."""
    try:
        parts = urlsplit(uri)
        port = parts.port
    except ValueError:
        return None
    plain = parts.hostname if port is None else f"{parts.hostname}:{port}"
    bracketed = f"[{parts.hostname}]" + ("" if port is None else f":{port}")
    if parts.scheme != "http" or not is_loopback(parts.hostname) or parts.netloc not in {plain, bracketed}:
        return None
    return parts.hostname or "", parts.path, f"{parts.query}#{parts.fragment}"


def _split(uri: str) -> SplitResult:
    # urlsplit drops control characters and blanks in silence; browsers read \ as /.
    if len(uri) > LENGTH_AT_MOST or any(c <= " " or c >= "\x7f" or c == "\\" for c in uri):
        rule = UriRule.TOO_LONG if len(uri) > LENGTH_AT_MOST else UriRule.CHARACTERS
        raise UriRefused("an address has characters that it must not have, or is too long", rule)
    try:
        parts = urlsplit(uri)
        _ = parts.port
    except ValueError:
        raise UriRefused(f"{uri}: not an address", UriRule.UNREADABLE) from None
    if not AUTHORITY.fullmatch(parts.netloc):
        rule = UriRule.WILDCARD if "*" in parts.netloc else UriRule.HOST_NAME
        raise UriRefused(f"{uri}: a host has no such name", rule)
    if not parts.scheme or "#" in uri:
        rule = UriRule.FRAGMENT if parts.scheme else UriRule.NOT_ABSOLUTE
        raise UriRefused(f"{uri}: must be absolute, without fragment and without wildcard", rule)
    return parts


def _check_host(uri: str, parts: SplitResult) -> None:
    if not parts.hostname or parts.username is not None or parts.password is not None:
        rule = UriRule.USER_NAME if parts.hostname else UriRule.NO_HOST
        raise UriRefused(f"{uri}: needs a host, and no user name", rule)
    if passes_for_another(parts.hostname):
        raise UriRefused(f"{uri}: the host's name reads like another one", UriRule.LOOK_ALIKE)
