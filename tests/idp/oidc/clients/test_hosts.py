"""Hosts as people read them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idp.oidc.clients.hosts import in_ascii, in_words, looks_like, passes_for_another
from idp.oidc.clients.uris import UriRefused, UriRule, check_redirect_uri

OF_CYRILLIC = "xn--80ak6aa92e.com"


@pytest.mark.parametrize(
    ("sent", "read"),
    [
        (OF_CYRILLIC, "аррӏе.com"),
        ("www.xn--fiqs8s.cn", "www.中国.cn"),
        ("hall.example.cn", "hall.example.cn"),
        ("xn--99999999", "xn--99999999"),
    ],
)
def test_what_a_name_in_punycode_says(sent: str, read: str) -> None:
    assert in_words(sent) == read


@pytest.mark.parametrize(
    "host", [OF_CYRILLIC, "xn--hll-6cd.example.cn", "xn--.cn", "xn--a.cn", "xn--abc-.cn"]
)
def test_a_name_that_passes_for_another_is_not_registered(host: str) -> None:
    assert passes_for_another(host)
    with pytest.raises(UriRefused) as refused:
        check_redirect_uri(f"https://{host}/callback", native=False)
    assert refused.value.rule is UriRule.LOOK_ALIKE


@pytest.mark.parametrize("host", ["xn--fiqs8s.cn", "xn--caf-dma.fr", "hall.example.cn", "127.0.0.1", "[::1]"])
def test_names_of_one_script_are_registered(host: str) -> None:
    assert not passes_for_another(host)


def test_one_host_for_the_eye_is_another_one() -> None:
    others = ["hall.example.cn", "tax.example.cn"]
    assert looks_like("ha1l.example.cn", others) == "hall.example.cn"
    assert looks_like("xn--hll-6cd.example.cn", others) == "hall.example.cn"
    assert looks_like("hall.example.cn", others) is None
    assert looks_like("hallexample.cn", others) is None


@given(st.text(max_size=80))
def test_anything_can_be_asked_about(typed: str) -> None:
    passes_for_another(in_words(typed))
    looks_like(typed, ["hall.example.cn"])
    sent = in_ascii(typed)
    assert sent is None or sent.isascii()
