"""Which addresses may be registered, and which address of a request is a registered one."""

import pytest

from idp.oidc.clients.uris import (
    UriRefused,
    check_redirect_uri,
    check_web_uri,
    is_registered,
    without_secrets,
)


@pytest.mark.parametrize(
    ("uri", "native"),
    [
        ("https://hall.example/callback?x=1", False),
        ("http://localhost:8001/callback", False),
        ("http://hall.localhost:8001/callback", False),
        ("http://127.0.0.1/callback", False),
        ("http://[::1]/callback", True),
        ("com.example.app:/callback", True),
    ],
)
def test_a_safe_address_is_taken(uri: str, native: bool) -> None:
    check_redirect_uri(uri, native=native)


@pytest.mark.parametrize(
    ("uri", "native"),
    [
        ("http://hall.example/callback", False),
        ("http://localhost.example/callback", False),
        ("http://hall.example/callback", True),
        ("com.example.app:/callback", False),
        ("app:/callback", True),
        ("javascript:alert(1)", True),
        ("https://a.example;script-src-elem/callback", False),
        ("https://a.example,b/callback", False),
        ("https://a'b.example/callback", False),
        ("com.example.app://a;sandbox/callback", True),
        ("data:text/html,x", True),
        ("https://hall.example/callback#f", False),
        ("https://hall.example/callback#", False),
        ("https://*.example/callback", False),
        ("https://user:pass@hall.example/", False),
        ("https:///callback", False),
        ("/callback", False),
        ("//hall.example/callback", False),
        ("https://hall.example\\@evil.example", False),
        ("https://hall.example/\n", False),
        ("https://hall.example/caf\u00e9", False),
        ("https://hall.example:port/", False),
        ("https://[::1/", False),
        ("https://hall.example/" + "a" * 2048, False),
    ],
)
def test_an_unsafe_address_is_refused(uri: str, native: bool) -> None:
    with pytest.raises(UriRefused):
        check_redirect_uri(uri, native=native)


def test_pages_are_linked_over_https_alone() -> None:
    check_web_uri("https://hall.example/privacy")
    check_web_uri("http://hall.localhost:8001/")
    for uri in ("http://hall.example/", "javascript:alert(1)", "https://a:b@hall.example/"):
        with pytest.raises(UriRefused):
            check_web_uri(uri)


def test_the_port_of_a_native_loopback_address_is_free_and_nothing_else() -> None:
    registered = ("http://127.0.0.1/callback", "http://[::1]:5000/callback", "http://localhost/callback")
    assert is_registered("http://127.0.0.1:49152/callback", registered, native=True)
    assert is_registered("http://[::1]:1/callback", registered, native=True)
    for uri in (
        "http://127.0.0.1:49152/other",
        "http://127.0.0.1:49152/callback?x",
        "http://127.0.0.1:49152/callback#x",
        "http://127.0.0.2:49152/callback",
        "http://localhost:49152/callback",
        "http://user@127.0.0.1:49152/callback",
        "https://127.0.0.1:49152/callback",
        "http://127.0.0.1:99999/callback",
    ):
        assert not is_registered(uri, registered, native=True), uri
    assert not is_registered("http://127.0.0.1:49152/callback", registered, native=False)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("https://portal.example/callback", "https://portal.example/callback"),
        ("https://portal.example/callback?token=secret#x", "https://portal.example/callback"),
        ("https://user:secret@portal.example/", "https://portal.example/"),
        ("https://portal.example/11010119900307003X/", "https://portal.example/#/"),
        ("https://portal.example/" + "a" * 500, ("https://portal.example/" + "a" * 500)[:200]),
        ("", ""),
    ],
)
def test_what_is_remembered_of_a_wrong_address_holds_no_secret(given: str, kept: str) -> None:
    assert without_secrets(given) == kept
