"""How much of an address the log says, by the operator's policy.

A digest is written as an address, too, so that all that reads the log goes on as it did. It has the shape
of a unique local address (RFC 4193), and its parts follow from a key and from what they stand for: /48 from
the neighbourhood (/24 of IPv4, /48 of IPv6), /64 from the subscriber, the rest from the address. So the same
address is found again, and neighbours are still neighbours. Whoever has the key can try all addresses of
IPv4: a digest keeps them from those who read the log, not from those who run the provider.
"""

import hmac
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from ipaddress import IPv6Address, IPv6Network, ip_network
from typing import Final

from idp.crypto.master_key import MasterKeys
from idp.ranges import Address, Network, address_of
from idp.settings.audit import Audit

NEIGHBOURHOOD: Final = {4: 24, 6: 48}
SUBSCRIBER: Final = {4: 32, 6: 64}
"""RFC 6177: a subscriber of IPv6 has a /64 at least."""
DIGESTS: Final = IPv6Network("fd00::/8")
REMEMBERED: Final = 4096
KEY_USE: Final = "audit addresses"


class AddressPolicy(StrEnum):
    FULL = "full"
    NETWORK = "network"
    DIGEST = "digest"


class NotToBeFound(ValueError):
    """The log does not say enough of addresses to find those of such a range."""


@dataclass(frozen=True, slots=True, repr=False)
class RecordedAddresses:
    policy: AddressPolicy
    key: bytes
    """Of digests."""

    def recorded(self, text: str | None) -> str | None:
        """What the log says of it; None for no address, and for a peer that has none. Raises ValueError."""
        if not text or self.policy is AddressPolicy.FULL:
            return text or None
        if (address := address_of(text)) is None:
            raise ValueError("not an IP address")
        if self.policy is AddressPolicy.NETWORK:
            return str(_network(address, NEIGHBOURHOOD).network_address)
        return _digest(self.key, address)

    def sought(self, text: str) -> str:
        """Where the log has what comes from an address, or from a range. Twice is as good as once.

        Raises NotToBeFound; ValueError for what is neither.
        """
        if self.policy is AddressPolicy.FULL:
            return text
        one = address_of(text)
        network = ip_network(text if one is None else one, strict=False)
        if network.version == 6 and network.subnet_of(DIGESTS) and self.policy is AddressPolicy.DIGEST:
            return text
        bits = NEIGHBOURHOOD[network.version]
        if self.policy is AddressPolicy.NETWORK:
            return str(network if network.prefixlen <= bits else network.supernet(new_prefix=bits))
        if one is not None:
            return str(self.recorded(text))
        if network.prefixlen not in {bits, SUBSCRIBER[network.version]}:
            raise NotToBeFound(f"addresses are kept as digests: /{bits} is the only range that can be found")
        digest = _digest(self.key, network.network_address)
        return str(ip_network(f"{digest}/{48 if network.prefixlen == bits else 64}", strict=False))

    def shown(self, recorded: str | None) -> str | None:
        """For people who are to recognise it: None for a digest, which nobody does."""
        return None if self.policy is AddressPolicy.DIGEST else recorded


def recorded_addresses(settings: Audit, keys: MasterKeys) -> RecordedAddresses:
    return RecordedAddresses(AddressPolicy(settings.addresses), keys.derived(KEY_USE))


@lru_cache(REMEMBERED)
def _digest(key: bytes, address: Address) -> str:
    parts = (
        _mac(key, _network(address, NEIGHBOURHOOD), 5),
        _mac(key, _network(address, SUBSCRIBER), 2),
        _mac(key, ip_network(address), 8),
    )
    return str(IPv6Address(b"\xfd" + b"".join(parts)))


def _network(address: Address, bits: dict[int, int]) -> Network:
    return ip_network((address, bits[address.version]), strict=False)


def _mac(key: bytes, network: Network, size: int) -> bytes:
    return hmac.digest(key, str(network).encode(), "sha256")[:size]
