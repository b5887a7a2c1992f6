"""Two addresses side by side: nothing of either is lost, and the one that was meant is found."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idp.doctor.addresses import diff, nearest
from idp.doctor.saying import in_english
from idp.oidc.inspection.redaction import address

URIS = st.builds(
    lambda scheme, host, port, path, query: f"{scheme}://{host}{port}/{path}{query}",
    st.sampled_from(["http", "https", "com.example.app"]),
    st.sampled_from(["app.example", "App.example", "localhost", "127.0.0.1", "[::1]", "\u0430pp.example"]),
    st.sampled_from(["", ":443", ":8001", ":99999", ":x"]),
    st.text(alphabet="abC/%2fé._-", max_size=12),
    st.sampled_from(["", "?", "?a=1", "#f"]),
)


@given(URIS, URIS)
def test_the_parts_make_both_addresses_again(one: str, other: str) -> None:
    found = diff(address(one), address(other))
    assert "".join(part.text for part in found.parts if part.kind != "registered") == address(one)
    assert "".join(part.text for part in found.parts if part.kind != "given") == address(other)
    assert found.differences
    assert all(said.by(in_english) for said in found.differences)


@given(st.text(max_size=200), st.lists(st.text(max_size=100), max_size=5))
def test_whatever_came_and_is_registered_it_is_compared(given_: str, registered: list[str]) -> None:
    found = nearest(given_, registered)
    assert found is None or found.registered in {address(one) for one in registered}


@pytest.mark.parametrize(
    ("given_", "meant"),
    [
        ("https://app.example/callback/", "https://app.example/callback"),
        ("https://app.example/silent", "https://app.example/silent-renew"),
        ("http://localhost:3000/cb", "http://localhost:5173/cb"),
        ("https://\u0430pp.example/callback", "https://app.example/callback"),
    ],
)
def test_the_one_that_was_meant_is_found(given_: str, meant: str) -> None:
    others = ["https://app.example/callback", "https://app.example/silent-renew", "http://localhost:5173/cb"]
    found = nearest(given_, others)
    assert found is not None
    assert found.registered == meant


def test_an_address_like_none_that_is_registered_is_compared_with_none() -> None:
    assert nearest("ftp://x", ["https://a-very-different-host.example.org/with/a/long/path"]) is None
    assert nearest("", ["https://app.example/"]) is None
    assert nearest("https://app.example/", []) is None
