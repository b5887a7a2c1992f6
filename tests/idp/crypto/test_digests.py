"""Digests and keyed digests."""

import hashlib
import hmac

from hypothesis import given
from hypothesis import strategies as st

from idp.crypto.digests import base64url, from_base64url, keyed

PARTS = st.lists(st.text(max_size=40), max_size=4)


@given(st.binary(max_size=200), PARTS)
def test_a_keyed_digest_is_the_hmac_of_its_parts_with_their_lengths(key: bytes, parts: list[str]) -> None:
    message = b"".join(len(data).to_bytes(4, "big") + data for data in (part.encode() for part in parts))
    expected = hmac.new(key, message, hashlib.sha256).digest()
    assert from_base64url(keyed(key, *parts)) == expected
    # Made with the same key again: what was begun for it is not used up.
    assert keyed(key, *parts) == base64url(expected)


@given(st.binary(min_size=1, max_size=80), PARTS, PARTS)
def test_other_parts_have_another_keyed_digest(key: bytes, left: list[str], right: list[str]) -> None:
    assert (keyed(key, *left) == keyed(key, *right)) == (left == right)


@given(st.binary(max_size=80))
def test_base64url_can_be_read_back(data: bytes) -> None:
    assert from_base64url(base64url(data)) == data


@given(st.text("ab-_+/= \nAé", max_size=12))
def test_one_value_has_one_text(text: str) -> None:
    try:
        data = from_base64url(text)
    except ValueError:
        return
    assert base64url(data) == text
