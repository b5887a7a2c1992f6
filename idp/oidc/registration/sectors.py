"""The sector of a client that registers itself: what pairwise `sub` values hang on.

OpenID Connect Core 1.0 section 8.1. A host is a sector because codes end there, so it has to be proved, by
redirect_uris alone or by a document that its owner put there. Loopback addresses and schemes of an app's own
prove nothing: every app can have them, and each such client is a sector to itself.
"""

from collections.abc import Collection
from urllib.parse import urlsplit

from idp.oidc.clients.credentials.jwks import Fetch
from idp.oidc.clients.fields.registration import NO_HOST, host_of
from idp.oidc.clients.uris import UriRefused, check_web_uri, is_localhost
from idp.oidc.errors import InvalidClientMetadata
from idp.oidc.jose.strict_json import strict_value


def sector_of(uris: Collection[str], identifier_uri: str | None, client_id: str, fetch: Fetch) -> str:
    """`uris`: the redirect_uris. Raises InvalidClientMetadata."""
    if identifier_uri is not None:
        _check_names(identifier_uri, uris, fetch)
        return _usable(host_of(identifier_uri))
    hosts = {proved_host(uri) for uri in uris}
    if len(hosts) > 1:
        # OpenID Connect Registration 1.0 section 5
        raise InvalidClientMetadata("redirect_uris of several hosts need a sector_identifier_uri.")
    host = hosts.pop()
    return f"{NO_HOST}{client_id}" if host is None else _usable(host)


def _check_names(identifier_uri: str, uris: Collection[str], fetch: Fetch) -> None:
    """OpenID Connect Registration 1.0 section 5: https, a JSON array, every redirect_uri in it."""
    try:
        check_web_uri(identifier_uri)
        named = strict_value(fetch(identifier_uri))
    except UriRefused:
        raise InvalidClientMetadata("sector_identifier_uri is not an address of https.") from None
    except OSError as problem:
        # Which of our neighbours answers, and how, is not for strangers to find out.
        raise InvalidClientMetadata(
            "sector_identifier_uri cannot be read.", detail=type(problem).__name__
        ) from None
    except ValueError:
        raise InvalidClientMetadata("sector_identifier_uri cannot be read.", detail="no JSON") from None
    if not isinstance(named, list) or not set(uris) <= {one for one in named if isinstance(one, str)}:
        raise InvalidClientMetadata("sector_identifier_uri does not name every redirect_uri.")


def proved_host(uri: str) -> str | None:
    """None where an address proves none."""
    if urlsplit(uri).scheme not in {"https", "http"}:
        return None
    host = host_of(uri)
    return None if is_localhost(host) else host


def _usable(host: str) -> str:
    if not host or host.startswith(".") or ".." in host or ":" in host:
        raise InvalidClientMetadata("The host of the redirect_uris or of sector_identifier_uri has no name.")
    return host
