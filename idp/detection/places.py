"""Where addresses are, as far as the operator says: no such list comes with the provider.

A CSV file, one network a line: `network,latitude,longitude[,label]`, degrees of WGS 84, `#` begins a comment.
The narrowest network that holds an address counts.
"""

import csv
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from pathlib import Path

from idp.settings import SettingsWrong

EARTH_KM = 6371.0
ROWS_AT_MOST = 2_000_000
READ_AT_MOST = 20_000
SETTING = "detection.places_file"
PRIVATE = tuple(
    map(
        ip_network,
        (
            *(
                "10.0.0.0/8",
                "172.16.0.0/12",
                "192.168.0.0/16",
                "100.64.0.0/10",
                "127.0.0.0/8",
                "169.254.0.0/16",
            ),
            *("fc00::/7", "fe80::/10", "::1/128"),
        ),
    )
)
"""RFC 1918, 6598, 4193 and this machine: they are everywhere, whatever a list says."""


@dataclass(frozen=True, slots=True)
class Place:
    latitude: float
    longitude: float
    label: str = ""

    def kilometres(self, other: "Place") -> float:
        """Over the ground (haversine)."""
        one, two = math.radians(self.latitude), math.radians(other.latitude)
        across = math.radians(other.longitude - self.longitude)
        part = math.sin((two - one) / 2) ** 2 + math.cos(one) * math.cos(two) * math.sin(across / 2) ** 2
        return 2 * EARTH_KM * math.asin(min(1.0, math.sqrt(part)))


@dataclass(frozen=True)
class Places:
    by_prefix: Mapping[tuple[int, int], Mapping[int, Place]]
    """By version of the address and bits of the network: the network's own bits and where it is."""
    _found: dict[str, Place | None] = field(default_factory=dict, repr=False, compare=False)

    def find(self, address: str) -> Place | None:
        """None where nobody says, and of private networks."""
        if address not in self._found:
            if len(self._found) >= READ_AT_MOST:
                self._found.clear()
            self._found[address] = self._look(address)
        return self._found[address]

    def _look(self, text: str) -> Place | None:
        try:
            address = _plain(text)
        except ValueError:
            return None
        if any(address in network for network in PRIVATE if network.version == address.version):
            return None
        for version, bits in sorted(self.by_prefix, reverse=True):
            if version == address.version:
                own = int(address) >> (address.max_prefixlen - bits)
                if (place := self.by_prefix[version, bits].get(own)) is not None:
                    return place
        return None


def read(file: Path) -> Places:
    """Raises SettingsWrong, with the line that is wrong."""
    found: dict[tuple[int, int], dict[int, Place]] = {}
    try:
        with file.open(encoding="utf-8-sig", newline="") as lines:
            for number, row in enumerate(csv.reader(_without_comments(lines)), 1):
                if number > ROWS_AT_MOST:
                    raise SettingsWrong(f"{SETTING}: more than {ROWS_AT_MOST} networks")
                if row:
                    _add(found, row, number)
    except OSError as problem:
        raise SettingsWrong(f"{SETTING}: {file}: {problem.strerror}") from None
    except (UnicodeDecodeError, csv.Error):
        raise SettingsWrong(f"{SETTING}: {file} is no CSV in UTF-8") from None
    return Places(found)


def _add(found: dict[tuple[int, int], dict[int, Place]], row: list[str], number: int) -> None:
    try:
        text, latitude, longitude, *label = (part.strip() for part in row)
        network = ip_network(text)
        place = Place(float(latitude), float(longitude), label[0] if label else "")
        if not (abs(place.latitude) <= 90 and abs(place.longitude) <= 180) or len(label) > 1:
            raise ValueError
    except ValueError:
        raise SettingsWrong(f"{SETTING}: line {number} is not: network,latitude,longitude[,label]") from None
    own = int(network.network_address) >> (network.max_prefixlen - network.prefixlen)
    found.setdefault((network.version, network.prefixlen), {})[own] = place


def _without_comments(lines: Iterable[str]) -> Iterable[str]:
    return (line if not line.lstrip().startswith("#") else "\n" for line in lines)


def _plain(text: str) -> IPv4Address | IPv6Address:
    address = ip_address(text)
    return getattr(address, "ipv4_mapped", None) or address
