"""Where the town's addresses are: those that documents may use (RFC 5737, RFC 3849), and 10/8 for gateways.

Nobody has these, so nothing here can be somebody's. What each block stands for is made up here.
"""

from enum import StrEnum
from ipaddress import IPv6Address

from idp.sandbox.traffic.draws import Draws


class Place(StrEnum):
    TOWN = "town"
    OTHER_CITY = "other_city"
    """1,300 km away: two hours by plane, and where some mobile carriers let people of the town out."""
    ABROAD = "abroad"
    """9,000 km away."""


BLOCKS = {
    Place.TOWN: ("192.0.2", 0x2001_0DB8_1000 << 80),
    Place.OTHER_CITY: ("198.51.100", 0x2001_0DB8_2000 << 80),
    Place.ABROAD: ("203.0.113", 0x2001_0DB8_F000 << 80),
}
"""The first three bytes of IPv4, and the IPv6 /36 (as a number) of each place."""
NETWORKS = {place: (f"{ipv4}.0/24", f"{IPv6Address(ipv6)}/36") for place, (ipv4, ipv6) in BLOCKS.items()}
HALL_GATEWAY = "10.1.0.1"
"""All windows and kiosks of the service hall."""
OPERATORS_NETWORK = "10.66.0."


def ipv4(draws: Draws, place: Place) -> str:
    return f"{BLOCKS[place][0]}.{draws.randint(1, 254)}"


def ipv6(draws: Draws, place: Place) -> str:
    """A subscriber's network, and one of the addresses in it."""
    subscriber = draws.getrandbits(28) << 64
    return str(IPv6Address(BLOCKS[place][1] | subscriber | draws.getrandbits(64)))


def neighbour(draws: Draws, address: str) -> str:
    """Another address of the same subscriber: telephones change theirs each day (RFC 8981)."""
    if ":" not in address:
        return address
    return str(IPv6Address(int(IPv6Address(address)) >> 64 << 64 | draws.getrandbits(64)))


def hideout(draws: Draws, place: Place) -> str:
    """An attacker's. Of IPv4 documents may use three networks alone: all attackers would be neighbours."""
    return ipv6(draws, place)
