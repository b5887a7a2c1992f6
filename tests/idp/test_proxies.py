"""Forwarded addresses are believed from named peers alone."""

from typing import Any

import pytest

from idp.oidc.http import read_request
from idp.proxies import UNIX_SOCKET, TrustedProxies


def seen(peer: str, trusted: tuple[str, ...], *, takes_certificates: bool = True) -> dict[str, Any]:
    got: dict[str, Any] = {}

    def app(environ: dict[str, Any], _start: object) -> list[bytes]:
        got.update(environ)
        return []

    environ = {
        "REMOTE_ADDR": peer,
        "HTTP_X_FORWARDED_FOR": "203.0.113.9",
        "HTTP_X_FORWARDED_PROTO": "https",
        "HTTP_X_FORWARDED_HOST": "evil.example",
        "HTTP_X_CLIENT_CERTIFICATE": "a certificate",
        "HTTP_X_CLIENT_VERIFIED": "SUCCESS",
        "HTTP_HOST": "id.example",
        "REQUEST_METHOD": "GET",
        "wsgi.url_scheme": "http",
    }
    TrustedProxies(app, trusted, takes_certificates=takes_certificates)(
        environ, lambda *_: lambda _data: None
    )
    return got


def test_a_named_proxy_is_believed_about_address_and_scheme_but_not_host() -> None:
    got = seen("127.0.0.1", ("127.0.0.1",))
    assert (got["REMOTE_ADDR"], got["wsgi.url_scheme"]) == ("203.0.113.9", "https")
    assert got["HTTP_HOST"] == "id.example"


@pytest.mark.parametrize("trusted", [(), ("127.0.0.1",)])
def test_anybody_else_is_not(trusted: tuple[str, ...]) -> None:
    got = seen("198.51.100.7", trusted)
    assert (got["REMOTE_ADDR"], got["wsgi.url_scheme"]) == ("198.51.100.7", "http")
    assert not any(name.startswith("HTTP_X_FORWARDED") for name in got)


@pytest.mark.parametrize("peer", ["127.0.0.1", UNIX_SOCKET])
def test_a_named_proxy_hands_over_the_clients_certificate(peer: str) -> None:
    request = read_request(seen(peer, (peer,)), "id", b"")
    assert (request.client_certificate, request.certificate_is_verified) == ("a certificate", True)
    assert not any("certificate" in name for name in request.headers)


@pytest.mark.parametrize(
    ("peer", "trusted", "takes"),
    [
        ("198.51.100.7", ("127.0.0.1",), True),
        ("198.51.100.7", (UNIX_SOCKET,), True),
        (UNIX_SOCKET, ("127.0.0.1",), True),
        ("127.0.0.1", ("127.0.0.1",), False),
    ],
)
def test_attack_a_certificate_in_a_header_of_anybody_elses(
    peer: str, trusted: tuple[str, ...], takes: bool
) -> None:
    """RFC 8705 section 7.3 leaves the proxy to us: whoever else sends the header, it says nothing."""
    request = read_request(seen(peer, trusted, takes_certificates=takes), "id", b"")
    assert (request.client_certificate, request.certificate_is_verified) == ("", False)
    assert not any("client" in name for name in request.headers)
