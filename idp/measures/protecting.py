"""Which ranges nobody blocks: this machine, the proxies before it, what the operator names, who asks."""

from collections.abc import Iterable
from ipaddress import ip_network
from typing import Final

from idp.measures.subjects import MeasureRefused
from idp.ranges import Network, address_of, holds, overlap, read_range
from idp.settings import Settings

OURSELVES: Final = tuple(ip_network(text) for text in ("127.0.0.0/8", "0.0.0.0/32", "::1/128", "::/128"))
"""And callers without an address, who come through a Unix socket."""


def never_blocked(settings: Settings) -> tuple[Network, ...]:
    proxies = (address_of(one) for one in settings.server.trusted_proxies)
    return (
        *OURSELVES,
        *(ip_network(str(one)) for one in proxies if one is not None),
        *(ip_network(one) for one in settings.measures.never_blocked),
    )


def check(text: str, protected: Iterable[Network], own_address: str | None) -> None:
    """Raises MeasureRefused: needed, own_address."""
    wanted = read_range(text)
    if any(overlap(wanted, one) for one in protected):
        raise MeasureRefused("needed")
    if holds(wanted, own_address):
        # Whoever blocks themself cannot take it back.
        raise MeasureRefused("own_address")
