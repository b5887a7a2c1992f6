"""Addresses of ours, which are no client's: a page would say that people go to us, and answers, keys,
pictures and notices would come from our own host or go to it.

RFC 9700 section 4.1 wants redirect URIs to be the client's; the confused deputy of all others is the same. A
machine of a developer's own has many apps at one name, so there the port says whose it is, whatever the
loopback address is called.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from idp.oidc.clients.metadata import LOCALIZED, WEB_URIS, MetadataRefused
from idp.oidc.clients.uris import is_localhost

PORTS = {"http": 80, "https": 443}
FIELDS = frozenset(
    (
        *("redirect_uris", "post_logout_redirect_uris", "request_uris", "resource_uris"),
        *("jwks_uri", "sector_identifier_uri", "initiate_login_uri"),
        *("backchannel_logout_uri", "frontchannel_logout_uri", "backchannel_client_notification_endpoint"),
        *WEB_URIS,
    )
)
"""Every field of a registration that holds addresses; a test compares it with them."""
OURS = "an address of the sign-in service's own, which is no app's"


@dataclass(frozen=True, slots=True)
class OwnPlaces:
    hosts: frozenset[str]
    """Whole, whatever their port: in public a host has one owner."""
    local_ports: frozenset[int]
    """Of this machine."""

    def has(self, uri: str) -> bool:
        """Also for what is no address: that has rules of its own."""
        try:
            parts = urlsplit(uri)
            port = parts.port or PORTS.get(parts.scheme)
        except ValueError:
            return False
        host = _plain(parts.hostname)
        if is_localhost(host):
            return port in self.local_ports
        return host in self.hosts

    def of_ours(self, fields: Mapping[str, Any]) -> str | None:
        """The first field, as it is called there, that has one. `fields`: under their registered names."""
        return next((name for name, uri in _addresses(fields) if self.has(uri)), None)

    def refuse(self, fields: Mapping[str, Any]) -> None:
        """Raises MetadataRefused."""
        if (name := self.of_ours(fields)) is not None:
            raise MetadataRefused(f"{name}: {OURS}", ((name, OURS),))


def own_places(*origins: str) -> OwnPlaces:
    """`origins`: the issuer, and by what other names we are there; empty ones are none."""
    hosts, ports = set[str](), set[int]()
    for origin in filter(None, origins):
        parts = urlsplit(origin)
        host = _plain(parts.hostname)
        if is_localhost(host):
            ports.add(parts.port or PORTS[parts.scheme])
        else:
            hosts.add(host)
    return OwnPlaces(frozenset(hosts), frozenset(ports))


def _addresses(fields: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name, value in fields.items():
        base = name.partition("#")[0]
        if base not in FIELDS or (base != name and base not in LOCALIZED):
            continue
        values: Iterable[Any] = value if isinstance(value, list | tuple) else (value,)
        yield from ((name, one) for one in values if isinstance(one, str))


def _plain(host: str | None) -> str:
    """A name that ends in a dot is the same host (RFC 3986 section 3.2.2)."""
    return (host or "").rstrip(".").lower()
