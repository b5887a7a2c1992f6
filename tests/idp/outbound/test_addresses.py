"""What the provider may be made to ask."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idp.outbound import (
    AddressRefused,
    Outbound,
    OutboundFailed,
)
from idp.outbound.addresses import is_public
from tests.idp.outbound.peers import OK, Few, Names, Server


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "127.8.8.8",
        "10.0.0.1",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",
        "255.255.255.255",
        "224.0.0.1",
        "192.0.2.1",
        "198.18.0.1",
        "240.0.0.1",
        "::",
        "::1",
        "fe80::1",
        "fe80::1%eth0",
        "fd00::1",
        "ff02::1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "64:ff9b::7f00:1",
        "2002:7f00:1::",
        "2001:db8::1",
        "2001:0:4136:e378:8000:63bf:3fff:fdd2",
    ],
)
def test_addresses_that_are_not_public_are_refused(serve: Callable[..., Server], address: str) -> None:
    assert not is_public(address)
    outbound = Outbound(Few(), resolve=Names([address]))
    with pytest.raises(AddressRefused, match="public"):
        outbound.get("https://service.example/")


@pytest.mark.parametrize(
    "address", ["8.8.8.8", "223.5.5.5", "2400:3200::1", "64:ff9b::808:808", "::ffff:8.8.8.8"]
)
def test_public_addresses(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "host", ["localhost", "127.1", "2130706433", "0x7f000001", "0177.0.0.1", "[::1]", "[::ffff:7f00:1]", "0"]
)
def test_spellings_of_this_machine_are_refused(serve: Callable[..., Server], host: str) -> None:
    server = serve(OK)
    with pytest.raises(OutboundFailed):
        Outbound(Few()).get(f"https://{host}:{server.port}/")
    assert server.requests == []


@pytest.mark.parametrize(
    "url",
    [
        "ftp://service.example/",
        "file:///etc/passwd",
        "gopher://x/",
        "//service.example/",
        "service.example",
        "",
        "https://user@service.example/",
        "https://a:b@service.example/",
        "https://service.example/#x",
        "https:///x",
        "https://service.example:0/",
        "https://service.example:99999/",
        "https://service.example:x/",
        "https://[::1/",
        "https://service.example/\r\nX: y",
        "https://service.example/a b",
        "https://sérvice.example/",
        "https://a\\b/",
    ],
)
def test_strange_addresses_are_refused_before_anything_is_asked(url: str) -> None:
    names = Names(["8.8.8.8"])
    with pytest.raises(AddressRefused) as refusal:
        Outbound(Few(), resolve=names).get(url)
    assert names.asked == []
    assert "service" not in str(refusal.value)


def test_http_needs_an_exception() -> None:
    with pytest.raises(AddressRefused, match="not https"):
        Outbound(Few(), resolve=Names(["8.8.8.8"])).get("http://service.example/")


@pytest.mark.parametrize("exception", ["https://127.0.0.1:{}", "http://127.0.0.1", "http://localhost:{}"])
def test_exceptions_are_exact(serve: Callable[..., Server], exception: str) -> None:
    server = serve(OK)
    outbound = Outbound(Few((exception.format(server.port),)))
    with pytest.raises(AddressRefused):
        outbound.get(f"http://127.0.0.1:{server.port}/")
    assert server.requests == []


@pytest.mark.parametrize("entry", ["127.0.0.1:80", "http://a/path", "http://a?b", "*", "ftp://a", "http://"])
def test_a_wrong_exception_stops_the_start(entry: str) -> None:
    with pytest.raises(ValueError, match=r"outbound\.allow"):
        Outbound(Few((entry,)))


def test_a_name_is_resolved_once_and_that_address_asked(serve: Callable[..., Server]) -> None:
    server = serve(OK)
    names = Names(["127.0.0.1"], ["203.0.113.1"])
    outbound = Outbound(Few((f"http://service.example:{server.port}",)), resolve=names)
    assert outbound.get(f"http://service.example:{server.port}/").status == 200
    assert names.asked == [("service.example", server.port)]
    assert f"host: service.example:{server.port}\r\n".encode() in server.requests[0]


def test_rebinding_to_this_machine_finds_a_closed_door(serve: Callable[..., Server]) -> None:
    server = serve(OK)
    names = Names(["192.0.2.1", "127.0.0.1", "::1"])
    with pytest.raises(AddressRefused):
        Outbound(Few(), resolve=names).get(f"https://service.example:{server.port}/")
    assert server.requests == []


def test_the_next_address_is_tried_when_one_is_closed(serve: Callable[..., Server]) -> None:
    server = serve(OK)
    outbound = Outbound(
        Few((f"http://service.example:{server.port}",)), resolve=Names(["127.0.0.2", "127.0.0.1"])
    )
    assert outbound.get(f"http://service.example:{server.port}/").status == 200


@given(url=st.text(alphabet=st.sampled_from("https:/@[]#?.%\\ \t\nab01é"), max_size=30))
def test_no_address_breaks_the_guard(url: str) -> None:
    with pytest.raises(OutboundFailed):
        Outbound(Few(), resolve=Names(["127.0.0.1"])).get(url)
