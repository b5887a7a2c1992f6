"""Who registers addresses to get into our network by them (RFC 7591 section 5, RFC 9700)."""

from collections.abc import Callable, Sequence

import pytest

from idp.outbound import Outbound
from tests.idp.oidc.clients.signing import claims_of, new_key, signed
from tests.idp.oidc.registration.registering import Desk, body_of, opened
from tests.idp.oidc.world import VERIFIER, World
from tests.idp.outbound.conftest import serve
from tests.idp.outbound.peers import OK, Few, Names, Server, allowed

__all__ = ["serve"]

SECTOR = "https://app.example/sector.json"


def itself(host: str, _port: int) -> Sequence[str]:
    return [host]


@pytest.mark.parametrize(
    "uri",
    [
        "http://app.example/sector.json",
        "file:///etc/passwd",
        "ftp://app.example/sector.json",
        "gopher://app.example/",
        "https://10.0.0.1/sector.json",
        "https://127.0.0.1/sector.json",
        "https://169.254.169.254/latest/meta-data",
        "https://[::1]/sector.json",
        "https://[::ffff:10.0.0.1]/sector.json",
        "https://user@app.example/sector.json",
        "https://app.example\\@10.0.0.1/",
        "https://app.example/\r\nHost: internal",
        "http://localhost:6379/",
    ],
)
def test_ssrf_through_the_sector_identifier_uri(world: World, uri: str) -> None:
    desk = opened(world, fetch=Outbound(Few(), resolve=itself).fetch)
    assert desk.refusal({"sector_identifier_uri": uri}) == "invalid_client_metadata"


def test_ssrf_through_a_name_that_leads_inside(world: World) -> None:
    names = Names(["10.0.0.1"])
    desk = opened(world, fetch=Outbound(Few(), resolve=names).fetch)
    refused = desk.post({"sector_identifier_uri": SECTOR})
    assert names.asked == [("app.example", 443)]
    # What our network looks like is not said.
    assert "sector_identifier_uri cannot be read." in body_of(refused)["error_description"]
    assert "AddressRefused" not in refused.body.decode()


def test_dns_rebinding_between_the_check_and_the_connection(world: World) -> None:
    names = Names(["192.0.2.1", "10.0.0.1"], ["127.0.0.1"])
    desk = opened(world, fetch=Outbound(Few(timeout_seconds=0.3), resolve=names).fetch)
    assert desk.refusal({"sector_identifier_uri": SECTOR}) == "invalid_client_metadata"
    assert len(names.asked) == 1


def test_ssrf_through_a_redirect(world: World, serve: Callable[..., Server]) -> None:
    inside = serve(OK)
    redirect = f"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:{inside.port}/\r\nContent-Length: 0\r\n\r\n"
    outside = serve(redirect.encode())
    desk = opened(world, fetch=allowed(outside).fetch)
    uri = f"http://127.0.0.1:{outside.port}/sector.json"
    assert desk.refusal({"sector_identifier_uri": uri}) == "invalid_client_metadata"
    assert len(outside.requests) == 1
    assert not inside.requests


def test_ssrf_through_a_jwks_uri_that_leads_inside(world: World) -> None:
    names, key = Names(["10.0.0.1"]), new_key()
    desk = opened(world, fetch=Outbound(Few(), resolve=names).fetch)
    client = desk.made(
        {"token_endpoint_auth_method": "private_key_jwt", "jwks_uri": "https://app.example/jwks"}
    )
    assert not names.asked
    assertion = signed(key, claims_of(client["client_id"], world.clock()))
    posted = world.post(
        "/oauth2/token",
        {
            "grant_type": "authorization_code",
            "code": "c",
            "code_verifier": VERIFIER,
            "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
            "client_assertion": assertion,
        },
    )
    assert body_of(posted)["error"] == "invalid_client"
    assert names.asked == [("app.example", 443)]


def test_addresses_of_pages_and_logouts_are_not_asked_for(desk: Desk) -> None:
    pages = {f"{name}_uri": f"https://10.0.0.1/{name}" for name in ("logo", "policy", "tos", "client")}
    desk.made({**pages, "jwks_uri": "https://10.0.0.1/jwks", "backchannel_logout_uri": "https://10.0.0.1/"})
