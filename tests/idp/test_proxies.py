"""Forwarded addresses are believed from named peers alone."""

from typing import Any

import pytest

from idp.proxies import TrustedProxies


def seen(peer: str, trusted: tuple[str, ...]) -> dict[str, Any]:
    got: dict[str, Any] = {}

    def app(environ: dict[str, Any], _start: object) -> list[bytes]:
        got.update(environ)
        return []

    environ = {
        "REMOTE_ADDR": peer,
        "HTTP_X_FORWARDED_FOR": "203.0.113.9",
        "HTTP_X_FORWARDED_PROTO": "https",
        "HTTP_X_FORWARDED_HOST": "evil.example",
        "HTTP_HOST": "id.example",
        "wsgi.url_scheme": "http",
    }
    TrustedProxies(app, trusted)(environ, lambda *_: lambda _data: None)
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
