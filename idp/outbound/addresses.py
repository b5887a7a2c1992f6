"""Which addresses may be asked: how they are written, what they resolve to, whose network that is."""

import socket
from collections.abc import Callable, Collection, Sequence
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from queue import Empty, SimpleQueue
from threading import Thread
from time import monotonic
from urllib.parse import SplitResult, urlsplit

from idp.outbound.answers import AddressRefused, TimedOut, Unreachable

DEFAULT_PORTS = {"http": 80, "https": 443, "syslog+tls": 6514}
"""The last one's: RFC 5425 section 4.1."""
WEB = frozenset({"http", "https"})
ENCRYPTED = frozenset({"https", "syslog+tls"})
NAT64 = IPv6Network("64:ff9b::/96")  # RFC 6052: the last 32 bits are an IPv4 address

Resolve = Callable[[str, int], Sequence[str]]
"""Host and port to IP addresses, best first. Raises OSError."""


def system_resolver(host: str, port: int) -> Sequence[str]:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def is_public(address: str) -> bool:
    """Whether an address is one of the open Internet, whatever it is written or wrapped as."""
    found: IPv4Address | IPv6Address = ip_address(address.partition("%")[0])
    if isinstance(found, IPv6Address):
        if found.ipv4_mapped is not None:
            found = found.ipv4_mapped
        elif found in NAT64:
            found = IPv4Address(int(found) & 0xFFFFFFFF)
        elif found.sixtofour is not None or found.teredo is not None:
            return False
    return found.is_global and not found.is_multicast and not found.is_reserved


def split(url: str, schemes: Collection[str] = WEB) -> SplitResult:
    """Raises AddressRefused for anything but a plain address, of http or https unless said otherwise."""
    if not url.isascii() or any(ord(character) <= 32 or ord(character) == 127 for character in url):
        raise AddressRefused("an address with characters that do not belong there")
    try:
        place = urlsplit(url)
        port = place.port
    except ValueError:
        raise AddressRefused("an address that cannot be read") from None
    if place.scheme not in schemes or not place.hostname or port == 0 or "\\" in url:
        raise AddressRefused(f"an address that is not {' or '.join(sorted(schemes))}")
    if "@" in place.netloc or place.fragment:
        raise AddressRefused("an address with a user or a fragment")
    return place


def origin_of(place: SplitResult) -> str:
    host = f"[{place.hostname}]" if ":" in (place.hostname or "") else place.hostname
    return f"{place.scheme}://{host}:{place.port or DEFAULT_PORTS[place.scheme]}"


def allowed_origin(entry: str) -> str:
    try:
        place = split(entry, DEFAULT_PORTS)
    except AddressRefused as error:
        raise ValueError(f"outbound.allow: {error}") from None
    if place.path not in ("", "/") or place.query:
        raise ValueError("outbound.allow: an entry is scheme://host:port, with nothing after it")
    return origin_of(place)


def resolved(deadline: float, call: Callable[[], Sequence[str]], origin: str) -> Sequence[str]:
    """Resolving has no time limit of its own, so it runs beside us and may be left behind."""
    outcome: SimpleQueue[Sequence[str] | OSError] = SimpleQueue()

    def run() -> None:
        try:
            outcome.put(call())
        except (OSError, UnicodeError) as error:
            outcome.put(error if isinstance(error, OSError) else OSError("not a name"))

    Thread(target=run, daemon=True, name="resolve").start()
    try:
        found = outcome.get(timeout=max(0.0, deadline - monotonic()))
    except Empty:
        raise TimedOut(f"{origin} was not resolved in time") from None
    if isinstance(found, OSError):
        raise Unreachable(f"{origin} is not a known name")
    return found
