"""Our own JWTs: read by others' libraries, and nobody else's are read by us."""

import hmac
import json

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jwt as joserfc_jwt
from joserfc.jwk import ECKey, OKPKey, RSAKey

from idp.crypto.digests import base64url, from_base64url
from idp.oidc.keys.jwt import (
    ACCESS_TOKEN,
    ID_TOKEN,
    REMEMBERED_AT_MOST,
    NotOurToken,
    PrivateKey,
    Signer,
    read,
)

ES: PrivateKey = ec.generate_private_key(ec.SECP256R1())
RS: PrivateKey = rsa.generate_private_key(public_exponent=65537, key_size=2048)
ED: PrivateKey = ed25519.Ed25519PrivateKey.generate()
OTHER: PrivateKey = ec.generate_private_key(ec.SECP256R1())
SIGNERS = (
    Signer("e", "ES256", ES),
    Signer("r", "RS256", RS),
    Signer("p", "PS256", RS),
    Signer("d", "EdDSA", ED),
)
BY_HEADER = {header: signer for signer in SIGNERS for header in signer.headers.values()}
CLAIMS = {"iss": "https://id.example", "名": "值", "n": [1, 2]}


def jwk(signer: Signer) -> ECKey | RSAKey | OKPKey:
    made = {"ES256": ECKey, "EdDSA": OKPKey}.get(signer.algorithm, RSAKey)
    key: ECKey | RSAKey | OKPKey = made.import_key(_pem(signer.private))
    return key


def _pem(private: PrivateKey) -> bytes:
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    return private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


@pytest.mark.parametrize("signer", SIGNERS, ids=lambda signer: signer.algorithm)
def test_another_library_verifies_them(signer: Signer) -> None:
    token = signer.sign(CLAIMS, typ=ACCESS_TOKEN)
    decoded = joserfc_jwt.decode(token, jwk(signer), algorithms=[signer.algorithm])
    assert decoded.claims == CLAIMS
    assert decoded.header == {"alg": signer.algorithm, "typ": "at+jwt", "kid": signer.kid}
    assert read(token, BY_HEADER, typ=ACCESS_TOKEN) == CLAIMS


def test_an_id_token_is_no_access_token() -> None:
    # RFC 9068 section 5
    with pytest.raises(NotOurToken):
        read(SIGNERS[0].sign(CLAIMS, typ=ID_TOKEN), BY_HEADER, typ=ACCESS_TOKEN)
    with pytest.raises(NotOurToken):
        read(SIGNERS[0].sign(CLAIMS, typ=ACCESS_TOKEN), BY_HEADER, typ=ID_TOKEN)


def forged(header: dict[str, object], signature: bytes = b"") -> str:
    payload = base64url(json.dumps(CLAIMS).encode())
    return f"{base64url(json.dumps(header).encode())}.{payload}.{base64url(signature)}"


def with_public_key_as_secret() -> str:
    public = jwk(SIGNERS[1]).as_pem(private=False)
    text = forged({"alg": "HS256", "typ": "JWT", "kid": "r"}).rstrip(".")
    return f"{text}.{base64url(hmac.digest(public, text.encode(), 'sha256'))}"


def by_a_stranger() -> str:
    return Signer("e", "ES256", ec.generate_private_key(ec.SECP256R1())).sign(CLAIMS, typ=ID_TOKEN)


def with_its_own_key() -> str:
    stranger = ECKey.generate_key("P-256")
    header = {"alg": "ES256", "kid": "e", "jwk": stranger.as_dict(private=False)}
    return joserfc_jwt.encode(header, CLAIMS, stranger)


@pytest.mark.parametrize(
    "token",
    [
        "",
        "..",
        "a.b.c",
        "é.é.é",
        forged({"alg": "none"}),
        forged({"alg": "none", "typ": "JWT", "kid": "e"}),
        forged({"alg": "ES256", "typ": "JWT", "kid": "e"}),
        forged({"alg": "ES256", "typ": "JWT", "kid": "e"}, bytes(64)),
        forged({"alg": "RS256", "typ": "JWT", "kid": "r"}, bytes(256)),
        forged({"alg": "ES256", "typ": "JWT", "kid": "../../dev/null"}, bytes(64)),
        with_public_key_as_secret(),
        with_its_own_key(),
        by_a_stranger(),
    ],
)
def test_a_forged_token_is_not_ours(token: str) -> None:
    with pytest.raises(NotOurToken):
        read(token, BY_HEADER, typ=ID_TOKEN)


@given(st.integers(0, 400), st.characters())
def test_a_changed_character_is_noticed(place: int, character: str) -> None:
    token = SIGNERS[0].sign(CLAIMS, typ=ID_TOKEN)
    place %= len(token)
    changed = token[:place] + character + token[place + 1 :]
    if changed == token:
        return
    with pytest.raises(NotOurToken):
        read(changed, BY_HEADER, typ=ID_TOKEN)


def test_a_signature_is_raw_and_of_64_bytes() -> None:
    for _ in range(50):
        signature = SIGNERS[0].sign(CLAIMS, typ=ID_TOKEN).rpartition(".")[2]
        assert len(from_base64url(signature)) == 64


@pytest.mark.parametrize("signer", SIGNERS, ids=lambda signer: signer.algorithm)
def test_what_was_seen_once_makes_nothing_else_ours(signer: Signer) -> None:
    """A token is remembered whole: with another type, signature or payload it is another token."""
    token = signer.sign(CLAIMS, typ=ACCESS_TOKEN)
    assert [read(token, BY_HEADER, typ=ACCESS_TOKEN) for _ in range(2)] == [CLAIMS, CLAIMS]
    header, payload, signature = token.split(".")
    other = base64url(json.dumps({**CLAIMS, "iss": "x"}).encode())
    for changed in (f"{header}.{other}.{signature}", f"{header}.{payload}.", f"{token}="):
        with pytest.raises(NotOurToken):
            read(changed, BY_HEADER, typ=ACCESS_TOKEN)
    with pytest.raises(NotOurToken):
        read(token, BY_HEADER, typ=ID_TOKEN)
    with pytest.raises(NotOurToken):
        read(token, {header: Signer(signer.kid, "ES256", OTHER)}, typ=ACCESS_TOKEN)
    with pytest.raises(NotOurToken):
        read(token, {}, typ=ACCESS_TOKEN)


def test_what_was_seen_is_bounded() -> None:
    signer = Signer("b", "EdDSA", ED)
    by_header = dict.fromkeys(signer.headers.values(), signer)
    signer.verified.update(number.to_bytes(32, "big") for number in range(REMEMBERED_AT_MOST))
    read(signer.sign(CLAIMS, typ=ACCESS_TOKEN), by_header, typ=ACCESS_TOKEN)
    assert len(signer.verified) == 1


def test_a_claim_that_a_caller_changes_stays_with_that_caller() -> None:
    token = SIGNERS[0].sign(CLAIMS, typ=ACCESS_TOKEN)
    read(token, BY_HEADER, typ=ACCESS_TOKEN)["iss"] = "changed"
    assert read(token, BY_HEADER, typ=ACCESS_TOKEN) == CLAIMS
