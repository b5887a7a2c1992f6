"""Ranges of addresses, however an address is written."""

from ipaddress import ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idp.ranges import (
    MAPPED_BITS,
    WIDEST_V6,
    RangeRefused,
    address_of,
    holds,
    key_of,
    keys_of,
    overlap,
    read_range,
)

ADDRESSES = st.ip_addresses()


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("203.0.113.9", "203.0.113.9/32"),
        ("203.0.113.9/24", "203.0.113.0/24"),
        ("::ffff:203.0.113.9", "203.0.113.9/32"),
        ("::ffff:203.0.113.0/120", "203.0.113.0/24"),
        ("2001:DB8::1/32", "2001:db8::/32"),
        (" 2001:db8::1 ", "2001:db8::1/128"),
    ],
)
def test_what_is_meant(text: str, meant: str) -> None:
    assert str(read_range(text)) == meant


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("10.0.0.0/15", "too_wide"),
        ("2001:db8::/31", "too_wide"),
        ("::ffff:0.0.0.0/96", "too_wide"),
        ("::/32", "too_wide"),
        ("::fffe:0:0/95", "too_wide"),
        ("::ffff:203.0.113.0/24", "malformed"),
        ("11010519491231002X", "malformed"),
        ("203.0.113.0/33", "malformed"),
        ("203.0.113.0/", "malformed"),
        ("", "malformed"),
    ],
)
def test_what_is_refused(text: str, reason: str) -> None:
    with pytest.raises(RangeRefused, match=reason):
        read_range(text)


@given(ADDRESSES, ADDRESSES)
def test_keys_are_in_the_order_of_addresses(one: object, other: object) -> None:
    first, second = address_of(str(one)), address_of(str(other))
    assert first is not None
    assert second is not None
    if first.version == second.version:
        assert ((key_of(str(one)) or "") < (key_of(str(other)) or "")) == (int(first) < int(second))


@given(st.ip_addresses(v=4), st.integers(16, 32), st.ip_addresses(v=4))
def test_a_range_holds_what_lies_between_its_keys(base: object, prefix: int, other: object) -> None:
    network = read_range(f"{base}/{prefix}")
    first, last = keys_of(network)
    inside = ip_address(str(other)) in ip_network(str(network))
    for written in (str(other), f"::ffff:{other}"):
        assert holds(network, written) == inside
        assert (first <= (key_of(written) or "") <= last) == inside
    assert overlap(network, read_range(str(other))) == inside


def test_what_is_no_address_is_in_no_range() -> None:
    assert key_of("") is None
    assert key_of("unix:") is None
    assert not holds(read_range("203.0.113.0/24"), None)


@pytest.mark.parametrize("prefix", range(WIDEST_V6, MAPPED_BITS))
def test_attack_all_of_ipv4_as_a_narrow_range_of_ipv6(prefix: int) -> None:
    with pytest.raises(RangeRefused, match="too_wide"):
        read_range(f"::fffe:0:0/{prefix}")
