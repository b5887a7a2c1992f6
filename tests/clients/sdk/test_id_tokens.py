"""Each check of an id_token's claims has a lie that it alone finds out; signatures are tried over HTTP."""

import base64
import hashlib
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clients.sdk import AnswerRejected
from clients.sdk.id_tokens import CLOCKS_DIFFER_SECONDS, check
from clients.sdk.pending import Pending

NOW = 1_800_000_000
ISSUER, CLIENT_ID, ACCESS_TOKEN = "https://provider.test", "hall", "an-access-token"
STARTED = Pending("https://hall.test/callback", "the-nonce", "the-verifier", 2, 600, "", NOW - 60)


def at_hash(algorithm: str = "sha256") -> str:
    digest = hashlib.new(algorithm, ACCESS_TOKEN.encode()).digest()
    return base64.urlsafe_b64encode(digest[: len(digest) // 2]).rstrip(b"=").decode()


CLAIMS: dict[str, Any] = {
    "iss": ISSUER,
    "aud": CLIENT_ID,
    "sub": "the-person",
    "iat": NOW,
    "exp": NOW + 600,
    "auth_time": NOW - 600,
    "nonce": "the-nonce",
    "acr": "urn:yitong:acr:2",
    "at_hash": at_hash(),
}


def checked(claims: dict[str, Any], algorithm: str = "ES256", now: float = NOW) -> None:
    check(
        {name: value for name, value in claims.items() if value is not None},
        STARTED,
        issuer=ISSUER,
        client_id=CLIENT_ID,
        algorithm=algorithm,
        access_token=ACCESS_TOKEN,
        now=now,
    )


@pytest.mark.parametrize(
    "welcome",
    [{}, {"aud": [CLIENT_ID]}, {"azp": CLIENT_ID}, {"nbf": NOW}, {"exp": NOW - CLOCKS_DIFFER_SECONDS + 1}],
)
def test_what_is_right_is_taken(welcome: dict[str, Any]) -> None:
    checked({**CLAIMS, **welcome})


@pytest.mark.parametrize(
    "lie",
    [
        {"iss": None},
        {"iss": f"{ISSUER}/"},
        {"aud": None},
        {"aud": "desk"},
        {"aud": []},
        {"aud": [CLIENT_ID, "desk"]},
        {"azp": "desk"},
        {"exp": None},
        {"exp": NOW - CLOCKS_DIFFER_SECONDS},
        {"exp": "soon"},
        {"exp": True},
        {"iat": None},
        {"iat": NOW + CLOCKS_DIFFER_SECONDS + 1},
        {"iat": 1.5},
        {"nbf": NOW + CLOCKS_DIFFER_SECONDS + 1},
        {"nbf": "now"},
        {"nonce": None},
        {"nonce": "another"},
        {"nonce": "ü"},
        {"nonce": ["the-nonce"]},
        {"at_hash": None},
        {"at_hash": at_hash("sha512")},
        {"sub": None},
        {"sub": ""},
        {"sub": 5},
        {"sub": "x" * 256},
        {"acr": None},
        {"auth_time": None},
        {"auth_time": NOW - 600 - CLOCKS_DIFFER_SECONDS - 1},
    ],
    ids=str,
)
def test_one_thing_that_is_wrong_is_enough(lie: dict[str, Any]) -> None:
    with pytest.raises(AnswerRejected) as refused:
        checked({**CLAIMS, **lie})
    assert refused.value.advice
    assert "the-person" not in refused.value.description


@pytest.mark.parametrize(
    ("algorithm", "digest"), [("PS384", "sha384"), ("ES512", "sha512"), ("EdDSA", "sha512")]
)
def test_the_hash_goes_with_the_algorithm(algorithm: str, digest: str) -> None:
    checked({**CLAIMS, "at_hash": at_hash(digest)}, algorithm)
    with pytest.raises(AnswerRejected):
        checked(CLAIMS, algorithm)


@given(
    st.dictionaries(
        st.sampled_from([*CLAIMS, "azp", "nbf"]),
        st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.lists(st.text(), max_size=2),
    )
)
def test_nothing_else_is_raised_by_any_claims(lies: dict[str, Any]) -> None:
    with suppress(AnswerRejected):
        checked({**CLAIMS, **lies})
