"""Addresses in the log by policy: found again, and said no more of than the policy allows."""

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idp.audit.addresses import DIGESTS, AddressPolicy, NotToBeFound, RecordedAddresses
from idp.audit.context import AuditContext
from tests.fakes import FakeClock
from tests.idp.oidc.conftest import NOW

FULL = RecordedAddresses(AddressPolicy.FULL, b"k" * 32)
NETWORK = RecordedAddresses(AddressPolicy.NETWORK, b"k" * 32)
DIGEST = RecordedAddresses(AddressPolicy.DIGEST, b"k" * 32)
V4 = st.integers(0, 2**32 - 1).map(IPv4Address).map(str)
V6 = st.integers(0, 2**128 - 1).map(IPv6Address).filter(lambda one: one not in DIGESTS).map(str)
ANY = st.one_of(V4, V6)


def test_in_full_it_stands_as_it_came() -> None:
    assert FULL.recorded("203.0.113.7") == "203.0.113.7"
    assert FULL.sought("203.0.113.0/24") == "203.0.113.0/24"
    assert [one.recorded(text) for one in (FULL, NETWORK, DIGEST) for text in (None, "")] == [None] * 6


def test_of_a_network_nothing_behind_its_prefix_stands() -> None:
    assert NETWORK.recorded("203.0.113.7") == NETWORK.recorded("::ffff:203.0.113.7") == "203.0.113.0"
    assert NETWORK.recorded("2001:db8:1:2:3::7") == "2001:db8:1::"
    assert NETWORK.sought("203.0.113.7") == "203.0.113.0/24"
    assert NETWORK.sought("203.0.0.0/16") == "203.0.0.0/16"


@given(ANY)
def test_what_was_recorded_is_found_by_its_address(address: str) -> None:
    for policy in (NETWORK, DIGEST):
        recorded = policy.recorded(address)
        assert recorded is not None
        assert ip_address(recorded) in ip_network(policy.sought(address))
        AuditContext(FakeClock(NOW)(), address=recorded)  # the log takes it


@given(ANY)
def test_what_is_sought_is_sought_the_same_when_asked_again(address: str) -> None:
    for policy in (FULL, NETWORK, DIGEST):
        assert policy.sought(policy.sought(address)) == policy.sought(address)


@given(ANY, ANY)
def test_a_digest_is_of_one_address_and_one_key(one: str, other: str) -> None:
    mapped = IPv6Address(one).ipv4_mapped if ":" in one else None
    if str(mapped or one) != other:
        assert DIGEST.recorded(one) != DIGEST.recorded(other)
    assert DIGEST.recorded(one) != RecordedAddresses(AddressPolicy.DIGEST, b"l" * 32).recorded(one)
    assert ip_address(str(DIGEST.recorded(one))) in DIGESTS


@pytest.mark.parametrize(
    ("range_", "inside", "outside"),
    [
        ("203.0.113.0/24", ["203.0.113.7", "203.0.113.255"], "203.0.114.7"),
        ("2001:db8:1::/48", ["2001:db8:1:2::3", "2001:db8:1:ffff::"], "2001:db8:2::3"),
        ("2001:db8:1:2::/64", ["2001:db8:1:2::3"], "2001:db8:1:3::3"),
    ],
)
def test_neighbours_are_found_together(range_: str, inside: list[str], outside: str) -> None:
    found = ip_network(DIGEST.sought(range_))
    assert all(ip_address(str(DIGEST.recorded(one))) in found for one in inside)
    assert ip_address(str(DIGEST.recorded(outside))) not in found
    assert DIGEST.sought(str(found)) == str(found)


@pytest.mark.parametrize("range_", ["203.0.112.0/20", "203.0.113.128/25", "2001:db8::/32"])
def test_a_range_that_digests_do_not_tell_is_not_sought_for(range_: str) -> None:
    with pytest.raises(NotToBeFound):
        DIGEST.sought(range_)


@pytest.mark.parametrize("policy", [NETWORK, DIGEST])
def test_what_is_no_address_is_refused(policy: RecordedAddresses) -> None:
    for text in ("somewhere", "203.0.113", "1.2.3.4.5"):
        with pytest.raises(ValueError, match="address"):
            policy.recorded(text)
        with pytest.raises(ValueError, match="not appear to be"):
            policy.sought(text)


def test_a_digest_is_shown_to_nobody_as_an_address() -> None:
    assert DIGEST.shown(DIGEST.recorded("203.0.113.7")) is None
    assert NETWORK.shown(NETWORK.recorded("203.0.113.7")) == "203.0.113.0"
