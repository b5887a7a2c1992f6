"""What somebody pastes as keys, or registers: whatever it is, it is read or refused, and breaks nothing."""

import contextlib
import json
from base64 import b64encode, encodebytes

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from hypothesis import given
from hypothesis import strategies as st

from idp.oidc.clients.credentials.key_reading import Refused, found_in, read_keys
from idp.oidc.jose.public_keys import KeysRefused
from tests.idp.oidc.clients.certificates import certificate
from tests.idp.oidc.clients.signing import jwks_of, new_key

KEY = jwks_of(new_key())["keys"][0]
P256, SM2 = (bytes.fromhex(oid) for oid in ("06082a8648ce3d030107", "06082a811ccf5501822d"))
"""Curves as SubjectPublicKeyInfo names them: of the same length, so that one stands for the other."""
VERSION_3, VERSION_8 = bytes.fromhex("a003020102"), bytes.fromhex("a003020107")


def pem(words: str, der: bytes) -> str:
    return f"-----BEGIN {words}-----\n{encodebytes(der).decode()}-----END {words}-----\n"


@pytest.fixture(scope="module")
def der() -> bytes:
    return certificate().public_bytes(Encoding.DER)


def test_attack_a_certificate_of_a_version_that_there_is_not(der: bytes) -> None:
    """The library's word for it is no ValueError, and who registers itself would meet a mistake of ours."""
    odd = der.replace(VERSION_3, VERSION_8)
    assert odd != der
    with pytest.raises(Refused):
        read_keys(pem("CERTIFICATE", odd))
    (found,) = found_in({"keys": [{**KEY, "x5c": [b64encode(odd).decode()]}]})
    assert found.expires_at is None


def test_a_key_of_sm2_is_refused_in_words(der: bytes) -> None:
    odd = der.replace(P256, SM2)
    assert odd != der
    with pytest.raises(Refused) as refused:
        read_keys(pem("CERTIFICATE", odd))
    assert "kind" in refused.value.problem.values["reason"]


ODD = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
MEMBER = st.sampled_from(
    ["kty", "crv", "x", "y", "kid", "use", "alg", "key_ops", "exp", "x5c", "x5t#S256", "d"]
)


@given(st.dictionaries(MEMBER, ODD, max_size=3))
def test_whatever_stands_in_a_key_it_is_read_or_refused(odd: dict[str, object]) -> None:
    key = {**KEY, **odd}
    with contextlib.suppress(Refused):
        assert read_keys(json.dumps(key))["keys"]
    with contextlib.suppress(KeysRefused):
        assert found_in({"keys": [key]})


@given(st.binary(max_size=200), st.sampled_from(["PUBLIC KEY", "CERTIFICATE", "RSA PUBLIC KEY", "X"]))
def test_whatever_stands_in_pem_it_is_read_or_refused(inside: bytes, words: str) -> None:
    with contextlib.suppress(Refused):
        read_keys(pem(words, inside))
