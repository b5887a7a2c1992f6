"""Ranges of addresses, and a form of one address by which a database finds all of a range.

Every address is looked at as IPv6: what came over IPv4 is the same however the system writes it, as
`192.0.2.7` or as `::ffff:192.0.2.7` (RFC 4291 section 2.5.5.2), or a range could be walked around.
"""

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Final

BITS: Final = 128
MAPPED: Final = 0xFFFF << 32
"""::ffff:0:0/96"""
MAPPED_BITS: Final = 96
ALL_V4: Final = IPv6Network((MAPPED, MAPPED_BITS))
WIDEST_V4, WIDEST_V6 = 16, 32
"""Prefixes of the widest ranges that anything is done to: beyond them lie whole operators."""

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network


class RangeRefused(ValueError):
    """`reason`: malformed or too_wide."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def address_of(text: str | None) -> Address | None:
    """None for what is no address, such as the peer of a Unix socket."""
    try:
        found = ip_address((text or "").partition("%")[0])
    except ValueError:
        return None
    mapped = found.ipv4_mapped if isinstance(found, IPv6Address) else None
    return mapped or found


def whole(address: Address) -> int:
    """As a number of 128 bits."""
    return MAPPED | int(address) if isinstance(address, IPv4Address) else int(address)


def key_of(text: str | None) -> str | None:
    """An address as 32 hexadecimal digits: in the order of the numbers, whatever the database."""
    found = address_of(text)
    return None if found is None else f"{whole(found):032x}"


def read_range(text: str) -> Network:
    """An address or a range in CIDR notation; bits beyond the prefix are cut off. Raises RangeRefused."""
    given, slash, prefix = text.strip().partition("/")
    address = address_of(given)
    if address is None or len(text) > 64:
        raise RangeRefused("malformed")
    if ":" in given and isinstance(address, IPv4Address) and slash:
        # A range of mapped addresses counts its bits from the front of IPv6.
        prefix = str(int(prefix) - MAPPED_BITS) if prefix.isdecimal() and int(prefix) >= MAPPED_BITS else "x"
    try:
        found = ip_network(f"{address}/{prefix}" if slash else str(address), strict=False)
    except ValueError:
        raise RangeRefused("malformed") from None
    if found.prefixlen < (WIDEST_V4 if found.version == 4 else WIDEST_V6) or (
        found.version == 6 and found.overlaps(ALL_V4)
    ):
        # All of IPv4 lies in a corner of IPv6 that is narrow as ranges of that go.
        raise RangeRefused("too_wide")
    return found


def prefix_of(network: Network) -> tuple[int, int]:
    """How many of 128 bits are given, and which they are."""
    bits = network.prefixlen + (MAPPED_BITS if network.version == 4 else 0)
    return bits, whole(network.network_address) >> (BITS - bits)


def keys_of(network: Network) -> tuple[str, str]:
    """The first and the last of its addresses as `key_of` gives them."""
    return f"{whole(network.network_address):032x}", f"{whole(network.broadcast_address):032x}"


def holds(network: Network, text: str | None) -> bool:
    address = address_of(text)
    if address is None:
        return False
    bits, prefix = prefix_of(network)
    return whole(address) >> (BITS - bits) == prefix


def overlap(one: Network, other: Network) -> bool:
    bits_one, prefix_one = prefix_of(one)
    bits_other, prefix_other = prefix_of(other)
    bits = min(bits_one, bits_other)
    return prefix_one >> (bits_one - bits) == prefix_other >> (bits_other - bits)
