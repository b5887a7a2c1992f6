"""What a registration may say of how its answers are signed and encrypted."""

import json
from typing import Any

import pytest

from idp.oidc.clients.fields.answer import ALWAYS_SIGNED, ENCRYPTED
from idp.oidc.clients.metadata import ClientMetadata, MetadataRefused, from_json, read
from idp.oidc.jose.jwe import CONTENT_ALGORITHMS, KEY_ALGORITHMS, Encryption
from idp.oidc.keys.algorithms import ALGORITHMS
from tests.idp.oidc.clients.signing import jwks_of, new_key
from tests.idp.oidc.decrypting import decrypting_key

KEY, RSA = decrypting_key(), decrypting_key("RSA-OAEP")
SIGNING = new_key()


def registered(**fields: Any) -> ClientMetadata:
    return read(
        {
            "client_id": "bank",
            "sector": "bank.example",
            "client_name": "Bank",
            "redirect_uris": ["https://bank.example/callback"],
            **fields,
        }
    )


def encryption_of(metadata: ClientMetadata, what: str) -> Encryption | None:
    found: Encryption | None = getattr(metadata, f"{what}_encryption")
    return found


@pytest.mark.parametrize("what", ENCRYPTED)
def test_nothing_is_encrypted_unless_it_is_asked_for(what: str) -> None:
    assert encryption_of(registered(), what) is None
    assert encryption_of(registered(jwks=jwks_of(KEY)), what) is None


@pytest.mark.parametrize("what", ENCRYPTED)
@pytest.mark.parametrize("alg", KEY_ALGORITHMS)
def test_enc_is_a128cbc_hs256_when_it_is_left_out(what: str, alg: str) -> None:
    """OpenID Connect Registration 1.0 section 2."""
    fields = {f"{what}_encrypted_response_alg": alg, "jwks": jwks_of(KEY, RSA)}
    silent = registered(**fields)
    assert encryption_of(silent, what) == Encryption(alg, "A128CBC-HS256")
    # RFC 7591 section 3.2.1: the client is told.
    assert getattr(silent, f"{what}_encrypted_response_enc") == "A128CBC-HS256"
    assert registered(**fields, **{f"{what}_encrypted_response_enc": None}) == silent
    for enc in CONTENT_ALGORITHMS:
        found = registered(**fields, **{f"{what}_encrypted_response_enc": enc})
        assert encryption_of(found, what) == Encryption(alg, enc)
        assert from_json(json.loads(json.dumps(found.to_json()))) == found


@pytest.mark.parametrize("what", ENCRYPTED)
def test_enc_without_alg_is_refused(what: str) -> None:
    with pytest.raises(MetadataRefused, match=f"needs {what}_encrypted_response_alg"):
        registered(**{f"{what}_encrypted_response_enc": "A128GCM", "jwks": jwks_of(KEY)})


@pytest.mark.parametrize("what", ENCRYPTED)
@pytest.mark.parametrize("alg", ["RSA1_5", "dir", "A128KW", "PBES2-HS256+A128KW", "none", ""])
def test_attack_algorithms_that_leak_or_that_share_a_secret(what: str, alg: str) -> None:
    with pytest.raises(MetadataRefused, match="not offered"):
        registered(**{f"{what}_encrypted_response_alg": alg, "jwks": jwks_of(KEY, RSA)})


@pytest.mark.parametrize("what", ENCRYPTED)
def test_a_registration_without_a_key_that_fits_is_refused(what: str) -> None:
    name = f"{what}_encrypted_response_alg"
    with pytest.raises(MetadataRefused, match="jwks: what is to be encrypted"):
        registered(**{name: "ECDH-ES"})
    for jwks in (jwks_of(RSA), jwks_of(decrypting_key(use="sig")), jwks_of(decrypting_key(alg="ES256"))):
        with pytest.raises(MetadataRefused, match="no key fits ECDH-ES"):
            registered(**{name: "ECDH-ES", "jwks": jwks})
    # What is there is known only when it is fetched.
    found = registered(**{name: "ECDH-ES", "jwks_uri": "https://bank.example/jwks"})
    assert encryption_of(found, what) is not None


@pytest.mark.parametrize("name", [*ALWAYS_SIGNED, "userinfo_signed_response_alg"])
def test_every_answer_may_be_signed_by_every_algorithm_and_none_by_none(name: str) -> None:
    for algorithm in ALGORITHMS:
        assert getattr(registered(**{name: algorithm}), name) == algorithm
    for algorithm in ("none", "HS256", "RS512", ""):
        with pytest.raises(MetadataRefused, match="not offered"):
            registered(**{name: algorithm})


@pytest.mark.parametrize("name", [*ALWAYS_SIGNED, "userinfo_signed_response_alg"])
def test_a_profile_restricts_every_signature(name: str) -> None:
    """FAPI 2.0 Security Profile section 5.4.1: no RS256."""
    strict = {
        "profile": "fapi2-security",
        "token_endpoint_auth_method": "private_key_jwt",
        "jwks": jwks_of(SIGNING),
    }
    with pytest.raises(MetadataRefused, match="not in the profile"):
        registered(**strict, **{name: "RS256"})
    for algorithm in ("ES256", "PS256", "EdDSA"):
        assert getattr(registered(**strict, **{name: algorithm}), name) == algorithm


def test_the_default_is_one_that_the_profile_allows() -> None:
    plain = registered()
    assert {getattr(plain, name) for name in ALWAYS_SIGNED} == {"RS256"}
    assert plain.userinfo_signed_response_alg is None
    strict = registered(
        profile="fapi2-security", token_endpoint_auth_method="private_key_jwt", jwks=jwks_of(SIGNING)
    )
    assert {getattr(strict, name) for name in ALWAYS_SIGNED} == {"ES256"}
    assert strict.userinfo_signed_response_alg is None
    assert from_json(strict.to_json()) == strict
